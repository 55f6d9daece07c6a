import { describe, expect, test } from '@jest/globals';
import { runProgram } from '../../src/cli/program.ts';
import { asksForJson } from '../../src/cli/tell-error.ts';

async function andon(...args: readonly string[]) {
  const said = { out: '', err: '' };
  const io = {
    stdout: { write: (text: string) => (said.out += text) },
    stderr: { write: (text: string) => (said.err += text) },
    env: { USER: 'ada' },
    on: () => undefined,
    off: () => undefined,
  };
  const code = await runProgram(['node', 'andon', ...args], io as never);
  return { ...said, code };
}

describe('with -o json, an error is JSON on standard error, under the same exit code', () => {
  test.each([
    ['wrong usage', 2, ['incidents', 'show', '-o', 'json'], { message: "missing required argument 'id'" }],
    [
      'an unknown flag',
      2,
      ['incidents', 'list', '--output=json', '--wat'],
      { message: expect.stringMatching(/--wat/) },
    ],
    ['an empty id', 2, ['incidents', 'show', '', '-ojson'], { message: expect.stringMatching(/incidents list/) }],
    [
      'a daemon that does not answer',
      1,
      ['incidents', 'list', '-o', 'json', '--url', 'http://127.0.0.1:1'],
      { reason: 'unreachable', message: expect.stringMatching(/no Andon answers/) },
    ],
    [
      'rule files that are not there',
      2,
      ['check', '/nowhere', '-o', 'json'],
      { message: expect.stringMatching(/nowhere/) },
    ],
    [
      'settings that are not there',
      2,
      ['evaluate', '-o', 'json', '--settings', '/nowhere'],
      { message: expect.stringMatching(/nowhere/) },
    ],
  ])('%s', async (_what, code, args, error) => {
    const ran = await andon(...args);
    expect(ran).toMatchObject({ out: '', code });
    expect(JSON.parse(ran.err)).toEqual({ error: expect.objectContaining(error) });
    const text = await andon(...args.filter((arg) => !['-o', 'json', '-ojson', '--output=json'].includes(arg)));
    expect(text.code).toBe(code);
    expect(text.err).toMatch(/^(?:error|andon): /);
  });
});

test.each([
  [['-o', 'json'], true],
  [['--output', 'json'], true],
  [['-ojson'], true],
  [['--output=json'], true],
  [['-o', 'text'], false],
  [['json'], false],
])('%j asks for JSON: %p', (argv, asked) => {
  expect(asksForJson(argv)).toBe(asked);
});
