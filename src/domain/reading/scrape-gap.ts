import type { CountedGroup } from './observation.ts';
import type { GroupLedger } from './group-ledger.ts';

/** A stretch without samples is a gap from so many intervals on. */
const gapIntervals = 2.5;
/** Series that are not back this long after the first one are taken for gone. */
const returnIntervals = 1.25;

/**
 * Whether the step that ends a gap must stay open. After a gap the series of a group come back one by one, each with all
 * that it counted meanwhile. If the step were closed with the first of them, what the others bring would count as if it
 * had happened after the gap.
 */
export function awaitsOthers(
  before: GroupLedger,
  seen: CountedGroup,
  now: number,
  intervalMs: number | undefined,
): boolean {
  if (intervalMs === undefined || seen.oldestSampleAt === undefined) return false;
  const isGap = seen.newestSampleAt - before.newestSampleAt > gapIntervals * intervalMs;
  const areMissing = seen.oldestSampleAt <= before.newestSampleAt;
  return isGap && areMissing && now - (before.heldOpenSince ?? now) < returnIntervals * intervalMs;
}

/** The newest sample stays the one before the gap, so that nothing reads as fresh what does not hold the gap yet. */
export function holdOpen(before: GroupLedger, now: number): GroupLedger {
  return { ...before, present: true, lastPresentAt: now, heldOpenSince: before.heldOpenSince ?? now };
}
