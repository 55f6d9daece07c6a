import type { CounterTerm } from '../../domain/service/service.ts';
import { lookbackMs } from '../../domain/reading/timing.ts';

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

/** The counter's sum over its series, by group. */
export function counterSum({ selector }: CounterTerm, by: readonly string[]): string {
  return `${sum(by)}(${selector})`;
}

/** How many series a selector shows, by group. */
export function seriesOf(selector: string, by: readonly string[]): string {
  return `count${grouping(by)} (${selector})`;
}

/**
 * As many as `seriesOf` at both ends of a step if the same series stand behind both and none was reset in a stretch
 * that the step lies in, and more if one came, went or was reset: each series that a source may still have shown at the
 * beginning of the stretch or shows since counts one, and each reset one more.
 */
export function quietSeries({ selector }: CounterTerm, by: readonly string[], stretchMs: number): string {
  return `${sum(by)}(resets(${selector}[${stretchMs + lookbackMs}ms]) + 1)`;
}

/** How many series a source may have shown at the beginning of a step or since, by group. */
export function seriesSince({ selector }: CounterTerm, by: readonly string[], stepMs: number): string {
  return `count${grouping(by)} (present_over_time(${selector}[${stepMs + lookbackMs}ms]))`;
}

/** What the series that are lower at the end of a step than at its beginning had counted by then, by group. */
export function countedByFallen({ selector }: CounterTerm, by: readonly string[], stepMs: number): string {
  return `${sum(by)}(${selector}${offset(stepMs)} > ${selector})`;
}

/** How many series are shown at the end of a step that were not at its beginning, by group; no answer if none. */
export function newcomers(term: CounterTerm, by: readonly string[], step: StepOffsets): string {
  return `count${grouping(by)} (${counterAt(term, step.to)} unless ${counterAt(term, step.from)})`;
}

/**
 * What `increments` counted too much, by group. Two kinds of series look new and did not begin in the step:
 * - One that came back after it had gone unscraped for longer than the lookback: too much is the value it had when last
 *   seen. One that came back lower was reset, and is right. Some sources know that a native histogram was there but not
 *   its value (Prometheus 2.42); then nothing of the returned one is counted, since its whole life would be far more wrong.
 * - One whose whole life before it was seen lies elsewhere: relabelled, newly scraped, or after a loss of the source's
 *   data. Too much is all of it, unless it is credible that it began in the step (see `credible`).
 */
export function countedBefore(
  term: CounterTerm,
  siblings: readonly CounterTerm[],
  by: readonly string[],
  step: StepOffsets,
  returnWindowMs: number,
): string {
  const seen = `last_over_time(${term.selector}[${returnWindowMs}ms]${offset(step.from)})`;
  const newcomer = `(${counterAt(term, step.to)} unless ${counterAt(term, step.from)})`;
  const elsewhere = `(${newcomer} unless ${seen} unless on (${target}) ${credible(siblings, step)})`;
  // A bucket is born with its histogram: where that was there before, its life lies elsewhere.
  const added = siblings
    .filter((sibling) => isSameHistogram(term, sibling))
    .map((sibling) => `(${newcomer} unless ${seen} and ignoring (le) ${counterAt(sibling, step.from)})`);
  const unseen = [elsewhere, ...added].join(' or ');
  const last = lastValue(term, seen);
  if (last === undefined) return `${sum(by)}(${unseen})`;
  const returned = `(${last} <= ${newcomer})`;
  if (isPlain(term)) return `${sum(by)}(${returned} or ${unseen})`;
  return `${sum(by)}(${returned} or (${newcomer} and ${seen} unless ${last}) or ${unseen})`;
}

/** Whether a term is a bucket of the histogram that another one counts all of. */
function isSameHistogram(term: CounterTerm, { selector }: CounterTerm): boolean {
  const name = /^([a-zA-Z_:][\w:]*)_bucket\b/.exec(term.selector)?.[1];
  return name !== undefined && /^([a-zA-Z_:][\w:]*)_(bucket|count)\b/.exec(selector)?.[1] === name;
}

/** What tells one scraped process from another. */
const target = 'job, instance';

/** A process may have run for this long before its first scrape: discovery takes its time. */
const unscrapedStartMs = 300_000;

/**
 * Targets of which a new series may be counted from zero: those that were scraped before the step under the same labels,
 * so that only the series is new (the first error of a healthy process), and those whose process has just started. Where
 * others of its series went in the same step, the new one may be one of them under new labels.
 * The siblings are the terms of the signal's total: both sides of a ratio must come to the same answer.
 */
function credible(siblings: readonly CounterTerm[], step: StepOffsets): string {
  const continued = siblings
    .map((term) => `(${counterAt(term, step.to)} and ${counterAt(term, step.from)})`)
    .join(' or ');
  const scraped = `(up${offset(step.to)} and up${offset(step.from)})`;
  const age = (step.from + unscrapedStartMs) / 1_000;
  const started = `(process_start_time_seconds${offset(step.to)} >= time() - ${age})`;
  const gone = siblings.map((term) => `${counterAt(term, step.from)} unless ${counterAt(term, step.to)}`).join(' or ');
  return `((${continued} or ${scraped}) unless on (${target}) (${gone}) or ${started})`;
}

/** Every cut of `at` must stand right behind the selector, so that the selector can be replaced. */
function lastValue({ selector, at }: CounterTerm, seen: string): string | undefined {
  const cut = at.slice(0, -1);
  if (!cut.every((part) => part.endsWith(selector))) return undefined;
  const before = cut.map((part) => part.slice(0, part.length - selector.length));
  return `(${[...before, at.at(-1) ?? ''].join(seen)})`;
}

export function isPlain({ selector, at }: CounterTerm): boolean {
  return at.length === 2 && at[0] === selector && at[1] === '';
}

/** Time of the newest sample of a selector by group, in seconds. */
export function newestSample(selector: string, by: readonly string[]): string {
  return `max${grouping(by)} (timestamp(${selector}))`;
}

/** How many series had a sample in the step that ends at an instant, by group; no answer if none had. */
export function sampledSeries(selector: string, by: readonly string[], stepMs: number): string {
  // What a source still shows after a step as long as it looks back had a sample in it.
  if (stepMs >= lookbackMs) return seriesOf(selector, by);
  // Prometheus before version 3 counts a sample on the left edge too.
  return `count${grouping(by)} (present_over_time(${selector}[${Math.max(1, stepMs - 1)}ms]))`;
}

/** Time of the sample that the series waiting longest for its next one shows, by group, in seconds. */
export function oldestSample(selector: string, by: readonly string[]): string {
  return `min${grouping(by)} (timestamp(${selector}))`;
}

const intervalWindowsMs = [120_000, 30_000, 8_000, 2_000];

/**
 * Median seconds between samples of one series: the stretch between the newest sample and the newest one before a
 * window is made of exactly as many intervals as samples landed in the window. That holds for any window that the
 * series is older than. The least of several windows is taken: a gap makes one too long, and so does a source that
 * answers for a time before the series began (VictoriaMetrics, with series some seconds old); nothing makes one too
 * short. The range is 1 ms shorter because Prometheus before version 3 counts a sample on its left edge too.
 */
export function medianInterval(selectors: readonly string[]): string {
  const windows = intervalWindowsMs.map((windowMs) => {
    const each = selectors.map((selector) => `(${intervalOver(selector, windowMs)})`);
    return `label_replace(quantile(0.5, ${each.join(' or ')}), "window", "${windowMs}", "", "")`;
  });
  return `min(${windows.join(' or ')})`;
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
