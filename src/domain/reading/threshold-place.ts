import { formatDuration } from '../text/duration.ts';

/** The buckets of the histograms that a selector matches, by their upper bounds in seconds, ascending, `+Inf` left out. */
export interface BucketLayout {
  /** Those that every series has. */
  readonly bounds: readonly number[];
  /** Those that only some series have. */
  readonly ofSome: readonly number[];
  /** Whether there is any bucket at all, `+Inf` counted. */
  readonly isKnown: boolean;
}

/** The layout of a histogram without classic buckets, or of one that has no series. */
export const unknownLayout: BucketLayout = { bounds: [], ofSome: [], isKnown: false };

/** Two neighbouring buckets that a threshold lies between, by their bounds in seconds; without `upper` it is `+Inf`. */
export interface BucketPair {
  readonly lower: number;
  readonly upper?: number;
}

/**
 * Where a latency threshold lies that is no bucket of every series. Of requests between two buckets it is not known
 * whether they were fast enough. `below`: under the lowest one, so that no request can be shown to be fast enough.
 * `unmatched`: no bucket matches, and which ones there are is not known.
 */
export type ThresholdPlace =
  | ({ readonly kind: 'between'; readonly layout: BucketLayout } & BucketPair)
  | { readonly kind: 'below'; readonly layout: BucketLayout; readonly upper?: number }
  | { readonly kind: 'unmatched' };

/** Where a threshold lies, in seconds; undefined where it is a bucket of every series, or nothing is known of the buckets. */
export function placeThreshold(threshold: number, layout: BucketLayout): ThresholdPlace | undefined {
  if (!layout.isKnown || layout.bounds.includes(threshold)) return undefined;
  const lower = layout.bounds.findLast((bound) => bound < threshold);
  const upper = layout.bounds.find((bound) => bound > threshold);
  const above = upper === undefined ? {} : { upper };
  return lower === undefined ? { kind: 'below', layout, ...above } : { kind: 'between', layout, lower, ...above };
}

/** Whether two places are read by the same buckets. */
export function isSamePlace(a: ThresholdPlace | undefined, b: ThresholdPlace | undefined): boolean {
  if (a === undefined || b === undefined || a.kind === 'unmatched' || b.kind === 'unmatched')
    return a?.kind === b?.kind;
  const [lowerA, lowerB] = [a, b].map((each) => (each.kind === 'between' ? each.lower : undefined));
  return a.kind === b.kind && lowerA === lowerB && a.upper === b.upper;
}

/** The layout that is left of two: what both have. */
export function commonLayout(a: BucketLayout, b: BucketLayout): BucketLayout {
  const every = [...new Set([...a.bounds, ...a.ofSome, ...b.bounds, ...b.ofSome])].sort((x, y) => x - y);
  const bounds = every.filter((bound) => a.bounds.includes(bound) && b.bounds.includes(bound));
  return {
    bounds,
    ofSome: every.filter((bound) => !bounds.includes(bound)),
    isKnown: a.isKnown || b.isKnown,
  };
}

/** `the threshold 300ms lies between the buckets 0.25 and 0.5`. */
export function describePair(thresholdSeconds: number, { lower, upper }: BucketPair): string {
  const threshold = formatDuration(Math.round(thresholdSeconds * 1000));
  return upper === undefined
    ? `the threshold ${threshold} lies above the highest bucket, ${lower}`
    : `the threshold ${threshold} lies between the buckets ${lower} and ${upper}`;
}

/** What is the matter with a threshold, in one clause. */
export function describePlace(thresholdSeconds: number, place: ThresholdPlace): string {
  const threshold = formatDuration(Math.round(thresholdSeconds * 1000));
  switch (place.kind) {
    case 'between':
      return describePair(thresholdSeconds, place) + ofSomeText(thresholdSeconds, place.layout);
    case 'below': {
      const lowest = place.upper === undefined ? '+Inf' : String(place.upper);
      const where = `the threshold ${threshold} lies below the lowest bucket, ${lowest}`;
      return `${where}${ofSomeText(thresholdSeconds, place.layout)}, so no request can be shown to be fast enough`;
    }
    case 'unmatched':
      return `the histogram has no bucket at ${threshold}, and which buckets it has is not known`;
  }
}

function ofSomeText(threshold: number, { ofSome }: BucketLayout): string {
  return ofSome.includes(threshold) ? ', and is a bucket of some series only' : '';
}

/** What to write in place of a threshold that is no bucket, and which buckets there are; undefined where none is known. */
export function bucketRemedy(place: ThresholdPlace): string | undefined {
  if (place.kind === 'unmatched') return undefined;
  const { bounds, ofSome } = place.layout;
  const near = [place.kind === 'between' ? place.lower : undefined, place.upper].flatMap((bound) => {
    const written = bound === undefined ? undefined : asThreshold(bound);
    return written === undefined ? [] : [written];
  });
  const write = near.length === 0 ? '' : `write threshold: ${near.join(' or ')}; `;
  const some = ofSome.length === 0 ? '' : `; only some series have ${ofSome.join(', ')}`;
  return `${write}the buckets are ${[...bounds, '+Inf'].join(', ')}${some}`;
}

/** As a rule file writes it; undefined for what is no whole number of milliseconds. */
function asThreshold(seconds: number): string | undefined {
  const ms = Number((seconds * 1000).toPrecision(12));
  return Number.isInteger(ms) && ms > 0 ? formatDuration(ms) : undefined;
}
