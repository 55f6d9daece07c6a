import type { BakeComparison, BakeGap, BakeVerdict } from './bake-event.ts';

/** What is known of a change from its bake watch. Times: ms since the epoch on Andon's clock. */
export interface Bake {
  readonly verdict: BakeVerdict;
  readonly comparisons: readonly BakeComparison[];
  readonly gap?: BakeGap;
  /** The end of the stretch that they count. */
  readonly lookedUntil: number;
  /** When it was first seen to be clearly worse. */
  readonly worseAt?: number;
  /** When the watch was over; absent while it runs. */
  readonly finishedAt?: number;
}
