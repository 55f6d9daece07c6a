import { isAlias, isMap, isScalar, isSeq, type Alias, type Document, type Node, type Pair } from 'yaml';
import type { DeclarationPath } from '../domain/text/diagnostic.ts';
import { maxDepth, maxProblems } from './yaml-documents.ts';

/** Most values a document may hold once its aliases are written out. */
export const maxValues = 100_000;

/** A document as plain data, the way back from a path to the text, and what cannot be turned into data. */
export interface YamlValue {
  readonly value: unknown;
  readonly faults: readonly YamlFault[];
  /** The text range of the key or the value at a path, or of the nearest thing above it that exists. */
  find(
    path: DeclarationPath,
    at: 'key' | 'value',
  ): { readonly from: number; readonly to: number; readonly node?: Node };
}

export interface YamlFault {
  readonly from: number;
  readonly to: number;
  readonly code: 'yaml-alias' | 'yaml-alias-bomb' | 'yaml-cyclic-alias' | 'yaml-duplicate-key' | 'yaml-key';
  readonly message: string;
  readonly hint?: string;
}

/** Writes out a document's nodes and aliases; bounded in size, so that no alias bomb goes off. */
export function toValue(document: Document.Parsed): YamlValue {
  const faults: YamlFault[] = [];
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  const underWay = new Set<Node>();
  let count = 0;

  const fault = (code: YamlFault['code'], node: Node, message: string, hint?: string): undefined => {
    if (faults.length >= maxProblems) return undefined;
    const [from, to] = rangeOf(node);
    faults.push({ code, from, to, message, ...(hint === undefined ? {} : { hint }) });
  };

  const convert = (node: Node | null, depth: number): unknown => {
    if (node === null) return null;
    count += 1;
    if (count > maxValues) return undefined;
    if (isAlias(node)) return followAlias(node, depth);
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isScalar(node)) return node.value;
    if (depth > maxDepth || underWay.has(node)) return undefined;
    underWay.add(node);
    const value = isSeq<Node | null>(node)
      ? node.items.map((item) => convert(item, depth + 1))
      : isMap<Node, Node | null>(node)
        ? convertMap(node.items, depth)
        : undefined;
    underWay.delete(node);
    return value;
  };

  const followAlias = (alias: Alias, depth: number): unknown => {
    const target = anchors.get(alias.source);
    if (target === undefined) return fault('yaml-alias', alias, `there is no anchor &${alias.source} above`);
    if (underWay.has(target)) return fault('yaml-cyclic-alias', alias, `*${alias.source} stands inside its own anchor`);
    targets.set(alias, target);
    const value = convert(target, depth + 1);
    if (count > maxValues && !faults.some(({ code }) => code === 'yaml-alias-bomb')) {
      fault('yaml-alias-bomb', alias, `written out, the aliases of this document make more than ${maxValues} values`);
    }
    return value;
  };

  const convertMap = (items: readonly Pair<Node, Node | null>[], depth: number): Record<string, unknown> => {
    const result: Record<string, unknown> = {};
    for (const { key, value } of items) {
      const name = isScalar(key) ? key.value : undefined;
      if (typeof name !== 'string' || name === '__proto__') {
        const hint = typeof name === 'number' || typeof name === 'boolean' ? `write "${String(name)}"` : undefined;
        fault('yaml-key', key, 'a key must be a text', hint);
        continue;
      }
      if (Object.hasOwn(result, name)) fault('yaml-duplicate-key', key, `\`${name}\` stands here twice`);
      if (key.anchor !== undefined) anchors.set(key.anchor, key);
      result[name] = convert(value, depth + 1);
    }
    return result;
  };

  return {
    value: convert(document.contents, 1),
    faults,
    find: (path, at) => find(document.contents, targets, path, at),
  };
}

function find(
  contents: Node | null,
  targets: ReadonlyMap<Alias, Node>,
  path: DeclarationPath,
  at: 'key' | 'value',
): { readonly from: number; readonly to: number; readonly node?: Node } {
  let node = contents;
  let key: Node | undefined;
  for (const step of path) {
    const here = isAlias(node) ? (targets.get(node) ?? node) : node;
    const next = child(here, step);
    if (next === undefined) {
      // What is missing is shown where it should stand: at the key of the mapping that lacks it.
      const [from, to] = rangeOf(key ?? firstKey(here) ?? here);
      return { from, to };
    }
    ({ node, key } = next);
  }
  const shown = (at === 'key' || node === null ? key : undefined) ?? node;
  const [from, to] = rangeOf(shown ?? key ?? contents);
  return shown === null || shown === undefined ? { from, to } : { from, to, node: shown };
}

function child(node: Node | null, step: string | number): { node: Node | null; key?: Node } | undefined {
  if (isSeq<Node | null>(node) && typeof step === 'number') {
    const item = node.items[step];
    return item === undefined ? undefined : { node: item };
  }
  if (!isMap<Node, Node | null>(node)) return undefined;
  const pair = node.items.findLast(({ key }) => isScalar(key) && key.value === step);
  return pair === undefined ? undefined : { node: pair.value, key: pair.key };
}

function firstKey(node: Node | null): Node | undefined {
  return isMap<Node, Node | null>(node) ? node.items[0]?.key : undefined;
}

function rangeOf(node: Node | null | undefined): readonly [number, number] {
  const range = node?.range;
  return range === null || range === undefined ? [0, 0] : [range[0], range[1]];
}
