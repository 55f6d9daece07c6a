import type { CountingSignal } from '../../domain/service/service.ts';
import { prometheusDuration } from '../../domain/text/prometheus-duration.ts';
import { indent } from './rule-text.ts';
import { termIncrease, valueAt } from './term-increase.ts';

/** Which events of a signal an expression counts: `good` or `bad` is its numerator. */
export type CountedEvents = 'total' | 'good' | 'bad';

/**
 * Counts events of a signal over a window, by group, as Andon itself does: by the difference of each counter's values at
 * the window's two ends, so that windows end to end add up. A term without data adds nothing.
 */
export function countEvents(signal: CountingSignal, of: CountedEvents, windowMs: number): string {
  const terms = of === 'total' ? signal.totalTerms : signal.numeratorTerms;
  const counts = terms.map((term) => {
    const count = `sum${grouping(signal.by)} (\n${indent(termIncrease(term, signal, windowMs))}\n)`;
    return term.sign === 1 ? count : `-1 * ${count}`;
  });
  const [only] = counts;
  if (counts.length === 1 && only !== undefined) return only;
  return sumOf(counts, signal.by, 'slo_term');
}

/**
 * Seconds of a window in which a group had a total, by group. It is looked for ten times, so that a service which is
 * younger than the window is not taken for one that was quiet.
 */
export function countCovered({ totalTerms, by }: CountingSignal, windowMs: number): string {
  const there = totalTerms.map((term) => `group${grouping(by)} (${valueAt(term, '')})`).join(' or ');
  const every = windowMs / 10;
  // A millisecond less, since the instants on the two edges of a window must not both count.
  const instants = `count_over_time((${there})[${prometheusDuration(windowMs - 1)}:${prometheusDuration(every)}])`;
  return `clamp_max(${instants} * ${every / 1000}, ${windowMs / 1000})`;
}

/** The sum of expressions of which any may give nothing; the label tells them apart on the way. */
export function sumOf(expressions: readonly string[], by: readonly string[], label: string): string {
  const marked = expressions.map((expression, index) =>
    expression.includes('\n')
      ? `label_replace(\n${indent(expression)},\n  "${label}", "${index + 1}", "", ""\n)`
      : `label_replace(${expression}, "${label}", "${index + 1}", "", "")`,
  );
  return `sum${grouping(by)} (\n${indent(marked.join('\nor\n'))}\n)`;
}

/** ` by (a, b)`, or nothing. */
export function grouping(by: readonly string[]): string {
  return by.length === 0 ? '' : ` by (${by.join(', ')})`;
}
