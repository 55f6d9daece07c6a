import type { SyntaxNode } from '@lezer/common';
import type { TextProblem } from '../problem.ts';
import { expressionsIn, nodesNamed } from './parse-promql.ts';
import { readSelector, type Selector } from './selector.ts';

/** Counters that an expression over a window was made of: what Andon reads, since it counts their increase itself. */
export interface WindowedCounters {
  /** The bare counters, combined with `+`, `-` and parentheses. */
  readonly text: string;
  readonly terms: readonly { readonly sign: 1 | -1; readonly selector: Selector }[];
  /** Labels the sums are split by; undefined when nothing sums, and each series stands for itself. */
  readonly by: readonly string[] | undefined;
  /** How and over what the counters were folded, as in `rate 5m`; `bare` for a counter without a range. */
  readonly folds: ReadonlySet<string>;
}

interface Read extends Omit<WindowedCounters, 'terms'> {
  readonly isSum: boolean;
}

/**
 * Takes `sum(rate(x[5m]))` and the like apart into bare counters: `rate` and `increase` of selectors, `sum`, `+`, `-`, and what
 * people add against missing series (`or vector(0)`, `> 0`), which Andon needs not. Anything else is a problem that says what it is.
 */
export function windowedCounters(
  text: string,
  expression: SyntaxNode,
): { readonly counters: WindowedCounters } | { readonly problems: readonly TextProblem[] } {
  const problems: TextProblem[] = [];
  const terms: WindowedCounters['terms'][number][] = [];
  const refuse = (node: SyntaxNode, message: string, hint?: string): undefined => {
    const within = { from: node.from, to: node.to };
    problems.push({ code: 'promql-not-a-counter', within, message, ...(hint === undefined ? {} : { hint }) });
  };
  const written = (node: SyntaxNode): string => text.slice(node.from, node.to);

  const visit = (node: SyntaxNode, sign: 1 | -1): Read | undefined => {
    const [first, second] = expressionsIn(node);
    switch (node.name) {
      case 'VectorSelector':
        return readCounter(node, 'bare', sign);
      case 'ParenExpr': {
        const inner = first === undefined ? undefined : visit(first, sign);
        return inner?.isSum === true ? { ...inner, text: `(${inner.text})`, isSum: false } : inner;
      }
      case 'FunctionCall':
        return visitCall(node, sign);
      case 'AggregateExpr':
        return visitAggregate(node, sign);
      case 'BinaryExpr':
        return first === undefined || second === undefined ? undefined : visitBinary(node, first, second, sign);
      default:
        return refuse(node, ...refusal(node, written(node)));
    }
  };

  const readCounter = (node: SyntaxNode, fold: string, sign: 1 | -1): Read => {
    const { selector, problems: faults } = readSelector(text, node);
    problems.push(...faults);
    terms.push({ sign, selector });
    return { text: selector.text, by: undefined, folds: new Set([fold]), isSum: false };
  };

  const visitCall = (node: SyntaxNode, sign: 1 | -1): Read | undefined => {
    const identifier = node.getChild('FunctionIdentifier');
    const name = identifier === null ? '' : written(identifier);
    if (name !== 'rate' && name !== 'increase') return refuse(node, ...refusal(node, name));
    const body = node.getChild('FunctionCallBody');
    const [argument] = body === null ? [] : expressionsIn(body);
    const range = argument?.getChild('DurationExpr') ?? null;
    const selector = argument?.getChild('VectorSelector') ?? null;
    if (argument?.name !== 'MatrixSelector' || range === null || selector === null) {
      const message = `${name}() is only taken apart when it reads one selector over one range`;
      return refuse(argument ?? node, message, 'write the bare counter into the rule file by hand');
    }
    return readCounter(selector, `${name} ${written(range).trim()}`, sign);
  };

  const visitAggregate = (node: SyntaxNode, sign: 1 | -1): Read | undefined => {
    if (node.getChild('AggregateOp')?.getChild('Sum') === null) {
      const message = 'counters are only added up; an average, a maximum or a quantile of them is no count of events';
      return refuse(node, message, 'use sum, or declare a gauge by hand');
    }
    const modifier = node.getChild('AggregateModifier');
    if (modifier !== null && modifier.getChild('Without') !== null) {
      return refuse(modifier, '`without` says which labels go, and Andon has to know which stay', 'write by (…)');
    }
    const by = modifier === null ? [] : labelsIn(text, modifier);
    const body = node.getChild('FunctionCallBody');
    const [argument] = body === null ? [] : expressionsIn(body);
    const inner = argument === undefined ? undefined : visit(argument, sign);
    if (inner === undefined) return undefined;
    if (inner.by !== undefined && by.some((label) => inner.by?.includes(label) === false)) {
      return refuse(modifier ?? node, 'the inner sum has dropped this label already');
    }
    return { ...inner, by };
  };

  const visitBinary = (node: SyntaxNode, left: SyntaxNode, right: SyntaxNode, sign: 1 | -1): Read | undefined => {
    if (isFiller(node, right, written)) return visit(left, sign);
    const minus = node.getChild('Sub') !== null;
    if (!minus && node.getChild('Add') === null) return refuse(node, ...refusal(node, ''));
    const [a, b] = [visit(left, sign), visit(right, minus ? flipped(sign) : sign)];
    if (a === undefined || b === undefined) return undefined;
    if (!sameLabels(a.by, b.by)) {
      return refuse(node, 'the two sides are summed by different labels', 'sum both by the same labels');
    }
    const modifier = node.getChild('MatchingModifierClause');
    if (modifier !== null && a.by === undefined) {
      return refuse(modifier, 'series are matched one by one here, and Andon sums each counter first', 'use sum(…)');
    }
    const rightText = minus && b.isSum ? `(${b.text})` : b.text;
    const folds = new Set([...a.folds, ...b.folds]);
    return { text: `${a.text} ${minus ? '-' : '+'} ${rightText}`, by: a.by, folds, isSum: true };
  };

  const read = visit(expression, 1);
  if (read !== undefined && read.folds.size > 1) {
    const folds = [...read.folds].map((fold) => `\`${fold}\``).join(' and ');
    refuse(expression, `${folds} stand in one sum, which adds different things`, 'fold every counter alike');
  }
  if (read === undefined || problems.length > 0) return { problems };
  return { counters: { text: read.text, terms, by: read.by, folds: read.folds } };
}

/** Whether two sums are split alike. */
export function sameLabels(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.length === b.length && a.every((label) => b.includes(label));
}

/**
 * `or vector(0)`, `or x * 0` and `> 0` only keep PromQL from dividing by nothing or losing a series that is not there yet.
 * Andon counts a missing counter as no events, and says `no-traffic` of a total of none.
 */
function isFiller(node: SyntaxNode, right: SyntaxNode, written: (node: SyntaxNode) => string): boolean {
  if (node.getChild('Gtr') !== null) return Number(written(right)) === 0;
  if (node.getChild('Or') === null) return false;
  let side = right;
  while (side.name === 'ParenExpr' && side.firstChild !== null) side = expressionsIn(side)[0] ?? side.firstChild;
  if (side.name === 'FunctionCall') {
    const value = /^vector\s*\(\s*([\d.eE-]+)\s*\)$/.exec(written(side))?.[1];
    return value !== undefined && Math.abs(Number(value)) < 1e-3;
  }
  const factors = side.getChild('Mul') === null ? [] : expressionsIn(side);
  return factors.some((factor) => factor.name === 'NumberDurationLiteral' && Number(written(factor)) === 0);
}

function refusal(node: SyntaxNode, name: string): [message: string, hint?: string] {
  switch (node.name) {
    case 'FunctionCall':
      return [
        `${name}() cannot be turned into bare counters`,
        name.endsWith('_over_time')
          ? 'it folds samples of a gauge: declare a gauge with a target, or count checks and failures with counters'
          : 'use rate() or increase() of counters',
      ];
    case 'NumberDurationLiteral':
    case 'StringLiteral':
      return ['a constant is no counter'];
    case 'BinaryExpr':
      return ['counters are only combined with + and -'];
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return ['a range without rate() or increase() is no count'];
    case 'OffsetExpr':
    case 'StepInvariantExpr':
      return ['Andon reads a counter as of now only', 'take the offset out'];
    default:
      return ['this cannot be turned into bare counters'];
  }
}

function labelsIn(text: string, modifier: SyntaxNode): readonly string[] {
  return nodesNamed(modifier, 'LabelName').map(({ from, to }) => text.slice(from, to));
}

function flipped(sign: 1 | -1): 1 | -1 {
  return sign === 1 ? -1 : 1;
}
