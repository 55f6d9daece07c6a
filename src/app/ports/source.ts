import type { RecordedGroup } from '../../domain/budget/recorded-counts.ts';
import type { Interval } from '../../domain/interval.ts';
import type { HistoryGroup } from '../../domain/reading/history.ts';
import type { CountedGroup, GaugedGroup, SourceFailure } from '../../domain/reading/observation.ts';
import type { Signal } from '../../domain/service/service.ts';
import type { ThresholdPlace } from '../../domain/reading/threshold-place.ts';
import type { Buckets } from './buckets.ts';

/** One signal to read at one instant. */
export interface SignalRead {
  readonly signal: Signal;
  /** Steps to count, oldest first, the last one ending at the instant; ignored for gauges. */
  readonly steps: readonly Interval[];
}

export type SignalOutcome =
  | {
      readonly kind: 'counted';
      readonly groups: readonly CountedGroup[];
      /** Where the threshold of a latency signal lies, if it is known to be no bucket. */
      readonly place?: ThresholdPlace;
    }
  | { readonly kind: 'gauged'; readonly groups: readonly GaugedGroup[] }
  | { readonly kind: 'failed'; readonly failure: SourceFailure };

/** What a signal did step by step over a past stretch, oldest first. */
export type HistoryOutcome =
  | { readonly kind: 'history'; readonly groups: readonly HistoryGroup[]; readonly place?: ThresholdPlace }
  | { readonly kind: 'failed'; readonly failure: SourceFailure };

/**
 * How closely the past is to tell when the newest samples landed. `by-step`: as the middle of the step in which they did,
 * which is all that counting needs and costs a source far less where selectors match many series.
 */
export type SampleTimes = 'exact' | 'by-step';

/** The recorded series of a service's error budgets to read at one instant. */
export interface RecordedRead {
  readonly service: string;
  readonly budgets: readonly RecordedBudget[];
}

export interface RecordedBudget {
  readonly name: string;
  /** Labels that split its signal. */
  readonly by: readonly string[];
  /** Windows whose counts are asked for, ms. */
  readonly windowsMs: readonly number[];
}

/** Groups of the budgets that were asked for; a budget without any has no series. */
export type RecordedOutcome =
  | { readonly kind: 'recorded'; readonly groups: readonly RecordedGroup[] }
  | { readonly kind: 'failed'; readonly failure: SourceFailure };

/** What the rules had counted by each of some instants, oldest first; instants without any series are absent. */
export type RecordedPast =
  | { readonly kind: 'recorded-past'; readonly looks: readonly RecordedLook[] }
  | { readonly kind: 'failed'; readonly failure: SourceFailure };

export interface RecordedLook {
  readonly at: number;
  readonly groups: readonly RecordedGroup[];
}

/** When a signal's samples land, as seen at one instant. */
export interface Arrivals {
  /** Median time between samples of one series, ms; absent when the series are too young to tell. */
  readonly intervalMs?: number;
  /** Distinct times of the newest samples of its series, ms, ascending; at most `arrivalsLimit`, newest kept. */
  readonly sampleTimes: readonly number[];
}
export const arrivalsLimit = 200;

export type Asked<T> = ({ readonly kind: 'ok' } & T) | { readonly kind: 'failed'; readonly failure: SourceFailure };

/** A Prometheus-compatible API that readings come from. Failures are values; nothing here throws for a bad answer. */
export interface Source extends Buckets {
  readonly name: string;
  /** How late samples may land after their time, ms; absent: as late as a scrape may take. */
  readonly settleMs?: number;
  /** The source's own clock, ms since the epoch, as of the middle of the round trip. */
  clock(signal: AbortSignal): Promise<Asked<{ readonly now: number; readonly roundTripMs: number }>>;
  /**
   * Reads many signals at one instant `at` (source's clock), batched and deduplicated.
   * The outcomes stand in the order of the reads. One bad signal does not spoil the others.
   */
  read(reads: readonly SignalRead[], at: number, signal: AbortSignal): Promise<readonly SignalOutcome[]>;
  /**
   * Reads what recording rules counted for error budgets, as they stand at `at`. The outcomes stand in the order of the
   * reads. The cost is a sample for each count that is recorded, whatever it was counted from.
   */
  recorded(reads: readonly RecordedRead[], at: number, signal: AbortSignal): Promise<readonly RecordedOutcome[]>;
  /** Reads what they had counted by each `from + k * stepMs` after `from`, up to `to`. */
  recordedPast(read: RecordedRead, stretch: Interval, stepMs: number, signal: AbortSignal): Promise<RecordedPast>;
  /** Reads a past stretch: one point at each `from + k * stepMs` up to `to`, each counting the step that ends there. `sampleTimes`: default `exact`. */
  history(
    signals: readonly Signal[],
    stretch: Interval,
    stepMs: number,
    signal: AbortSignal,
    sampleTimes?: SampleTimes,
  ): Promise<readonly HistoryOutcome[]>;
  /** Learns when samples land, to poll just after. */
  arrivals(
    signals: readonly Signal[],
    at: number,
    signal: AbortSignal,
  ): Promise<readonly Asked<{ readonly arrivals: Arrivals }>[]>;
}
