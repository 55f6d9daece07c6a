import type { BucketPair } from './threshold-place.ts';

/** Why there is no value. The same word stands in logs, metric labels, the API and tests. */
export const unknownReasons = ['no-data', 'no-traffic', 'stale', 'short-history', 'source-down', 'impossible'] as const;
export type UnknownReason = (typeof unknownReasons)[number];

/** What a poll got for a signal over a window: a value with its sample time, or a named reason why there is none. */
export type Reading = ValueReading | UnknownReading;

export interface ValueReading {
  readonly kind: 'value';
  /** Ratio 0 to 1 for counting signals; the gauge's own unit otherwise. */
  readonly value: number;
  /** Time of the newest sample behind the value, ms since the epoch on the source's clock. */
  readonly sampleAt: number;
  /** Events behind the value (counting signals only). */
  readonly good?: number;
  readonly total?: number;
  /** Set where a latency threshold is no bucket: then `value` is the lower end of what the share may be, and is judged. */
  readonly interval?: ReadingInterval;
}

/** Why a share is known as an interval only, and its upper end. */
export interface ReadingInterval {
  readonly atMost: number;
  readonly thresholdSeconds: number;
  readonly buckets: BucketPair;
}

export interface UnknownReading {
  readonly kind: 'unknown';
  readonly reason: UnknownReason;
  /** For people: what exactly is missing. */
  readonly detail: string;
  /** Time of the newest sample known, if there is one. */
  readonly sampleAt?: number;
}

export function unknown(reason: UnknownReason, detail: string, sampleAt?: number): UnknownReading {
  return sampleAt === undefined ? { kind: 'unknown', reason, detail } : { kind: 'unknown', reason, detail, sampleAt };
}
