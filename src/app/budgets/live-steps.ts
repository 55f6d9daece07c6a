import { addStep, unsettledIn, type BudgetLedger } from '../../domain/budget/ledger.ts';
import { lastRow } from '../../domain/reading/count-rows.ts';
import type { GroupLedger } from '../../domain/reading/group-ledger.ts';
import type { CountedGroup, Step } from '../../domain/reading/observation.ts';
import { awaitsOthers } from '../../domain/reading/scrape-gap.ts';
import { isKnownInPart } from './budget-entry.ts';

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

/**
 * Takes the steps of one read, oldest first, in the place of what was counted for them before. Those of a past that is
 * read begin and end elsewhere than live ones: one of which a part is settled is left to be filled as that part.
 */
export function addSteps(ledger: BudgetLedger, steps: readonly Step[]): void {
  const first = steps[0]?.from ?? NaN;
  // Where the first step was the end of a longer one, it holds all events of that.
  const longer = ledger.unsettled.find(({ from, to }) => from < first && first < to);
  for (const step of steps) {
    const whole = longer !== undefined && step.from === first ? { ...step, from: longer.from } : step;
    if (!isKnownInPart(whole, unsettledIn(ledger, whole.from, whole.to))) addStep(ledger, whole);
  }
}

/** Lets go of steps that reach into a stretch which is not read again: they are left to be filled. */
export function dropUnread({ unsettled }: BudgetLedger, from: number, to: number): void {
  const kept = unsettled.filter((step) => step.to <= from || step.from >= to);
  unsettled.splice(0, unsettled.length, ...kept);
}
