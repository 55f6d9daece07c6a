import { formatDuration } from '../../domain/text/duration.ts';
import type { TextProblem } from '../problem.ts';
import type { Matcher, Selector } from '../promql/selector.ts';
import { matchersOn } from './matcher-values.ts';

interface SignedSelector {
  readonly sign: 1 | -1;
  readonly selector: Selector;
}

/** The histogram of a `_bucket` selector, and which of its buckets it chooses; undefined for anything else. */
interface Bucket {
  readonly histogram: string;
  readonly le: Matcher;
  readonly isAll: boolean;
}

/**
 * Says when good and bad are swapped in a ratio of a histogram: buckets count what took *at most* `le`, so a bucket alone is what
 * was fast, and the count of all less a bucket is what was slow. The problem stands at the term it is returned with.
 */
export function swappedBucket<T extends SignedSelector>(
  numerator: readonly T[],
  total: readonly T[],
  side: 'good' | 'bad',
): { readonly term: T; readonly problem: TextProblem } | undefined {
  const histograms = new Set(total.flatMap(({ sign, selector }) => (sign === 1 ? (wholeOf(selector) ?? []) : [])));
  for (const histogram of histograms) {
    const own = numerator.flatMap((term) => {
      const bucket = bucketOf(term.selector);
      return bucket?.histogram === histogram && !bucket.isAll ? [{ term, le: bucket.le }] : [];
    });
    const [first] = own;
    // Several buckets are a stretch of the histogram, which may be either.
    if (first === undefined || own.length > 1) continue;
    const { term, le } = first;
    const hasWhole = numerator.some(({ sign, selector }) => sign === 1 && wholeOf(selector) === histogram);
    if (side === 'bad' ? term.sign === -1 : term.sign === 1 || !hasWhole) continue;
    return { term, problem: side === 'bad' ? badIsFast(histogram, le) : goodIsSlow(le) };
  }
  return undefined;
}

function badIsFast(histogram: string, le: Matcher): TextProblem {
  const ms = Number(le.value) * 1000;
  const threshold = Number.isInteger(ms) && ms > 0 ? `, threshold: ${formatDuration(ms)}` : '';
  return {
    code: 'ratio-turned-round',
    severity: 'warning',
    within: { from: le.from, to: le.to },
    message: `\`bad\` counts the fast ones here: the bucket ${le.text} holds what took at most that long`,
    hint: `did you mean good: in place of bad:? Or write latency: { histogram: ${histogram}${threshold} }`,
  };
}

function goodIsSlow(le: Matcher): TextProblem {
  return {
    code: 'ratio-turned-round',
    severity: 'warning',
    within: { from: le.from, to: le.to },
    message: `\`good\` counts the slow ones here: all less the bucket ${le.text} is what took longer than that`,
    hint: 'did you mean bad: in place of good:? The bucket alone is what was fast enough',
  };
}

/** The histogram all of whose events a selector counts. */
function wholeOf(selector: Selector): string | undefined {
  const bucket = bucketOf(selector);
  if (bucket !== undefined) return bucket.isAll ? bucket.histogram : undefined;
  return selector.name?.endsWith('_count') === true ? selector.name.slice(0, -'_count'.length) : undefined;
}

function bucketOf({ name, ...selector }: Selector): Bucket | undefined {
  if (name?.endsWith('_bucket') !== true) return undefined;
  const [le, ...more] = matchersOn(selector, 'le');
  if (le === undefined || more.length > 0 || (le.op !== '=' && le.op !== '=~')) return undefined;
  return { histogram: name.slice(0, -'_bucket'.length), le, isAll: /^\\?\+Inf$|\.\*|\.\+/.test(le.value) };
}

/** Whether a bucket is a part of another, which it is when its bound is lower: buckets are cumulative. Undefined for no buckets. */
export function isLowerBucket(ours: Selector, theirs: Selector): boolean | undefined {
  const [own, other] = [ours, theirs].map((selector) => {
    const bucket = bucketOf(selector);
    return bucket?.le.op === '=' ? boundOf(bucket.le.value) : undefined;
  });
  return own === undefined || other === undefined || Number.isNaN(own + other) ? undefined : own <= other;
}

function boundOf(le: string): number {
  return le === '+Inf' ? Infinity : Number(le);
}
