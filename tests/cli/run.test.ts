import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runProgram } from '../../src/cli/program.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'andon-run-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function andon(...args: readonly string[]) {
  const said = { out: '', err: '' };
  const io = {
    stdout: { write: (text: string) => (said.out += text) },
    stderr: { write: (text: string) => (said.err += text) },
    env: {},
    on: () => undefined,
    off: () => undefined,
  };
  const code = await runProgram(['node', 'andon', ...args], io as never);
  return { ...said, code };
}

describe('andon run does not start', () => {
  test('without the files its settings and flags name, and says so in a line for each', async () => {
    const settings = join(folder, 'andon.yaml');
    const secret = join(folder, 'secret');
    const token = join(folder, 'token');
    await writeFile(
      settings,
      `sources: [{ url: "http://127.0.0.1:1" }]
channels:
  - name: on-call
    webhook:
      url: http://127.0.0.1:1
      secretFiles: [${secret}]
`,
    );
    const remedy = 'create it, or mend the path; a relative one starts in the working directory';

    expect(await andon('run', '--settings', settings, '--api-token-file', token, '--data', ':memory:')).toEqual({
      out: '',
      err: `andon: (flags and environment): api.tokenFile: the file ${token} cannot be read (ENOENT); ${remedy}
andon: ${settings}:6:21: the file ${secret} cannot be read (ENOENT); ${remedy}
`,
      code: 1,
    });
  });
});

test.each(['andon', 'check'])('`npm run %s` becomes the program, so that a signal reaches it', async (script) => {
  const { scripts } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(scripts[script]).toMatch(/^exec node /);
});
