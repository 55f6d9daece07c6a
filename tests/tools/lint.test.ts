import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const repository = resolve(import.meta.dirname, '../..');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'andon-lint-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function lint(body: string): Promise<{ code: number; output: string }> {
  const file = join(folder, 'some.test.ts');
  await writeFile(file, `import { describe, expect, test } from '@jest/globals';\n${body}\n`);
  const args = [join(repository, 'node_modules/.bin/oxlint'), '--config', join(repository, '.oxlintrc.json'), file];
  return new Promise((done) => {
    execFile(process.execPath, args, { cwd: folder }, (error, stdout) => {
      done({ code: error === null ? 0 : Number(error.code), output: stdout });
    });
  });
}

const works = '() => { expect(1).toBe(1); }';

test('lets an ordinary test pass', async () => {
  const { code, output } = await lint(`describe('sums', () => { test('works', ${works}); });`);
  expect({ code, output }).toMatchObject({ code: 0 });
});

test.each([
  { body: `test.skip('works', ${works});`, rule: 'no-disabled-tests' },
  { body: `test.skip.each([1])('works', ${works});`, rule: 'no-disabled-tests' },
  { body: `describe.skip('sums', () => { test('works', ${works}); });`, rule: 'no-disabled-tests' },
  { body: `test.only('works', ${works});`, rule: 'no-focused-tests' },
  { body: `test.only.each([1])('works', ${works});`, rule: 'no-focused-tests' },
  { body: `describe.only('sums', () => { test('works', ${works}); });`, rule: 'no-focused-tests' },
])('refuses $body', async ({ body, rule }) => {
  const { code, output } = await lint(body);
  expect(output).toContain(rule);
  expect(code).toBeGreaterThan(0);
});

test('refuses a type written as an import expression, which the arrows check does not see', async () => {
  const { code, output } = await lint("export type Folder = import('node:fs').Dir;");
  expect(output).toContain('consistent-type-imports');
  expect(code).toBeGreaterThan(0);
});
