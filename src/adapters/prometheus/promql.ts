import type { CounterTerm } from '../../domain/service.ts';

/** Offsets of a step's ends from the instant a query is evaluated at, ms. */
export interface StepOffsets {
  readonly from: number;
  readonly to: number;
}

/** The label that tells the answers inside one union apart. */
export const questionLabel = 'andon_q';

/** The label under which sample times come back, in seconds. */
export const sampleTimeLabel = 'ts';

function offset(ms: number): string {
  return ms === 0 ? '' : ` offset ${ms}ms`;
}

/** The counter's value `offsetMs` before the instant of the query. */
export function counterAt(term: CounterTerm, offsetMs: number): string {
  const text = term.at.join(offset(offsetMs));
  return isPlain(term) ? text : `(${text})`;
}

/**
 * Events counted over a step, by group: the difference of the counter's values at its two ends, so that steps side by
 * side add up exactly. Infinite when some series is new or was reset, which takes a closer look with `increments`;
 * asked in this way because it is the cheapest that is never wrong unnoticed.
 * `>= 0` in the second arm drops NaN, which would make the whole group NaN.
 */
export function steadyIncrements(term: CounterTerm, by: readonly string[], step: StepOffsets): string {
  const now = counterAt(term, step.to);
  return `${sum(by)}((${now} - ${counterAt(term, step.from)} >= 0) or ((${now} >= 0) + Inf))`;
}

/** The same, with every series that is new or was reset counted from zero. */
export function increments(term: CounterTerm, by: readonly string[], step: StepOffsets): string {
  const now = counterAt(term, step.to);
  return `${sum(by)}((${now} - ${counterAt(term, step.from)} >= 0) or ${now} >= 0)`;
}

/**
 * What `increments` counted too much, by group, because a series was not new but came back after it had gone unscraped
 * for longer than the lookback: the value it had when last seen. A series that came back lower was reset, and is right.
 * Some sources know that a native histogram was there but not its value (Prometheus 2.42); then nothing of the returned
 * one is counted, since its whole life in one step would be far more wrong.
 * Undefined when the term's shape leaves no room to look back.
 */
export function countedBefore(
  term: CounterTerm,
  by: readonly string[],
  step: StepOffsets,
  returnWindowMs: number,
): string | undefined {
  const seen = `last_over_time(${term.selector}[${returnWindowMs}ms]${offset(step.from)})`;
  const last = lastValue(term, seen);
  if (last === undefined) return undefined;
  const newcomer = `(${counterAt(term, step.to)} unless ${counterAt(term, step.from)})`;
  if (isPlain(term)) return `${sum(by)}(${last} <= ${newcomer})`;
  return `${sum(by)}((${last} <= ${newcomer}) or (${newcomer} and ${seen} unless ${last}))`;
}

/** Every cut of `at` must stand right behind the selector, so that the selector can be replaced. */
function lastValue({ selector, at }: CounterTerm, seen: string): string | undefined {
  const cut = at.slice(0, -1);
  if (!cut.every((part) => part.endsWith(selector))) return undefined;
  const before = cut.map((part) => part.slice(0, part.length - selector.length));
  return `(${[...before, at.at(-1) ?? ''].join(seen)})`;
}

function isPlain({ selector, at }: CounterTerm): boolean {
  return at.length === 2 && at[0] === selector && at[1] === '';
}

/** Time of the newest sample of a selector by group, in seconds. */
export function newestSample(selector: string, by: readonly string[]): string {
  return `max${grouping(by)} (timestamp(${selector}))`;
}

const intervalWindowsMs = [120_000, 30_000, 8_000, 2_000];

/**
 * Median seconds between samples of one series: the stretch between the newest sample and the newest one before a
 * window is made of exactly as many intervals as samples landed in the window. That holds for any window that the
 * series is older than; longer ones come first, since they average more. The range is 1 ms shorter because Prometheus
 * before version 3 counts a sample on its left edge too.
 */
export function medianInterval(selectors: readonly string[]): string {
  const each = selectors.flatMap((selector) =>
    intervalWindowsMs.map((windowMs) => `(${intervalOver(selector, windowMs)})`),
  );
  return `quantile(0.5, ${each.join(' or ')})`;
}

function intervalOver(selector: string, windowMs: number): string {
  return (
    `(timestamp(${selector}) - timestamp(${selector} offset ${windowMs}ms))` +
    ` / count_over_time(${selector}[${windowMs - 1}ms])`
  );
}

/** Distinct times of the newest samples of a selector's series, as label values. */
export function sampleTimes(selector: string): string {
  return `count_values("${sampleTimeLabel}", timestamp(${selector}))`;
}

function sum(by: readonly string[]): string {
  return `sum${grouping(by)} `;
}

function grouping(by: readonly string[]): string {
  return by.length === 0 ? '' : ` by (${by.join(', ')})`;
}

/** One query that answers many: each answer carries the number of its expression in the label `andon_q`. */
export function union(exprs: readonly string[]): string {
  return balanced(exprs.map((expr, index) => `label_replace(${expr}, "${questionLabel}", "${index}", "", "")`));
}

// A chain `a or b or c …` would make the source look at the first answers again for each that follows.
function balanced(parts: readonly string[]): string {
  if (parts.length <= 2) return parts.join(' or ');
  const middle = Math.ceil(parts.length / 2);
  return `(${balanced(parts.slice(0, middle))}) or (${balanced(parts.slice(middle))})`;
}
