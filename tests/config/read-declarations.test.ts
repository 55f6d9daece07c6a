import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openDeclaration, type Declaration } from '../../src/config/declaration.ts';
import { plainDocuments } from '../../src/config/plain-yaml.ts';
import { readDeclarations } from '../../src/config/read-declarations.ts';
import { createSourceText, type SourceText } from '../../src/config/source-text.ts';
import { documentsOf, maxDocuments } from '../../src/config/yaml-documents.ts';
import type { DeclarationPath, Diagnostic } from '../../src/domain/text/diagnostic.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const files = ['rules', 'tests/golden/check/good', 'tests/golden/check/bad']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => [name, readFileSync(join(root, name), 'utf8')] as const)
  .filter(([, text]) => text.length < 5_000);
const texts = files.map(([, text]) => text);

/** All that a file's documents have to say. */
function told(steps: Generator<Declaration, readonly Diagnostic[]>) {
  const documents: unknown[] = [];
  for (let next = steps.next(); ; next = steps.next()) {
    if (next.done === true) return { documents, diagnostics: next.value };
    const declaration = next.value;
    const { value, complete, faults } = declaration;
    const places = pathsIn(value).flatMap((path) => [
      declaration.locate(path),
      declaration.locate(path, 'key'),
      declaration.locate([...path, 'missing']),
    ]);
    places.push(declaration.locateLater(['metadata', 'name'])());
    documents.push({ value, complete, faults, places });
  }
}

function pathsIn(value: unknown, path: DeclarationPath = []): readonly DeclarationPath[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value).slice(0, 20);
  return [path, ...keys.flatMap((key) => pathsIn((value as Record<string | number, unknown>)[key], [...path, key]))];
}

/** Every document parsed in full. */
function* parsed(source: SourceText): Generator<Declaration, readonly Diagnostic[]> {
  const documents = documentsOf(source);
  for (let next = documents.next(); ; next = documents.next()) {
    if (next.done === true) return next.value;
    yield openDeclaration(source, next.value);
  }
}

function expectSame(text: string): void {
  const source = createSourceText('x.yaml', text);
  // As texts, because there are thousands of places.
  expect(JSON.stringify(told(readDeclarations(source)))).toBe(JSON.stringify(told(parsed(source))));
}

const pieces = [
  '\n¦ ¦  ¦- ¦: ¦:¦#¦ # c¦"¦\'¦{¦}¦[¦]¦, ¦|\n¦>-\n¦---\n¦\n---\n¦\n...\n¦&a ¦*a¦!x ¦%¦?¦~¦null¦True¦0¦-1¦1.50¦007¦1e3¦.5¦<<: ¦\\¦\t¦\r\n¦é',
  "\u00a0¦\u2028¦\n\n¦\n# c\n¦\n      # c\n¦=¦''¦a: 1\n¦a:\n¦\n  b: c\n¦\n- x\n¦k: {a: b}\n¦k: |\n  text\n\n  more\n",
  'a b¦x:y¦\n  - ¦\n    ¦b: ¦c: ',
].flatMap((row) => row.split('¦'));

describe('documents that are read quickly', () => {
  test.each(files)('say the same as when they are parsed: %s', (_, text) => {
    expectSame(text);
  });

  test.each([
    ['a stray bracket, which the parser holds against the document before', 'a:\n- x\n---\n  ]\n- c:'],
    ['blanks at the end of a block', 'a: >\n  x\n    '],
    ['a key behind an item, which one library reads as a key', 'a:\n- "b: "c: d\n- [e] f: g'],
    ['three dashes further right', '  ---\n  a: b\n  c: d'],
    ['a document that is but a tag', 'a: b\n---\n!!str '],
    ['a key far before its colon', `a${' '.repeat(1_030)}: b`],
    ['two documents before one that is odd', 'a: 1\n---\nb: 2\n---\nc: &x 3\n---\nd: "'],
  ])('say the same in odd corners: %s', (_, text) => {
    expectSame(text);
  });

  test('say the same however a file was damaged', () => {
    let plain = 0;
    const edit = fc.record({
      at: fc.nat(5_000),
      drop: fc.nat(3),
      put: fc.oneof(fc.constant(''), fc.constantFrom(...pieces)),
    });
    const damaged = fc
      .record({
        chosen: fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 2 }),
        edits: fc.array(edit, { maxLength: 4 }),
      })
      .map(({ chosen, edits }) =>
        edits.reduce((text, { at, drop, put }) => {
          const from = at % (text.length + 1);
          return text.slice(0, from) + put + text.slice(from + drop);
        }, chosen.join('\n---\n')),
      );
    fc.assert(
      fc.property(damaged, (text) => {
        expectSame(text);
        plain += [...plainDocuments(text)].length;
      }),
      { numRuns: 150 },
    );
    expect(plain).toBeGreaterThan(30);
  });

  test('say the same whatever is strung together', () => {
    let plain = 0;
    const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => `a: ${parts.join('')}`);
    fc.assert(
      fc.property(soup, (text) => {
        expectSame(text);
        plain += [...plainDocuments(text)].length;
      }),
      { numRuns: 2_000 },
    );
    expect(plain).toBeGreaterThan(30);
  });

  test.each([maxDocuments - 1, maxDocuments, maxDocuments + 1, maxDocuments + 2])('are counted: %i', (count) => {
    expectSame('a: 1\n---\n'.repeat(count));
    expectSame(`${'a: 1\n---\n'.repeat(count - 1)}a: &x 1\n`);
  });

  test.each([1, 2, 3])(
    'are read up to the limit, with a complaint where the first beyond it begins: %i too many',
    (more) => {
      const count = maxDocuments + more;
      for (const text of ['a: 1\n---\n'.repeat(count), `${'a: 1\n---\n'.repeat(count - 1)}a: 1`]) {
        const { documents, diagnostics } = told(readDeclarations(createSourceText('x.yaml', text)));
        expect(documents).toHaveLength(maxDocuments);
        expect(diagnostics).toEqual([
          expect.objectContaining({ code: 'too-many-documents', line: 2 * maxDocuments, column: 1 }),
        ]);
      }
    },
  );
});
