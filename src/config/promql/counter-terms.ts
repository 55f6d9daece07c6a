import type { SyntaxNode } from '@lezer/common';
import type { CounterTerm } from '../../domain/service/service.ts';
import type { TextProblem } from '../problem.ts';
import { expressionsIn, nodesNamed, parsePromql } from './parse-promql.ts';
import { readSelector } from './selector.ts';

/**
 * Takes a counter expression apart: plain vector selectors, optionally inside `sum`, combined with `+`, `-` and parentheses.
 * Andon counts the increase of each itself, so anything that already looks at a range is refused, with a remedy.
 */
export function counterTerms(
  text: string,
  by: readonly string[],
): { readonly terms: readonly CounterTerm[]; readonly problems: readonly TextProblem[] } {
  const parsed = parsePromql(text);
  if ('problem' in parsed) return { terms: [], problems: [parsed.problem] };
  const terms: CounterTerm[] = [];
  const problems: TextProblem[] = [];
  const refuse = (node: SyntaxNode, message: string, hint: string): void => {
    problems.push({ code: 'promql-not-a-counter', within: { from: startOf(node), to: node.to }, message, hint });
  };

  const visit = (node: SyntaxNode, sign: 1 | -1): void => {
    const inner = expressionsIn(node);
    switch (node.name) {
      case 'VectorSelector': {
        const { selector, problems: faults } = readSelector(text, node);
        problems.push(...faults);
        terms.push({ sign, selector: selector.text, at: [selector.text, ''] });
        return;
      }
      case 'ParenExpr':
        for (const child of inner) visit(child, sign);
        return;
      case 'UnaryExpr':
        for (const child of inner) visit(child, text[node.from] === '-' ? negate(sign) : sign);
        return;
      case 'BinaryExpr':
        visitBinary(node, inner, sign);
        return;
      case 'AggregateExpr':
        visitAggregate(node, sign);
        return;
      default:
        refuse(node, ...refusal(text, node));
    }
  };

  const visitBinary = (node: SyntaxNode, [left, right]: readonly SyntaxNode[], sign: 1 | -1): void => {
    const minus = node.getChild('Sub') !== null;
    if (!minus && node.getChild('Add') === null) {
      const or = node.getChild('Or') !== null;
      return refuse(
        node,
        'counters are only combined with + and -',
        or
          ? 'match both with a regular expression, or add them with +'
          : 'write the bare counters; Andon divides good by total itself',
      );
    }
    const modifier =
      node.getChild('MatchingModifierClause') ?? node.getChild('BoolModifier') ?? node.getChild('FillModifier');
    if (modifier !== null) {
      refuse(modifier, 'counters are added without matching modifiers', 'leave it out: Andon sums each counter first');
    }
    if (left !== undefined) visit(left, sign);
    if (right !== undefined) visit(right, minus ? negate(sign) : sign);
  };

  const visitAggregate = (node: SyntaxNode, sign: 1 | -1): void => {
    if (node.getChild('AggregateOp')?.getChild('Sum') === null) {
      return refuse(node, 'counters are only aggregated with sum', 'write the bare counter; Andon sums it itself');
    }
    const modifier = node.getChild('AggregateModifier');
    const grouping = modifier === null ? by : labelsOf(text, modifier);
    if (modifier !== null && (modifier.getChild('Without') !== null || !sameSet(grouping, by))) {
      refuse(
        modifier,
        'this grouping is not the one of the signal',
        `leave it out, and split the signal with by: [${modifier.getChild('Without') === null ? grouping.join(', ') : 'label, …'}]`,
      );
    }
    const body = node.getChild('FunctionCallBody');
    for (const child of body === null ? [] : expressionsIn(body)) visit(child, sign);
  };

  visit(parsed.promql.expression, 1);
  if (problems.length === 0 && terms.every(({ sign }) => sign === -1)) {
    refuse(parsed.promql.expression, 'this count can only be negative', 'write the counter without the minus sign');
  }
  return { terms, problems };
}

/** The grammar lets a range or an offset reach back over a whole sum; people mean the selector right before it. */
function startOf(node: SyntaxNode): number {
  const reaching = ['MatrixSelector', 'SubqueryExpr', 'OffsetExpr', 'StepInvariantExpr'].includes(node.name);
  const binary = reaching && node.firstChild?.name === 'BinaryExpr';
  return (binary ? nodesNamed(node, 'VectorSelector').at(-1)?.from : undefined) ?? node.from;
}

function refusal(text: string, node: SyntaxNode): [message: string, hint: string] {
  const bare = nodesNamed(node, 'VectorSelector').at(-1);
  const counter = bare === undefined ? '' : `: ${text.slice(bare.from, bare.to)}`;
  const remedy = `write the bare counter; Andon counts its increase itself${counter}`;
  switch (node.name) {
    case 'FunctionCall': {
      const name = node.getChild('FunctionIdentifier');
      return [`${name === null ? 'functions' : `${text.slice(name.from, name.to)}()`} cannot stand here`, remedy];
    }
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return ['a range cannot stand here', remedy];
    case 'OffsetExpr':
    case 'StepInvariantExpr':
      return ['a counter is always read as of now', remedy];
    case 'NumberDurationLiteral':
    case 'StringLiteral':
      return ['a constant is no counter', 'use plain vector selectors, combined with + and -'];
    default:
      return ['this is no plain counter', remedy];
  }
}

function labelsOf(text: string, modifier: SyntaxNode): readonly string[] {
  const labels: string[] = [];
  for (let child = modifier.getChild('GroupingLabels')?.firstChild; child; child = child.nextSibling) {
    const label = text.slice(child.from, child.to);
    if (child.name === 'LabelName') labels.push(label);
    if (child.name === 'QuotedLabelName') labels.push(label.slice(1, -1));
  }
  return labels;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((label) => b.includes(label));
}

function negate(sign: 1 | -1): 1 | -1 {
  return sign === 1 ? -1 : 1;
}
