import type { Reading } from './reading.ts';
import type { Target } from './service.ts';

/** Whether a target holds on a reading, and by how much. */
export interface TargetVerdict {
  readonly target: Target;
  readonly reading: Reading;
  readonly verdict: 'held' | 'missed' | 'unknown';
  /** Change of the value per minute lately, in the signal's unit; absent when it cannot be told. */
  readonly perMinute?: number;
}
