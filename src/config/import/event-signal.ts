import type { SyntaxNode } from '@lezer/common';
import { expressionsIn } from '../promql/parse-promql.ts';
import { sameLabels, windowedCounters, type WindowedCounters } from '../promql/windowed-counters.ts';
import type { ImportedSignal } from './imported-slo.ts';
import { settle, tell } from './input-part.ts';
import { isFastBad, latencyOf } from './latency-shape.ts';
import { nameProblem, nameProblems, placeholderRange, type InputQuery } from './read-promql.ts';

/** A signal and the labels it is split by. */
export interface CountedSignal {
  readonly signal: ImportedSignal;
  readonly by: readonly string[];
}

/** How a query may look at its counters: over the placeholder only, or in whatever way stands there. */
export type WindowStyle = 'placeholder' | 'any';

/** A ratio (or latency) signal from two queries that count events; names what stands in the way, or what reads otherwise now. */
export function eventSignal(
  side: 'good' | 'bad',
  numerator: InputQuery,
  total: InputQuery,
  style: WindowStyle,
): CountedSignal | undefined {
  const [ours, all] = [countersIn(numerator, numerator.expression, style), countersIn(total, total.expression, style)];
  if (ours === undefined || all === undefined) return undefined;
  return joined(side, ours, all, numerator, style);
}

/** A signal from one query that divides: `bad / total`, `1 - good / total`; `rawType` says what the query gives. */
export function dividedSignal(
  query: InputQuery,
  rawType: 'bad' | 'good',
  style: WindowStyle,
): CountedSignal | undefined {
  const division = divisionIn(query.expression, query.text);
  if (division === undefined) {
    const within = { from: query.expression.from, to: query.expression.to };
    const message = 'this ratio is not one count of events divided by another';
    const hint = 'declare the two counters as a ratio by hand, or the number as a gauge with a target of its own';
    return nameProblem(query.part, { code: 'promql-not-a-counter', within, message, hint });
  }
  const ours = countersIn(query, division.above, style);
  const all = countersIn(query, division.below, style);
  if (ours === undefined || all === undefined) return undefined;
  const other = rawType === 'bad' ? 'good' : 'bad';
  return joined(division.isComplement ? other : rawType, ours, all, query, style);
}

function countersIn(query: InputQuery, node: SyntaxNode, style: WindowStyle): WindowedCounters | undefined {
  const read = windowedCounters(query.text, node);
  if ('problems' in read) return nameProblems(query.part, read.problems);
  settle(query.part);
  const { counters } = read;
  const [fold = ''] = counters.folds;
  if (style === 'any' || fold.endsWith(` ${placeholderRange}`)) return counters;
  const within = { from: node.from, to: node.to };
  const message = 'this query reads a window of its own, or none';
  return nameProblem(query.part, { code: 'window', within, message, hint: 'write {{.window}} as its range' });
}

function joined(
  side: 'good' | 'bad',
  ours: WindowedCounters,
  all: WindowedCounters,
  query: InputQuery,
  style: WindowStyle,
): CountedSignal | undefined {
  if (!sameLabels(ours.by, all.by)) {
    const message = 'the two counts are split by different labels, so this was not carried over';
    return tell(query.part, { kind: 'lost', message, hint: 'sum both by the same labels' });
  }
  const [fold = '', otherFold = ''] = [[...ours.folds][0], [...all.folds][0]];
  if (fold !== otherFold) {
    const [a, b] = [fold, otherFold].map((each) => `\`${each.replace(placeholderRange, 'window')}\``);
    const message = `one count is folded by ${a}, the other by ${b}, so this was not carried over`;
    return tell(query.part, { kind: 'lost', message, hint: 'fold both alike' });
  }
  if (ours.by === undefined && fold !== 'bare') {
    const message = 'nothing is summed here, so each series was judged by itself; Andon judges the sum of them';
    const hint = 'to judge them apart, split the signal: by: [label]';
    tell(query.part, { kind: 'changed', message, hint });
  }
  if (style === 'any' && fold !== 'bare' && !fold.endsWith(` ${placeholderRange}`)) {
    const message = `\`${fold}\` was taken off: Andon reads the counters and chooses windows itself`;
    tell(query.part, { kind: 'changed', message });
  }
  if (isFastBad(side, ours, all)) {
    const message = 'a bucket holds the fast events, and here they are the bad ones; they were carried over as written';
    const hint = 'for the slow ones take the count less this bucket, or declare a latency with this threshold';
    tell(query.part, { kind: 'suspicious', message, hint });
  }
  const signal = latencyOf(side, ours, all) ?? {
    kind: 'ratio' as const,
    side,
    numerator: ours.text,
    total: all.text,
  };
  return { signal, by: ours.by ?? [] };
}

interface Division {
  readonly above: SyntaxNode;
  readonly below: SyntaxNode;
  /** True for `1 - above / below`. */
  readonly isComplement: boolean;
}

function divisionIn(expression: SyntaxNode, text: string): Division | undefined {
  const node = bare(expression);
  const [left, right] = expressionsIn(node);
  if (node.name !== 'BinaryExpr' || left === undefined || right === undefined) return undefined;
  if (node.getChild('Div') !== null) return { above: left, below: right, isComplement: false };
  const isOne = left.name === 'NumberDurationLiteral' && Number(text.slice(left.from, left.to)) === 1;
  if (node.getChild('Sub') === null || !isOne) return undefined;
  const inner = divisionIn(right, text);
  return inner === undefined ? undefined : { ...inner, isComplement: !inner.isComplement };
}

function bare(node: SyntaxNode): SyntaxNode {
  const [inner] = expressionsIn(node);
  return node.name === 'ParenExpr' && inner !== undefined ? bare(inner) : node;
}
