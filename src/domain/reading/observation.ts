import type { Group } from '../service/group.ts';
import type { ThresholdPlace } from './threshold-place.ts';

/** Events counted by the source between two instants, both on the source's clock, ms. */
export interface Step {
  readonly from: number;
  readonly to: number;
  readonly good: number;
  readonly total: number;
  /** Where a latency threshold is no bucket: good events if all that lie between the two buckets were. `good` counts none of them. */
  readonly goodAtMost?: number;
}

/** Why a source did not answer; classified once, at the edge. */
export type SourceFailureReason = 'unavailable' | 'timeout' | 'rejected' | 'too-expensive' | 'bad-response';

export interface SourceFailure {
  readonly reason: SourceFailureReason;
  /** For people; never holds a secret. */
  readonly detail: string;
}

/** What one group of a counting signal did. Steps that were read before may come again, corrected by late samples. */
export interface CountedGroup {
  readonly group: Group;
  /** Time of the newest sample of the total, ms. */
  readonly newestSampleAt: number;
  /**
   * The newest sample of that series of the group which has waited longest for its next, ms. Absent when it is not known
   * for both sides of the signal; then samples older than the newest may still land.
   */
  readonly oldestSampleAt?: number;
  readonly steps: readonly Step[];
  /** False when the numerator matches no series at all at this instant; of a bucket, no series of the group. */
  readonly numeratorSeen: boolean;
}

/** What one group of a gauge read. */
export interface GaugedGroup {
  readonly group: Group;
  readonly newestSampleAt: number;
  /** May be NaN or infinite, as the source said it; the ledger turns that into a reason. */
  readonly value: number;
}

/** What a poll learnt of one signal at one instant. */
export type Observation =
  | {
      readonly kind: 'counted';
      readonly signal: string;
      readonly groups: readonly CountedGroup[];
      /** Set where the threshold of a latency signal is no bucket. */
      readonly place?: ThresholdPlace;
    }
  | { readonly kind: 'gauged'; readonly signal: string; readonly groups: readonly GaugedGroup[] }
  | { readonly kind: 'failed'; readonly signal: string; readonly failure: SourceFailure };
