import { nodesNamed, parsePromql } from '../promql/parse-promql.ts';
import { readSelector, type Matcher, type Selector } from '../promql/selector.ts';

/**
 * A plain vector selector, taken apart once more; undefined for what is none. A fleet has very many of them, and nearly
 * all are so plain that no grammar is needed to read them.
 */
export function selectorIn(text: string): Selector | undefined {
  return plainSelector(text) ?? anySelector(text);
}

/** Any selector, read by the grammar. */
export function anySelector(text: string): Selector | undefined {
  const parsed = parsePromql(text);
  if ('problem' in parsed) return undefined;
  const [node] = nodesNamed(parsed.promql.expression, 'VectorSelector');
  return node === undefined ? undefined : readSelector(text, node).selector;
}

const wholePattern = /^([A-Za-z_:][\w:]*)(?:\{([^{}]*)\})?$/;
const matcherPattern = /([A-Za-z_]\w*)(=~|!~|!=|=)"([^"\\]*)"(?:,|$)/y;

/** `name{label="value",…}` without white space and escapes; undefined for anything else. */
export function plainSelector(text: string): Selector | undefined {
  const [, name, inside = ''] = wholePattern.exec(text) ?? [];
  if (name === undefined) return undefined;
  const matchers: Matcher[] = [];
  let at = 0;
  while (at < inside.length) {
    matcherPattern.lastIndex = at;
    const [whole, label, op, value] = matcherPattern.exec(inside) ?? [];
    if (whole === undefined || label === undefined || value === undefined || label === '__name__') return undefined;
    const from = name.length + 1 + at;
    const written = whole.replace(/,$/, '');
    matchers.push({ from, to: from + written.length, label, op: op as Matcher['op'], value, text: written });
    at += whole.length;
  }
  return { from: 0, to: text.length, text, name, bare: true, matchers };
}
