import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { TextProblem } from '../problem.ts';

/** A PromQL expression as a tree; `text` is what the tree's offsets point into. */
export interface Promql {
  readonly text: string;
  readonly expression: SyntaxNode;
}

/** Reads PromQL, or says where it stops making sense. */
export function parsePromql(text: string): { readonly promql: Promql } | { readonly problem: TextProblem } {
  const tree = parser.parse(text);
  const expression = tree.topNode.firstChild;
  const broken = firstError(tree.topNode);
  if (broken !== undefined) return { problem: syntaxProblem(text, broken) };
  const first = expression?.name === 'LineComment' ? nextExpression(expression) : expression;
  if (first === null || first === undefined) return { problem: syntaxProblem(text, tree.topNode) };
  return { promql: { text, expression: first } };
}

/** The direct children of a node that are expressions; operators, labels and comments are left out. */
export function expressionsIn(node: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (expressionNames.has(child.name)) found.push(child);
  }
  return found;
}

/** Every node under this one with a given name, in order, itself included. */
export function nodesNamed(root: SyntaxNode, name: string): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  root.cursor().iterate((node) => {
    if (node.name === name) found.push(node.node);
  });
  return found;
}

const expressionNames = new Set([
  'AggregateExpr',
  'BinaryExpr',
  'FunctionCall',
  'MatrixSelector',
  'NumberDurationLiteral',
  'OffsetExpr',
  'AnchoredExpr',
  'SmoothedExpr',
  'ParenExpr',
  'StringLiteral',
  'SubqueryExpr',
  'UnaryExpr',
  'VectorSelector',
  'StepInvariantExpr',
]);

function nextExpression(node: SyntaxNode): SyntaxNode | null {
  let next = node.nextSibling;
  while (next !== null && !expressionNames.has(next.name)) next = next.nextSibling;
  return next;
}

function firstError(top: SyntaxNode): SyntaxNode | undefined {
  let found: SyntaxNode | undefined;
  top.cursor().iterate((node) => {
    if (found === undefined && node.type.isError) found = node.node;
    return found === undefined;
  });
  return found;
}

function syntaxProblem(text: string, node: SyntaxNode): TextProblem {
  const from = node.from + (/^\s*/.exec(text.slice(node.from, node.to))?.[0].length ?? 0);
  const word = /^(?:[\w:.]+|.)/su.exec(text.slice(from))?.[0] ?? '';
  const atEnd = word === '';
  const unknownFunction = /([A-Za-z_]\w*)\s*$/.exec(text.slice(0, from))?.[1];
  const problem = { code: 'promql-syntax', within: { from: Math.min(from, text.length), to: from + word.length } };
  if (atEnd) return { ...problem, message: 'this PromQL ends too early', hint: endHint(text) };
  if (word === '(' && unknownFunction !== undefined) {
    const start = text.lastIndexOf(unknownFunction, from);
    const within = { from: start, to: start + unknownFunction.length };
    return { ...problem, within, message: `\`${unknownFunction}\` is no PromQL function` };
  }
  return { ...problem, message: `this PromQL cannot be read from \`${word}\` on`, ...hintFor(text, from) };
}

function endHint(text: string): string {
  const open = (bracket: string): number => text.split(bracket).length;
  if (open('{') > open('}')) return 'a closing } is missing';
  if (open('(') > open(')')) return 'a closing ) is missing';
  if (open('[') > open(']')) return 'a closing ] is missing';
  return 'something is missing at the end';
}

function hintFor(text: string, from: number): Pick<TextProblem, 'hint'> {
  if (/[=~]\s*$/.test(text.slice(0, from))) return { hint: 'put the label value in quotes' };
  if (text[from] === '=' || text.startsWith('==', from)) return { hint: 'a label is matched with =, !=, =~ or !~' };
  return {};
}
