import type { TimeEstimate } from '../estimate/onset.ts';
import { assumedRolloutMs } from './causal-window.ts';
import type { Change } from './change.ts';

/** When service was back between two times that it was off: the earliest that it can have been, ms since the epoch on Andon's clock. */
export type BackBetween = Pick<TimeEstimate, 'earliest'>;

/**
 * Whether service lived with a change, or without it again, before it went off anew: one that was over when service was back
 * is not why it went off after that, and neither is one that had been rolled back by then. One that was still being made
 * may be. `onset`: of the relapse.
 */
export function hadPassed(
  { startedAt, finishedAt, told }: Pick<Change, 'startedAt' | 'finishedAt' | 'told'>,
  onset: Pick<TimeEstimate, 'earliest'>,
  back: BackBetween | undefined,
): boolean {
  if (back === undefined) return false;
  if (told.rolledBackAt !== undefined && told.rolledBackAt <= onset.earliest) return true;
  return (finishedAt ?? startedAt + assumedRolloutMs) <= back.earliest;
}
