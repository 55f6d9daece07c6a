import type { CounterTerm, CountingSignal } from '../../domain/service/service.ts';
import { nodesNamed, parsePromql } from '../promql/parse-promql.ts';
import { readSelector } from '../promql/selector.ts';
import { prometheusDuration } from '../../domain/text/prometheus-duration.ts';

/** Which events of a signal an expression counts: `good` or `bad` is its numerator. */
export type CountedEvents = 'total' | 'good' | 'bad';

/** For how long a series that is not there any more is remembered, so that one that comes back is not taken for new. */
const rememberedFor = '1h';

/** A process may have run for this long before its first scrape, ms: discovery takes its time. */
const unscrapedStartMs = 300_000;

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

export function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

function termIncrease(term: CounterTerm, { totalTerms }: CountingSignal, windowMs: number): string {
  const window = prometheusDuration(windowMs);
  const now = valueAt(term, '');
  const before = valueAt(term, ` offset ${window}`);
  const seen = `last_over_time(${term.selector}[${rememberedFor}] offset ${window})`;
  const newcomer = `(${now} unless ${before})`;
  return [
    // Neither new nor reset.
    `(${now} - ${before} >= 0 unless resets(${term.selector}[${window}]) > 0)`,
    // Reset: what was counted on both sides of it.
    `(${valueOf(term, `increase(${term.selector}[${window}])`)} >= 0 and ${before})`,
    // Come back: what is new since it was last seen, all of it if it was reset meanwhile.
    `(${newcomer} - ${valueOf(term, seen)} >= 0)`,
    `(${newcomer} and ${valueOf(term, seen)})`,
    // New, and known to have begun in the window: of any other its life may lie elsewhere.
    `(${newcomer} unless ${seen} and on (job, instance) (\n${indent(credible(totalTerms, windowMs))}\n))`,
  ].join('\nor\n');
}

/** Targets of which a new series may be counted from zero: those that were there all along, and those that just started. */
function credible(totals: readonly CounterTerm[], windowMs: number): string {
  const window = prometheusDuration(windowMs);
  const continued = totals.map((term) => `(${valueAt(term, '')} and ${valueAt(term, ` offset ${window}`)})`);
  const ageSeconds = (windowMs + unscrapedStartMs) / 1000;
  const targets = [...new Set(totals.flatMap((term) => targetMatchers(term) ?? []))];
  const scraped = targets.flatMap((matchers) => [
    `up{${matchers}} offset ${window} == 1`,
    `process_start_time_seconds{${matchers}} >= time() - ${ageSeconds}`,
  ]);
  return [...continued, ...scraped].join('\nor\n');
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

/** A counter's value at an instant, given as an offset modifier. */
function valueAt({ at, selector }: CounterTerm, modifier: string): string {
  const text = at.join(modifier);
  return text === `${selector}${modifier}` ? text : `(${text})`;
}

/** What a term makes of another vector in the place of its selector. Every cut of `at` stands right behind the selector. */
function valueOf({ at, selector }: CounterTerm, vector: string): string {
  const before = at.slice(0, -1).map((part) => part.slice(0, part.length - selector.length));
  return [...before, at.at(-1) ?? ''].join(vector);
}
