import type { Interval } from '../interval.ts';
import { createLedger, type BudgetLedger, type LedgerShape } from './ledger.ts';
import { addCount, advanceTiers, placeOf, type SlotTier } from './slot-tiers.ts';
import { addSpan, coveredMs, gapsIn, removeSpan } from './spans.ts';

/** One slot as a store keeps it; its key is the slot's length and start. */
export interface LedgerRow {
  readonly slotMs: number;
  readonly start: number;
  readonly bad: number;
  readonly total: number;
  /** What of the slot is not covered, mostly nothing. */
  readonly gaps: readonly Interval[];
}

/** What a store has to do to hold the ledger as it is now: write the rows, and delete what lies before a floor. */
export interface LedgerChanges {
  readonly rows: readonly LedgerRow[];
  /** Rows of that slot length that start before `from` are to be deleted: a coarser row holds them. */
  readonly floors: readonly { readonly slotMs: number; readonly from: number }[];
}

/**
 * Everything that changed since the last time, for one transaction. Steps that are not settled and slices that are not
 * complete are in no row: after a restart they are `missing` and read again.
 */
export function takeChanges(ledger: BudgetLedger): LedgerChanges {
  const rows: LedgerRow[] = [];
  const floors: { slotMs: number; from: number }[] = [];
  for (const [index, tier] of ledger.tiers.entries()) {
    if (tier.floor > (ledger.storedFloors[index] ?? -Infinity)) floors.push({ slotMs: tier.slotMs, from: tier.floor });
    ledger.storedFloors[index] = tier.floor;
    if (!tier.hasChanges) continue;
    tier.hasChanges = false;
    for (let place = tier.changed.indexOf(1); place >= 0; place = tier.changed.indexOf(1, place + 1)) {
      tier.changed[place] = 0;
      rows.push(rowAt(ledger, tier, place));
    }
  }
  return { rows, floors };
}

/** Takes changes back that could not be written: they come again with the next. */
export function putBack(ledger: BudgetLedger, changes: LedgerChanges): void {
  for (const { slotMs, start } of changes.rows) {
    const tier = ledger.tiers.find((each) => each.slotMs === slotMs);
    // A slot that has moved to a coarser tier since is changed there.
    if (tier === undefined || start < tier.floor) continue;
    tier.changed[placeOf(tier, start / slotMs)] = 1;
    tier.hasChanges = true;
  }
  for (const { slotMs } of changes.floors) {
    const index = ledger.tiers.findIndex((each) => each.slotMs === slotMs);
    if (index >= 0) ledger.storedFloors[index] = -Infinity;
  }
}

/**
 * Makes a ledger from rows in any order. Rows that cannot be (of a time after `now` too) are refused and counted: what
 * they held is missing then and can be read again. Rows of a ledger for another period are taken as far as they reach.
 */
export function restoreLedger(
  shape: LedgerShape,
  rows: readonly LedgerRow[],
  now: number,
): { readonly ledger: BudgetLedger; readonly refused: number } {
  const ledger = createLedger(shape);
  const { tiers, covered } = ledger;
  // Coarse rows first: a fine row for the same stretch is one that should have been deleted with it.
  const sound = rows.filter((row) => isSound(row, now)).sort((a, b) => b.slotMs - a.slotMs || a.start - b.start);
  if (sound.length === 0) return { ledger, refused: rows.length };
  advanceTiers(
    tiers,
    sound.reduce((newest, row) => Math.max(newest, coveredTo(row)), 0),
  );
  for (const tier of tiers)
    for (const row of sound) if (row.slotMs > tier.slotMs) tier.floor = Math.max(tier.floor, row.start + row.slotMs);
  let refused = rows.length - sound.length;
  for (const row of sound) {
    const [from, to] = [row.start, row.start + row.slotMs];
    if (coveredMs(covered, from, to) > 0) {
      refused += 1;
      continue;
    }
    addCount(tiers, from, to, row.bad, row.total);
    addSpan(covered, from, to);
    for (const gap of row.gaps) removeSpan(covered, gap.from, gap.to);
    // What came into a slot of another length is to be written as that slot.
    const own = tiers.find((tier) => tier.slotMs === row.slotMs && from >= tier.floor);
    if (own !== undefined) own.changed[placeOf(own, from / own.slotMs)] = 0;
  }
  removeSpan(covered, -Infinity, tiers.at(-1)?.floor ?? -Infinity);
  return { ledger, refused };
}

function coveredTo({ start, slotMs, gaps }: LedgerRow): number {
  const last = gaps.at(-1);
  return last?.to === start + slotMs ? last.from : start + slotMs;
}

function rowAt(ledger: BudgetLedger, tier: SlotTier, place: number): LedgerRow {
  const places = tier.changed.length;
  const first = tier.floor / tier.slotMs;
  const start = (first + ((((place - first) % places) + places) % places)) * tier.slotMs;
  return {
    slotMs: tier.slotMs,
    start,
    bad: tier.counts[2 * place] ?? NaN,
    total: tier.counts[2 * place + 1] ?? NaN,
    gaps: gapsIn(ledger.covered, start, start + tier.slotMs),
  };
}

function isSound({ slotMs, start, bad, total, gaps }: LedgerRow, now: number): boolean {
  return (
    Number.isFinite(bad) &&
    Number.isFinite(total) &&
    Number.isSafeInteger(start) &&
    slotMs > 0 &&
    start >= 0 &&
    start <= now &&
    start % slotMs === 0 &&
    gaps.every((gap) => gap.from < gap.to && gap.from >= start && gap.to <= start + slotMs)
  );
}
