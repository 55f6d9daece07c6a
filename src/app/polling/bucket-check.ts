import type { Clock } from '../ports/clock.ts';
import type { BucketedSource } from '../sources/bucketed-source.ts';
import { within } from '../tasks/within.ts';
import type { Watch } from './watch.ts';

/** The pages of one poll wait for no longer to know that what they say was counted by buckets that are there, ms. */
const longestCheckMs = 2_000;

export interface BucketCheckParts {
  readonly clock: Clock;
  readonly buckets: Pick<BucketedSource, 'overtaken'>;
}

/**
 * Looks once more at the buckets of services of which something is to be told. All looks of one poll share one bound:
 * whatever a slow source holds up, the rest of the poll is told with what is known.
 */
export class BucketCheck {
  readonly #parts: BucketCheckParts;
  #leftMs = longestCheckMs;

  constructor(parts: BucketCheckParts) {
    this.#parts = parts;
  }

  /** Services that were read by a bucket that is gone, so that what was read must not be judged. */
  async overtaken(watches: readonly Watch[], at: number, bound: AbortSignal): Promise<ReadonlySet<Watch>> {
    const { clock, buckets } = this.#parts;
    const signals = watches.flatMap(({ service }) => service.signals);
    if (signals.length === 0 || this.#leftMs <= 0) return new Set();
    const begun = clock.monotonic();
    const gone = await within(clock, this.#leftMs, bound, async (soon) => await buckets.overtaken(signals, at, soon));
    this.#leftMs -= clock.monotonic() - begun;
    return new Set(watches.filter(({ service }) => service.signals.some((signal) => gone.has(signal))));
  }
}
