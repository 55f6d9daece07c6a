import type { Matcher, Selector } from '../promql/selector.ts';
import type { WindowedCounters } from '../promql/windowed-counters.ts';
import type { ImportedSignal } from './imported-slo.ts';

const dayMs = 86_400_000;
/** Andon takes buckets for seconds; of a histogram in another unit the plain counters say what is meant. */
const otherUnit = /_(?:ms|millis|milliseconds|us|micros|microseconds|ns|nanos|nanoseconds|bytes|size)$/;

/**
 * A latency signal, where two counts are the bucket of a histogram and all of it: `x_bucket{le="0.3"}` of `x_count`, or what
 * is left of `x_count` without the bucket; `x_bucket{le="+Inf"}` is all of it too. Undefined for any other pair, which stays
 * a ratio.
 */
export function latencyOf(
  side: 'good' | 'bad',
  ours: WindowedCounters,
  all: WindowedCounters,
): ImportedSignal | undefined {
  const total = allOf(all);
  const bucket = side === 'good' ? only(ours) : slowerThan(ours, all);
  if (total === undefined || bucket === undefined || otherUnit.test(total.base)) return undefined;
  const thresholdMs = thresholdOf(bucket, total);
  if (thresholdMs === undefined) return undefined;
  return { kind: 'latency', histogram: total.text, thresholdMs, native: false };
}

/** Whether a bucket, which holds the fast events, is counted as the bad ones: many take it for what is slow. */
export function isFastBad(side: 'good' | 'bad', ours: WindowedCounters, all: WindowedCounters): boolean {
  const [total, bucket] = [allOf(all), only(ours)];
  return side === 'bad' && total !== undefined && bucket !== undefined && boundIn(bucket, total) !== undefined;
}

/** All events of a histogram. */
interface Whole {
  readonly base: string;
  readonly matchers: readonly Matcher[];
  /** The histogram with its matchers. */
  readonly text: string;
}

function allOf(all: WindowedCounters): Whole | undefined {
  const total = only(all);
  if (total?.bare !== true) return undefined;
  const { name = '', matchers, text } = total;
  const [, base, suffix] = /^(.+)_(count|bucket)$/.exec(name) ?? [];
  if (base === undefined) return undefined;
  if (suffix === 'count') return { base, matchers, text: base + text.slice(name.length) };
  const [bound, ...others] = matchers.filter(({ label }) => label === 'le');
  if (bound === undefined || others.length > 0 || bound.op !== '=' || bound.value !== '+Inf') return undefined;
  const rest = matchers.filter((matcher) => matcher !== bound);
  const written = rest.map((matcher) => matcher.text).join(',');
  return { base, matchers: rest, text: written === '' ? base : `${base}{${written}}` };
}

function thresholdOf(bucket: Selector, total: Whole): number | undefined {
  const thresholdMs = Number(((boundIn(bucket, total) ?? Number.NaN) * 1000).toPrecision(12));
  return Number.isInteger(thresholdMs) && thresholdMs >= 1 && thresholdMs <= dayMs ? thresholdMs : undefined;
}

/** The bound of a bucket of a histogram, in its unit. */
function boundIn(bucket: Selector, { base, matchers }: Whole): number | undefined {
  if (bucket.name !== `${base}_bucket`) return undefined;
  const [bound, ...others] = bucket.matchers.filter(({ label }) => label === 'le');
  const rest = bucket.matchers.filter(({ label }) => label !== 'le');
  if (bound === undefined || others.length > 0 || !sameMatchers(rest, matchers)) return undefined;
  return boundOf(bound);
}

function only({ terms }: WindowedCounters): Selector | undefined {
  return terms.length === 1 && terms[0]?.sign === 1 ? terms[0].selector : undefined;
}

/** The bucket in `count - bucket`. */
function slowerThan({ terms }: WindowedCounters, all: WindowedCounters): Selector | undefined {
  const [count, bucket] = terms;
  const total = only(all);
  if (total === undefined || terms.length !== 2 || count?.sign !== 1 || bucket?.sign !== -1) return undefined;
  return count.selector.name === total.name && sameMatchers(count.selector.matchers, total.matchers)
    ? bucket.selector
    : undefined;
}

/** `le="0.3"`, `le="1.0"`, and what Prometheus 3 made of it: `le=~"1|1.0"` and `le=~"1(\.0)?"`. */
function boundOf({ op, value }: Matcher): number | undefined {
  if (op !== '=' && op !== '=~') return undefined;
  const bounds = new Set(
    value
      .replace(/\((?:\\)?\.0\)\?$/, '')
      .split(op === '=~' ? '|' : '\n')
      .map((each) => (/^[\d.]+(?:e[+-]?\d+)?$/i.test(each) ? Number(each) : Number.NaN)),
  );
  const [bound] = bounds;
  return bounds.size === 1 && bound !== undefined && bound > 0 ? bound : undefined;
}

function sameMatchers(a: readonly Matcher[], b: readonly Matcher[]): boolean {
  const key = ({ label, op, value }: Matcher): string => JSON.stringify([label, op, value]);
  return a.length === b.length && JSON.stringify(a.map(key).sort()) === JSON.stringify(b.map(key).sort());
}
