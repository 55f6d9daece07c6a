import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Document, isMap, isPair, isScalar, isSeq, parseAllDocuments, visit, type Node } from 'yaml';
import type { Dialect } from '../../../src/config/import/dialect.ts';
import { importRules } from '../../../src/config/import/import-rules.ts';
import { loadRules } from '../../../src/config/load-rules.ts';

const good: readonly (readonly [Dialect, string])[] = [
  ['sloth', 'getting-started'],
  ['sloth', 'kubernetes'],
  ['pyrra', 'shop'],
  ['openslo', 'shop'],
  ['openslo', 'alpha'],
];

const read = (dialect: Dialect, name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../golden/import/${dialect}/${name}.yaml`, import.meta.url)), 'utf8');

const importText = (dialect: Dialect, text: string) =>
  importRules(dialect, [{ path: 'x.yaml', content: Buffer.from(text) }], { periodMs: 2_592_000_000 });

const loadErrors = (files: readonly { readonly text: string }[]) =>
  loadRules(files.map(({ text }, index) => ({ path: `${index}.yaml`, content: Buffer.from(text) }))).diagnostics.filter(
    ({ severity }) => severity === 'error',
  );

/** The documents of a text and every node in them with what it stands in; changed, written and put back one by one. */
function open(text: string) {
  const documents = parseAllDocuments(text).filter((each): each is Document.Parsed => 'contents' in each);
  const nodes: { readonly node: Node; readonly parent: unknown }[] = [];
  for (const document of documents)
    visit(document, { Node: (_, node, parents) => void nodes.push({ node, parent: parents.at(-1) }) });
  return { nodes, write: () => documents.map((document) => document.toString({ lineWidth: 0 })).join('---\n') };
}

describe.each(good)('%s %s', (dialect, name) => {
  const text = read(dialect, name);

  test('names or carries over a key that is put into any of its mappings', () => {
    const { nodes, write } = open(text);
    const mappings = nodes.flatMap(({ node }) => (isMap(node) ? [node] : []));
    expect(mappings.length).toBeGreaterThan(10);
    for (const mapping of mappings) {
      mapping.set('zzz', 'new-value');
      const changed = write();
      mapping.delete('zzz');
      const { files, diagnostics } = importText(dialect, changed);
      const isCarried = files.some((file) => file.text.includes('new-value'));
      const isNamed = diagnostics.some(({ message, excerpt = '' }) => /zzz/.test(message + excerpt));
      if (!isCarried && !isNamed && !isSilenced(changed)) throw new Error(`zzz got lost in\n${changed}`);
    }
  }, 30_000);

  test('takes anything in the place of any of its values, and writes only what loads', () => {
    const { nodes, write } = open(text);
    let turn = 0;
    for (const { node, parent } of nodes) {
      if (!isScalar(node)) continue;
      const odd = new Document(oddValues[turn % oddValues.length]).contents;
      const putBack = replace(parent, node, odd);
      if (putBack === undefined) continue;
      turn += 1;
      const { files, diagnostics } = importText(dialect, write());
      putBack();
      expect(loadErrors(files)).toEqual([]);
      expect(files.length + diagnostics.length).toBeGreaterThan(0);
    }
    expect(turn).toBeGreaterThan(20);
  }, 30_000);
});

const oddValues = [null, { a: 'b' }, 7, ['a'], 'odd text', -1, ''];

/** A key in an alert that is switched off, or among labels of Kubernetes, which are named as a whole. */
function isSilenced(text: string): boolean {
  return /disable: true\n\s+zzz|disable: true, zzz|labels:\n    prometheus: main\n    zzz/.test(text);
}

/** Puts a value in the place of another that is no key; returns how to undo it. */
function replace(parent: unknown, node: Node, fresh: unknown): (() => void) | undefined {
  if (isPair(parent) && parent.value === node) {
    parent.value = fresh;
    return () => void (parent.value = node);
  }
  if (!isSeq(parent)) return undefined;
  const at = parent.items.indexOf(node);
  parent.items[at] = fresh;
  return () => void (parent.items[at] = node);
}
