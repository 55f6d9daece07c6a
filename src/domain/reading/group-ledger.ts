import type { CountRows } from './count-rows.ts';
import type { Group } from '../service/group.ts';

/** What is remembered of one group of a signal. */
export interface GroupLedger {
  readonly group: Group;
  /** Counting signals: steps. */
  readonly rows: CountRows;
  /** The same steps with all good events that there may be, while a latency threshold lies between two buckets. */
  readonly rowsAtMost?: CountRows;
  /** Gauges: instants, as steps of no length whose `total` holds the value. */
  readonly values: readonly GaugeValue[];
  readonly newestSampleAt: number;
  /** False when the last read found no series of this group. */
  readonly present: boolean;
  /** When it was last present, ms. */
  readonly lastPresentAt: number;
  /** Set while the step after a gap is kept open for series that are not back yet: since when, ms. */
  readonly heldOpenSince?: number;
  /** True once the numerator has matched any series: until then "no good events" may as well be a typo. */
  readonly numeratorEverSeen: boolean;
}

export interface GaugeValue {
  readonly at: number;
  readonly value: number;
}
