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

/** Moves the instant of a selector back. */
export function offset(ms: number): string {
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

/** Whether a term is a selector as it is. */
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

/** The sum by group, of what stands behind it in brackets. */
export function sum(by: readonly string[]): string {
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
