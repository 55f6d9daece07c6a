import { expect, test } from '@jest/globals';
import { versionCommand } from '../../src/cli/version.ts';

test.each([
  [[], 'andon 1.2.3 (Node.js 24.0.0)\n'],
  [['--output', 'json'], '{"version":"1.2.3","node":"24.0.0"}\n'],
])('andon version %j', async (args, shown) => {
  let out = '';
  const stdout = { write: (text: string) => (out += text) };

  await versionCommand({ version: '1.2.3', nodeVersion: 'v24.0.0', stdout, stderr: stdout }).parseAsync(args, {
    from: 'user',
  });

  expect(out).toBe(shown);
});
