import type { Group } from '../service/group.ts';
import type { Reading } from './reading.ts';
import type { Target } from '../service/service.ts';

/** Whether a target holds on a reading, and by how much. */
export interface TargetVerdict {
  readonly target: Target;
  readonly reading: Reading;
  readonly verdict: 'held' | 'missed' | 'unknown';
  /** Set where a whole service asks a grouped target of each group. */
  readonly group?: Group;
  /** Change of the value per minute lately, in the signal's unit; absent when it cannot be told. */
  readonly perMinute?: number;
}

/** Judges one reading against a target. */
export function judge(target: Target, reading: Reading): TargetVerdict {
  if (reading.kind === 'unknown') return { target, reading, verdict: 'unknown' };
  const holds = target.bound === 'atLeast' ? reading.value >= target.value : reading.value <= target.value;
  return { target, reading, verdict: holds ? 'held' : 'missed' };
}

export type EndStateVerdict = 'held' | 'missed' | 'unknown';

/** All targets together: one missed target is enough to miss, one unknown is enough not to hold. */
export function judgeAll(verdicts: readonly TargetVerdict[]): EndStateVerdict {
  if (verdicts.some((each) => each.verdict === 'missed')) return 'missed';
  return verdicts.some((each) => each.verdict === 'unknown') ? 'unknown' : 'held';
}
