import type { CounterTerm } from '../../domain/service/service.ts';
import { counterAt, isPlain, offset, sum } from './promql.ts';
import type { StepOffsets } from './promql.ts';

/**
 * What `increments` counted too much, by group. Four kinds of series look new and did not begin in the step:
 * - One that came back after it had gone unscraped for longer than the lookback: too much is the value it had when last
 *   seen. One that came back lower was reset, and is right. Some sources know that a native histogram was there but not
 *   its value (Prometheus 2.42); then nothing of the returned one is counted, since its whole life would be far more wrong.
 * - A bucket that was spelled otherwise before: too much is where it stood under that spelling.
 * - One that may have been counted under other labels until now, since others of its target went in the same step. Too much
 *   is all of it, also where it comes back: a target that is relabelled for a while counts in the meantime.
 * - One whose whole life before it was seen lies elsewhere: newly scraped, or after a loss of the source's data. Too much
 *   is all of it, unless it is credible that it began in the step (see `credible`).
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
  const left = targetsLeft(siblings, step);
  const moved = `(${newcomer} and on (${targetLabels}) ${left})`;
  const unseen = `(${newcomer} unless ${seen} unless on (${targetLabels}) ${credible(siblings, step)})`;
  const histogram = siblings.find((sibling) => isSameHistogram(term, sibling));
  const bucket = histogram === undefined ? [] : bucketBefore({ newcomer, seen, unseen, left }, histogram, step);
  const last = lastValue(term, seen);
  const returned = last === undefined ? [] : [`(${last} <= ${newcomer})`];
  const unvalued = last === undefined || isPlain(term) ? [] : [`(${newcomer} and ${seen} unless ${last})`];
  return `${sum(by)}(${[moved, ...returned, ...unvalued, ...(histogram === undefined ? [unseen] : bucket)].join(' or ')})`;
}

interface Newcomers {
  readonly newcomer: string;
  /** What its series showed before the step. */
  readonly seen: string;
  /** Those whose whole life is elsewhere. */
  readonly unseen: string;
  readonly left: string;
}

/**
 * A bucket is born with its histogram: where that was there before and was not reset, its life lies elsewhere, and what it
 * counts goes on where another spelling of it stood. Several spellings at once are one bucket: hence `max`.
 */
function bucketBefore(
  { newcomer, seen, unseen, left }: Newcomers,
  histogram: CounterTerm,
  step: StepOffsets,
): readonly string[] {
  const reset = isReset(histogram, step);
  const respelled = `(max without (le) (${seen}) <= max without (le) (${newcomer} unless ${seen}) unless ${reset})`;
  const added = `(${newcomer} unless ${seen} and ignoring (le) ${counterAt(histogram, step.from)} unless ignoring (le) ${reset})`;
  return [
    `(${respelled} unless on (${targetLabels}) ${left})`,
    `((${unseen} or ${added}) unless ignoring (le) ${respelled})`,
  ];
}

function isReset(term: CounterTerm, step: StepOffsets): string {
  return `(${counterAt(term, step.to)} < ${counterAt(term, step.from)})`;
}

/** Whether a term is a bucket of the histogram that another one counts all of. */
function isSameHistogram(term: CounterTerm, { selector }: CounterTerm): boolean {
  const name = /^([a-zA-Z_:][\w:]*)_bucket\b/.exec(term.selector)?.[1];
  return name !== undefined && /^([a-zA-Z_:][\w:]*)_(bucket|count)\b/.exec(selector)?.[1] === name;
}

/** What tells one scraped process from another. */
const targetLabels = 'job, instance';

/** A process may have run for this long before its first scrape: discovery takes its time. */
const unscrapedStartMs = 300_000;

/**
 * Targets of which a new series may be counted from zero: those that were scraped before the step under the same labels,
 * so that only the series is new (the first error of a healthy process), and those whose process has just started and
 * was not scraped before, under whatever labels: what it counted since its start is known then.
 * The siblings are the terms of the signal's total: both sides of a ratio must come to the same answer.
 */
function credible(siblings: readonly CounterTerm[], step: StepOffsets): string {
  const continued = each(siblings, (term) => `(${counterAt(term, step.to)} and ${counterAt(term, step.from)})`);
  const scraped = `(up${offset(step.to)} and up${offset(step.from)})`;
  const age = (step.from + unscrapedStartMs) / 1_000;
  const start = `max by (${targetLabels}) (process_start_time_seconds${offset(step.to)})`;
  const known = `max by (${targetLabels}) (last_over_time(process_start_time_seconds[${unscrapedStartMs}ms]${offset(step.from)}))`;
  const started = `(${start} >= time() - ${age} unless ${start} == ${known})`;
  return `(${continued} or ${scraped} or ${started})`;
}

/**
 * Targets whose series may go on under new labels: some are not shown any more, or are still shown though their target is
 * scraped under new labels (a source shows them until it marks their end, some scrapes later). Not those whose process
 * began after they were last scraped, or was restarted in its place: it begins at zero, whatever its labels.
 */
function targetsLeft(siblings: readonly CounterTerm[], step: StepOffsets): string {
  const relabelled = `(up${offset(step.to)} unless up${offset(step.from)})`;
  const lastScraped = each(
    siblings,
    ({ selector }) =>
      `(timestamp(${selector}${offset(step.from)}) unless (${selector}${offset(step.to)} unless on (${targetLabels}) ${relabelled}))`,
  );
  const went = `max by (${targetLabels}) (${lastScraped})`;
  const began = `max by (${targetLabels}) (process_start_time_seconds${offset(step.to)})`;
  const restarted = each(siblings, (term) => isReset(term, step));
  return `(${went} unless ${went} < ${began} unless on (${targetLabels}) (${restarted}))`;
}

function each(terms: readonly CounterTerm[], expr: (term: CounterTerm) => string): string {
  return terms.map(expr).join(' or ');
}

/** Every cut of `at` must stand right behind the selector, so that the selector can be replaced. */
function lastValue({ selector, at }: CounterTerm, seen: string): string | undefined {
  const cut = at.slice(0, -1);
  if (!cut.every((part) => part.endsWith(selector))) return undefined;
  const before = cut.map((part) => part.slice(0, part.length - selector.length));
  return `(${[...before, at.at(-1) ?? ''].join(seen)})`;
}
