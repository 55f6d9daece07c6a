import type { SourceFailure } from '../../domain/reading/observation.ts';
import type { LatencySignal } from '../../domain/service/service.ts';
import type { BucketLayout } from '../../domain/reading/threshold-place.ts';

export type BucketsAnswer =
  { readonly kind: 'ok'; readonly layout: BucketLayout } | { readonly kind: 'failed'; readonly failure: SourceFailure };

/** Says which buckets classic histograms have. Failures are values; nothing here throws for a bad answer. */
export interface Buckets {
  /**
   * The buckets of each signal's histograms at an instant `at`, ms on the source's clock; without it, as of now.
   * The answers stand in the order of the signals. A native histogram has a layout that is not known.
   */
  buckets(
    signals: readonly LatencySignal[],
    at: number | undefined,
    signal: AbortSignal,
  ): Promise<readonly BucketsAnswer[]>;
}
