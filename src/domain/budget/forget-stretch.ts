import type { BudgetLedger } from './ledger.ts';
import { markChanged, placeOf } from './slot-tiers.ts';
import { dropCuts } from './cuts.ts';
import { endOf, removeSpan } from './spans.ts';

/**
 * Forgets what was counted in a stretch, so that it is missing and can be filled again: for when the source says
 * something else by now. Whole slots (and slices) are forgotten, so the stretch grows to their edges.
 */
export function forgetStretch(ledger: BudgetLedger, from: number, to: number): void {
  const { method, tiers, covered, unsettled, openSlices } = ledger;
  const sliceMs = method.kind === 'occurrences' ? 1 : method.sliceMs;
  const start = Math.floor(from / sliceMs) * sliceMs;
  const end = Math.ceil(to / sliceMs) * sliceMs;
  const kept = unsettled.filter((each) => each.to <= start || each.from >= end);
  unsettled.splice(0, unsettled.length, ...kept);
  for (const slice of openSlices.keys()) if (slice >= start && slice < end) openSlices.delete(slice);
  let rest = Math.min(end, endOf(covered));
  for (const tier of tiers) {
    const first = Math.floor(Math.max(start, tier.floor) / tier.slotMs);
    for (let slot = first; slot * tier.slotMs < rest; slot += 1) {
      const place = placeOf(tier, slot);
      tier.counts.fill(0, 2 * place, 2 * place + 2);
      markChanged(tier, place);
      removeSpan(covered, slot * tier.slotMs, (slot + 1) * tier.slotMs);
      dropCuts(ledger, slot * tier.slotMs, (slot + 1) * tier.slotMs);
    }
    rest = Math.min(rest, tier.floor);
  }
}
