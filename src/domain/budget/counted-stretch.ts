import type { Interval } from '../interval.ts';

/** Bad and total events of a stretch. Bad is below 0 where good was above total. */
export interface CountedStretch extends Interval {
  readonly bad: number;
  readonly total: number;
}
