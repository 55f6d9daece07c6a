import type { TimeEstimate } from '../estimate/onset.ts';
import { assumedRolloutMs } from './causal-window.ts';
import type { Change } from './change.ts';

/** When service was back between two times that it was off: its bounds, ms since the epoch on Andon's clock. */
export type BackBetween = Pick<TimeEstimate, 'earliest' | 'latest'>;

/** A relapse: when it began, when service had been back before it, and for how long it was seen to be whole. */
export interface RelapseToExplain {
  readonly onset: Pick<TimeEstimate, 'earliest'>;
  readonly back: BackBetween;
  /** Whether service was seen to be whole from an instant until the relapse began, for long enough to tell; ms since the epoch on Andon's clock. */
  readonly wholeSince?: (at: number) => boolean;
}

/**
 * Whether service lived with a change, or without it again, before it went off anew: one that was over when service was back
 * is not why it went off after that, and neither is one that had been rolled back by then, nor one that had begun before and
 * ended after, if service was whole from its end on. One that was still being made may be.
 */
export function hadPassed(
  { startedAt, finishedAt, told }: Pick<Change, 'startedAt' | 'finishedAt' | 'told'>,
  { onset, back, wholeSince }: RelapseToExplain,
): boolean {
  if (told.rolledBackAt !== undefined && told.rolledBackAt <= onset.earliest) return true;
  if ((finishedAt ?? startedAt + assumedRolloutMs) <= back.earliest) return true;
  // What began once service was back has broken nothing until it does: that it had not yet clears it of nothing.
  if (finishedAt === undefined || startedAt > back.earliest || finishedAt > onset.earliest) return false;
  return wholeSince?.(Math.max(finishedAt, back.latest)) ?? false;
}

/** Whether service was back under a change that was believed to be the remedy of the incident. */
export function broughtBack(
  { startedAt, remedies }: Pick<Change, 'startedAt' | 'remedies'>,
  incident: string,
  back: BackBetween,
): boolean {
  return remedies?.incident === incident && startedAt <= back.latest;
}
