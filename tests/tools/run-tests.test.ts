import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const repository = resolve(import.meta.dirname, '../..');
let root: string;

/** A small project that uses this repository's tools and packages; everything is installed already. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'andon-run-tests-'));
  await cp(join(repository, 'tools'), join(root, 'tools'), { recursive: true });
  await cp(join(repository, 'package-lock.json'), join(root, 'package-lock.json'));
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'));
  await mkdir(join(root, 'tests'));
  const write = (name: string, body: string) => writeFile(join(root, 'tests', `${name}.test.js`), body);
  await write('good', "test('adds', () => { expect(1 + 1).toBe(2); });");
  await write('bad', "test('adds', () => { expect(1 + 1).toBe(3); });");
  await write('broken', "throw new Error('does not load');");
  await write('idle', "test.skip('adds', () => {});");
  await write('away', "describe.skip('sums (did not run: no abacus)', () => test('adds', () => {}));");
});
afterAll(() => rm(root, { recursive: true }));

const scripts = { lint: 'true', 'format:check': 'true', types: 'true', arrows: 'true', dead: 'true' };

async function runTests(args: readonly string[], changed: Readonly<Record<string, string>> = {}) {
  await writeFile(join(root, 'package.json'), JSON.stringify({ scripts: { ...scripts, ...changed }, jest: {} }));
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  return new Promise<{ code: number; lines: readonly string[] }>((done) => {
    execFile(process.execPath, ['tools/test.mjs', ...args], { cwd: root, env }, (error, stdout) => {
      done({ code: error === null ? 0 : Number(error.code), lines: stdout.trimEnd().split('\n') });
    });
  });
}

describe('npm test', () => {
  test('says one line a step and closes with the numbers when all is well', async () => {
    const { code, lines } = await runTests(['tests/good']);
    expect(lines.map((line) => line.replace(/\d+\.\d/, '0.0'))).toEqual([
      '✓ lint 0.0 s',
      '✓ format:check 0.0 s',
      '✓ types 0.0 s',
      '✓ arrows 0.0 s',
      '✓ dead 0.0 s',
      '✓ jest 0.0 s',
      'Tests: 6 passed, 0 failed',
    ]);
    expect(code).toBe(0);
  });

  test('says which tests did not run, and why', async () => {
    const { code, lines } = await runTests(['tests/good', 'tests/away']);
    expect(lines.slice(-2)).toEqual(['- sums (did not run: no abacus)', 'Tests: 6 passed, 0 failed, 1 skipped']);
    expect(code).toBe(0);
  });

  test.each([
    { name: 'a failing test', args: ['tests/good', 'tests/bad'], line: 'Tests: 6 passed, 1 failed' },
    { name: 'a suite that does not load', args: ['tests/good', 'tests/broken'], line: 'Tests: 6 passed, 1 failed' },
    { name: 'tests that are all skipped', args: ['tests/idle'], line: 'Tests: 5 passed, 1 failed, 1 skipped' },
    { name: 'no test at all', args: ['tests/nowhere'], line: 'Tests: 5 passed, 1 failed' },
  ])('fails on $name', async ({ args, line }) => {
    const { code, lines } = await runTests(args);
    expect(lines.at(-1)).toBe(line);
    expect(code).toBe(1);
  });

  test('runs every step although one fails, and shows what that one printed', async () => {
    const { code, lines } = await runTests(['tests/good'], { types: 'echo "a.ts: error"; exit 2' });
    expect(lines).toContain('    a.ts: error');
    expect(lines.filter((line) => line.startsWith('✓'))).toHaveLength(5);
    expect(lines.at(-1)).toBe('Tests: 5 passed, 1 failed');
    expect(code).toBe(1);
  });
});
