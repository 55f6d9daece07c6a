import { lastRow } from '../../domain/count-rows.ts';
import type { GroupLedger } from '../../domain/group-ledger.ts';
import type { CountedGroup, Step } from '../../domain/observation.ts';
import { awaitsOthers } from '../../domain/scrape-gap.ts';

/**
 * The steps of a live read that count, given what the signal's own ledger knew before it: all of them once a newer sample
 * landed; until then, and while other series are waited for after a gap, only those that were closed before.
 */
export function liveSteps(
  before: GroupLedger | undefined,
  seen: CountedGroup,
  now: number,
  intervalMs: number | undefined,
): readonly Step[] {
  if (before === undefined) return seen.steps;
  const isOpen = seen.newestSampleAt <= before.newestSampleAt || awaitsOthers(before, seen, now, intervalMs);
  const end = lastRow(before.rows)?.to ?? -Infinity;
  return isOpen ? seen.steps.filter(({ to }) => to <= end) : seen.steps;
}
