import type { CounterTerm, CountingSignal } from '../../domain/service/service.ts';
import { prometheusDuration } from '../../domain/text/prometheus-duration.ts';
import { nodesNamed, parsePromql } from '../promql/parse-promql.ts';
import { readSelector } from '../promql/selector.ts';
import { indent } from './rule-text.ts';

/** For how long a series that is not there any more is remembered, so that one that comes back is not taken for new. */
const rememberedFor = '1h';

/** A process may have run for this long before its first scrape, ms: discovery takes its time. */
const unscrapedStartMs = 300_000;

/** What tells one scraped process from another. */
const target = 'on (job, instance)';

/**
 * What each series of a term counted over a window, told apart by what happened to it: the first answer stands. What is
 * counted of a life that began elsewhere is what it added since it was first seen in the window.
 */
export function termIncrease(term: CounterTerm, { kind, totalTerms }: CountingSignal, windowMs: number): string {
  const { selector } = term;
  const window = prometheusDuration(windowMs);
  const now = valueAt(term, '');
  const before = valueAt(term, ` offset ${window}`);
  const seen = `last_over_time(${selector}[${rememberedFor}] offset ${window})`;
  const last = `last_over_time(${selector}[${window}])`;
  const isReset = `resets(${selector}[${window}]) > 0`;
  const newcomer = `(${now} unless ${before})`;
  const added = sinceFirstSeen(term, newcomer, window);
  const started = startedIn(totalTerms, windowMs);
  const elsewhere = [
    // Others of its target went: it may be one of them under new labels.
    `(${added} and ${target} (\n${indent(goneFrom(totalTerms, window))}\n))`,
    // A bucket is born with its histogram.
    ...totalTerms
      .filter((total) => isSameHistogram(term, total))
      .map((total) => `(${added} and ignoring (le) ${valueAt(total, ` offset ${window}`)})`),
  ].join('\nor\n');
  return [
    // Neither new nor reset.
    `(${now} - ${before} >= 0 unless ${isReset})`,
    // Gone: what it counted until then.
    `(${valueOf(term, last)} - ${before} >= 0 unless ${now} unless ${isReset})`,
    // Reset: what was counted on both sides of it.
    `(${valueOf(term, `increase(${selector}[${window}])`)} >= 0 and ${before})`,
    // A bucket of which only the spelling changed, as with a newer client or Prometheus 3: it goes on where that stood.
    ...(kind === 'latency' && isBucket(term)
      ? [`(${newcomer} - ignoring (le) group_left () max without (le) (${last} and ${before}) >= 0)`]
      : []),
    `(\n${indent(`(\n${indent(elsewhere)}\n)\nunless ${target} (\n${indent(started)}\n)`)}\n)`,
    // Come back: what is new since it was last seen, all of it if it was reset meanwhile.
    `(${newcomer} - ${valueOf(term, seen)} >= 0)`,
    `(${newcomer} and ${valueOf(term, seen)})`,
    // New, and known to have begun in the window.
    `(${newcomer} and ${target} (\n${indent(credible(totalTerms, windowMs))}\n))`,
    `(${added})`,
  ].join('\nor\n');
}

/** What newcomers counted since their first sample in the window. */
function sinceFirstSeen(term: CounterTerm, newcomer: string, window: string): string {
  if (isPlain(term)) return `(${newcomer} - min_over_time(${term.selector}[${window}]))`;
  // There is no least one among native histograms, and no increase before the second sample.
  const increase = valueOf(term, `increase(${term.selector}[${window}])`);
  return `(${increase} and ${newcomer} or ${newcomer} * 0)`;
}

/** Series that were there when the window began, and are not any more. */
function goneFrom(totals: readonly CounterTerm[], window: string): string {
  const shown = stillScraped(totals.map(({ selector }) => selector));
  return totals
    .map(({ selector }, index) => `(${selector} offset ${window} unless ${shown[index] ?? ''})`)
    .join('\nor\n');
}

/**
 * Of each selector the series that the newest scrape of their target brought. After a target was found under other labels
 * its old series are shown for some scrapes, with no new samples: all series of one scrape have the same time.
 */
function stillScraped(selectors: readonly string[]): readonly string[] {
  const times = selectors.map((selector) => `timestamp(${selector})`);
  const newest = `max by (job, instance) (${times.join(' or ')})`;
  return times.map((time) => `${time} == ${target} group_left () ${newest}`);
}

/**
 * Targets whose process began in the window: nothing that they count now was counted before it. Not where the process was
 * found under other labels in the window: under those it was counted.
 */
function startedIn(totals: readonly CounterTerm[], windowMs: number): string {
  const window = prometheusDuration(windowMs);
  const shown = stillScraped(totals.map(({ selector }) => selector));
  return [
    ...totals.map(({ selector }, index) => `(resets(${selector}[${window}]) > 0 and ${shown[index] ?? ''})`),
    ...matchersOf(totals).map((matchers) => {
      const start = startOf(matchers);
      const gone = `last_over_time(${start}[${window}]) unless ${stillScraped([start]).join('')}`;
      return `(${startedSince(matchers, windowMs)} unless ${isSameStart(start, gone)})`;
    }),
  ].join('\nor\n');
}

/**
 * Targets of which a new series may be counted from zero: those that were there all along, and those that just started
 * and were not there before the window under other labels.
 */
function credible(totals: readonly CounterTerm[], windowMs: number): string {
  const window = prometheusDuration(windowMs);
  const continued = totals.map((term) => `(${valueAt(term, '')} and ${valueAt(term, ` offset ${window}`)})`);
  const scraped = matchersOf(totals).flatMap((matchers) => [
    `up{${matchers}} offset ${window} == 1`,
    `${startedSince(matchers, windowMs + unscrapedStartMs)} unless ${knownStart(matchers, window)}`,
  ]);
  return [...continued, ...scraped].join('\nor\n');
}

function knownStart(matchers: string, window: string): string {
  const start = startOf(matchers);
  return isSameStart(start, `last_over_time(${start}[${prometheusDuration(unscrapedStartMs)}] offset ${window})`);
}

function isSameStart(start: string, other: string): string {
  return `${start} == ${target} group_left () max by (job, instance) (${other})`;
}

function startedSince(matchers: string, ms: number): string {
  return `${startOf(matchers)} >= time() - ${ms / 1000}`;
}

function startOf(matchers: string): string {
  return `process_start_time_seconds{${matchers}}`;
}

function matchersOf(totals: readonly CounterTerm[]): readonly string[] {
  return [...new Set(totals.flatMap((term) => targetMatchers(term) ?? []))];
}

/** Matchers of a term that hold for its targets too; undefined when there are none, which would mean every target there is. */
function targetMatchers({ selector }: CounterTerm): string | undefined {
  const parsed = parsePromql(selector);
  const [node] = 'promql' in parsed ? nodesNamed(parsed.promql.expression, 'VectorSelector') : [];
  if (node === undefined) return undefined;
  const { matchers } = readSelector(selector, node).selector;
  const kept = matchers.filter(({ label, op }) => ['job', 'instance'].includes(label) && (op === '=' || op === '=~'));
  return kept.length === 0 ? undefined : kept.map(({ text }) => text).join(',');
}

/** Whether a term is a bucket of the histogram that another one counts all of. */
function isSameHistogram(term: CounterTerm, { selector }: CounterTerm): boolean {
  const name = bucketOf(term);
  return name !== undefined && /^([a-zA-Z_:][\w:]*)_(?:bucket|count)\b/.exec(selector)?.[1] === name;
}

function isBucket(term: CounterTerm): boolean {
  return bucketOf(term) !== undefined;
}

/** The histogram that a term is a bucket of. */
function bucketOf({ selector }: CounterTerm): string | undefined {
  return /^([a-zA-Z_:][\w:]*)_bucket\b/.exec(selector)?.[1];
}

function isPlain({ selector, at }: CounterTerm): boolean {
  return at.length === 2 && at[0] === selector && at[1] === '';
}

/** A counter's value at an instant, given as an offset modifier. */
export function valueAt({ at, selector }: CounterTerm, modifier: string): string {
  const text = at.join(modifier);
  return text === `${selector}${modifier}` ? text : `(${text})`;
}

/** What a term makes of another vector in the place of its selector. Every cut of `at` stands right behind the selector. */
function valueOf({ at, selector }: CounterTerm, vector: string): string {
  const before = at.slice(0, -1).map((part) => part.slice(0, part.length - selector.length));
  return [...before, at.at(-1) ?? ''].join(vector);
}
