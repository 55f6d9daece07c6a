import type { SyntaxNode } from '@lezer/common';
import type { Span, TextProblem } from '../problem.ts';
import { matchesEmpty, regexFault } from './label-regex.ts';

export interface Matcher extends Span {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
  /** As written. */
  readonly text: string;
}

/** A plain vector selector, taken apart. */
export interface Selector extends Span {
  readonly text: string;
  /** The metric's name, unless it is only given by a regular expression. */
  readonly name?: string;
  /** Whether the name is written in front of the braces. */
  readonly bare: boolean;
  /** Without the one that gives the name. */
  readonly matchers: readonly Matcher[];
}

/** Takes a `VectorSelector` node apart, and says what Prometheus would refuse about it. */
export function readSelector(
  source: string,
  node: SyntaxNode,
): { selector: Selector; problems: readonly TextProblem[] } {
  const problems: TextProblem[] = [];
  const names: string[] = [];
  const matchers: Matcher[] = [];
  const identifier = node.getChild('Identifier');
  if (identifier !== null) names.push(source.slice(identifier.from, identifier.to));
  for (let child = node.getChild('LabelMatchers')?.firstChild; child; child = child.nextSibling) {
    if (child.name === 'QuotedLabelName') names.push(unquote(source.slice(child.from, child.to)));
    if (child.name !== 'UnquotedLabelMatcher' && child.name !== 'QuotedLabelMatcher') continue;
    const matcher = readMatcher(source, child);
    const fault = matcher.op === '=~' || matcher.op === '!~' ? regexFault(matcher.value) : undefined;
    if (fault !== undefined) problems.push({ code: 'promql-regex', within: matcher, message: fault });
    if (matcher.label === '__name__' && matcher.op === '=') names.push(matcher.value);
    else matchers.push(matcher);
  }
  const within = { from: node.from, to: node.to };
  if (names.length > 1) {
    problems.push({ code: 'promql-selector', within, message: 'the metric name is given twice' });
  }
  if (names.length === 0 && matchers.every(letsEverythingThrough)) {
    problems.push({
      code: 'promql-selector',
      within,
      message: 'this selector would match every series there is',
      hint: 'name the metric, or match at least one label that must not be empty',
    });
  }
  const [name] = names;
  return {
    selector: {
      ...within,
      text: source.slice(node.from, node.to),
      ...(name === undefined ? {} : { name }),
      bare: identifier !== null,
      matchers,
    },
    problems,
  };
}

function readMatcher(source: string, node: SyntaxNode): Matcher {
  const slice = (child: SyntaxNode | null): string => (child === null ? '' : source.slice(child.from, child.to));
  const quoted = node.getChild('QuotedLabelName');
  const label = quoted === null ? slice(node.getChild('LabelName')) : unquote(slice(quoted));
  const op = slice(node.getChild('MatchOp')) as Matcher['op'];
  const value = unquote(slice(node.getChild('StringLiteral')));
  return { from: node.from, to: node.to, label, op, value, text: source.slice(node.from, node.to) };
}

/** True for a matcher that a series without the label passes. */
function letsEverythingThrough({ op, value }: Matcher): boolean {
  switch (op) {
    case '=':
      return value === '';
    case '!=':
      return value !== '';
    case '=~':
      return matchesEmpty(value);
    case '!~':
      return !matchesEmpty(value);
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** The value of a PromQL string literal: Go's escapes, none of them inside back quotes. */
function unquote(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner;
  return inner.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/gs,
    (_, x, u, U, octal, char) => {
      const hex: string | undefined = x ?? u ?? U;
      if (hex !== undefined) return codePoint(Number.parseInt(hex, 16));
      if (octal !== undefined) return codePoint(Number.parseInt(octal, 8));
      return escapes[char] ?? char;
    },
  );
}

function codePoint(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}
