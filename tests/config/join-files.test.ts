import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { createConditionCompiler } from '../../src/config/condition/compile-condition.ts';
import { loadFile, type LoadedFile } from '../../src/config/load-file.ts';
import { joinFiles } from '../../src/config/load-rules.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const minimal = readFileSync(join(root, 'tests/golden/check/good/minimal.yaml'), 'utf8');

function driven<T>(steps: Generator<undefined, T>): { readonly turns: number; readonly result: T } {
  for (let turns = 0, next = steps.next(); ; turns += 1, next = steps.next()) {
    if (next.done === true) return { turns, result: next.value };
  }
}

function loaded(path: string, text: string): LoadedFile {
  return driven(loadFile({ path, content: Buffer.from(text) }, createConditionCompiler(), {})).result;
}

test.each([
  ['plain', minimal],
  ['not plain', minimal.replace('name: ', 'name: &name ')],
])('a service that is declared again is found where it stands, each time after giving way: %s', (_, text) => {
  const line = text.split('\n').findIndex((each) => /^ +name:/.test(each)) + 1;
  const files = [loaded('a.yaml', text), loaded('b.yaml', `# first\n${text}`), loaded('c.yaml', text)];
  const { turns, result } = driven(joinFiles(files));
  const again = result.diagnostics.filter(({ code }) => code === 'duplicate-service');
  expect(turns).toBe(2);
  expect(result.services).toHaveLength(1);
  expect(again).toMatchObject([
    { file: 'b.yaml', line: line + 1, severity: 'error' },
    { file: 'c.yaml', line, severity: 'error' },
  ]);
  for (const { message } of again) expect(message).toContain(`in a.yaml:${line}`);
});

test('what a gate depends on may stand in any of the files, and what stands in none is told where it is named', () => {
  const gate = (...names: readonly string[]) =>
    `${minimal}  gate:\n    dependsOn:\n${names.map((name) => `      - { service: ${name} }\n`).join('')}`;
  const files = [
    loaded('a.yaml', gate('search', 'serch')),
    loaded('b.yaml', gate('shop').replace('name: shop', 'name: search')),
  ];
  const { turns, result } = driven(joinFiles(files));
  expect(turns).toBe(1);
  expect(result.services.map(({ name }) => name)).toEqual(['shop', 'search']);
  const line = minimal.split('\n').length + 3;
  expect(result.diagnostics).toMatchObject([
    {
      file: 'a.yaml',
      line,
      column: 20,
      severity: 'warning',
      code: 'unknown-dependency',
      hint: 'did you mean search?',
    },
  ]);
});

test('a dependency whose own file holds an error is declared all the same', () => {
  const files = [
    loaded('a.yaml', `${minimal}  gate: { dependsOn: [{ service: search }] }\n`),
    loaded('b.yaml', minimal.replace('name: shop', 'name: search').replace('hold: 5m', 'hold: soon')),
  ];
  expect(driven(joinFiles(files)).result.diagnostics.map(({ code }) => code)).toEqual(['invalid-duration']);
});
