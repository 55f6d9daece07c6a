import type { Matcher, Selector } from '../promql/selector.ts';
import type { WindowedCounters } from '../promql/windowed-counters.ts';
import type { ImportedSignal } from './imported-slo.ts';

const dayMs = 86_400_000;
/** Andon takes buckets for seconds; of a histogram in another unit the plain counters say what is meant. */
const otherUnit = /_(?:ms|millis|milliseconds|us|micros|microseconds|ns|nanos|nanoseconds|bytes|size)$/;

/**
 * A latency signal, where two counts are the bucket of a histogram and all of it: `x_bucket{le="0.3"}` of `x_count`, or what
 * is left of `x_count` without the bucket. Undefined for any other pair, which stays a ratio.
 */
export function latencyOf(
  side: 'good' | 'bad',
  ours: WindowedCounters,
  all: WindowedCounters,
): ImportedSignal | undefined {
  const [total, ...others] = all.terms;
  if (total === undefined || others.length > 0) return undefined;
  const bucket = side === 'good' ? only(ours) : slowerThan(ours, total.selector);
  const base = /^(.+)_count$/.exec(total.selector.name ?? '')?.[1];
  if (bucket === undefined || base === undefined || bucket.name !== `${base}_bucket`) return undefined;
  if (otherUnit.test(base) || !total.selector.bare) return undefined;
  const bounds = bucket.matchers.filter(({ label }) => label === 'le');
  const rest = bucket.matchers.filter(({ label }) => label !== 'le');
  const seconds = bounds[0] === undefined || bounds.length > 1 ? undefined : boundOf(bounds[0]);
  if (seconds === undefined || !sameMatchers(rest, total.selector.matchers)) return undefined;
  const thresholdMs = Number((seconds * 1000).toPrecision(12));
  if (!Number.isInteger(thresholdMs) || thresholdMs < 1 || thresholdMs > dayMs) return undefined;
  return {
    kind: 'latency',
    histogram: base + total.selector.text.slice(`${base}_count`.length),
    thresholdMs,
    native: false,
  };
}

function only({ terms }: WindowedCounters): Selector | undefined {
  return terms.length === 1 && terms[0]?.sign === 1 ? terms[0].selector : undefined;
}

/** The bucket in `count - bucket`. */
function slowerThan({ terms }: WindowedCounters, total: Selector): Selector | undefined {
  const [count, bucket] = terms;
  if (terms.length !== 2 || count?.sign !== 1 || bucket?.sign !== -1) return undefined;
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
