import type { Interval } from '../interval.ts';
import { cutsIn, putCut, type SlotCut } from './cuts.ts';
import { createLedger, type BudgetLedger, type LedgerShape } from './ledger.ts';
import {
  addCount,
  advanceTiers,
  floorFor,
  placeOf,
  putIntoSlot,
  markChanged,
  takeChanged,
  type SlotTier,
} from './slot-tiers.ts';
import { addSpan, coveredMs, gapsIn, removeSpan } from './spans.ts';

/** One slot as a store keeps it; its key is the slot's length and start. */
export interface LedgerRow {
  readonly slotMs: number;
  readonly start: number;
  readonly bad: number;
  readonly total: number;
  /** What of the slot is not covered, mostly nothing. */
  readonly gaps: readonly Interval[];
  /** What of it was counted before exclusions began or ended in it; mostly absent. */
  readonly cuts?: readonly SlotCut[];
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
    takeChanged(tier, (place) => rows.push(rowAt(ledger, tier, place)));
  }
  return { rows, floors };
}

/** Takes changes back that could not be written: they come again with the next. */
export function putBack(ledger: BudgetLedger, changes: LedgerChanges): void {
  for (const { slotMs, start } of changes.rows) {
    const tier = ledger.tiers.find((each) => each.slotMs === slotMs);
    // A slot that has moved to a coarser tier since is changed there.
    if (tier === undefined || start < tier.floor) continue;
    markChanged(tier, placeOf(tier, start / slotMs));
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
  // Coarse rows first: a fine row for the same stretch is one that should have been deleted with it.
  const sound = rows.filter((row) => isSound(row, now)).sort((a, b) => b.slotMs - a.slotMs || a.start - b.start);
  const ledger = emptyFor(shape, sound);
  const { tiers, covered } = ledger;
  let refused = rows.length - sound.length;
  let own: SlotTier | undefined;
  // Nothing is made for a row here: a start reads millions of them.
  for (const row of sound) {
    const from = row.start;
    const to = from + row.slotMs;
    if (coveredMs(covered, from, to) > 0) {
      refused += 1;
      continue;
    }
    if (own?.slotMs !== row.slotMs) own = tiers.find((tier) => tier.slotMs === row.slotMs);
    // What comes into a slot of another length is to be written as that slot.
    if (own === undefined || from < own.floor) addCount(tiers, from, to, row.bad, row.total);
    else {
      putIntoSlot(own, placeOf(own, from / own.slotMs), row.bad, row.total);
      if (row.cuts !== undefined) for (const cut of row.cuts) putCut(ledger, cut);
    }
    addSpan(covered, from, to);
    for (const gap of row.gaps) removeSpan(covered, gap.from, gap.to);
  }
  removeSpan(covered, -Infinity, tiers.at(-1)?.floor ?? -Infinity);
  return { ledger, refused };
}

/** A ledger whose tiers begin where the rows (coarse ones first) say that they did. */
function emptyFor(shape: LedgerShape, rows: readonly LedgerRow[]): BudgetLedger {
  const ledger = createLedger(shape);
  if (rows.length === 0) return ledger;
  const newest = rows.reduce((end, row) => Math.max(end, coveredTo(row)), 0);
  // Where the newest counts are gone, coarse rows lie where finer ones were to be.
  const isAhead = ledger.tiers.some((tier) => coarseEnd(rows, tier) > floorFor(tier, newest));
  const { tiers, ...rest } = isAhead ? createLedger(shape, true) : ledger;
  advanceTiers(tiers, newest);
  for (const tier of tiers) tier.floor = Math.max(tier.floor, coarseEnd(rows, tier));
  return { ...rest, tiers };
}

/** Where the newest row ends whose slot is longer than a tier's, ms. */
function coarseEnd(rows: readonly LedgerRow[], { slotMs }: SlotTier): number {
  let end = -Infinity;
  for (const row of rows) {
    if (row.slotMs <= slotMs) break;
    end = Math.max(end, row.start + row.slotMs);
  }
  return end;
}

function coveredTo({ start, slotMs, gaps }: LedgerRow): number {
  const end = start + slotMs;
  if (gaps.length === 0) return end;
  const last = gaps.at(-1);
  return last?.to === end ? last.from : end;
}

function rowAt(ledger: BudgetLedger, tier: SlotTier, place: number): LedgerRow {
  const places = tier.slots;
  const first = tier.floor / tier.slotMs;
  const start = (first + ((((place - first) % places) + places) % places)) * tier.slotMs;
  const cuts = cutsIn(ledger, start, start + tier.slotMs);
  return {
    slotMs: tier.slotMs,
    start,
    bad: tier.counts[2 * place] ?? NaN,
    total: tier.counts[2 * place + 1] ?? NaN,
    gaps: gapsIn(ledger.covered, start, start + tier.slotMs),
    ...(cuts === undefined ? {} : { cuts }),
  };
}

function isSound({ slotMs, start, bad, total, gaps, cuts }: LedgerRow, now: number): boolean {
  return (
    Number.isFinite(bad) &&
    Number.isFinite(total) &&
    Number.isSafeInteger(start) &&
    slotMs > 0 &&
    start >= 0 &&
    start <= now &&
    start % slotMs === 0 &&
    gaps.every((gap) => gap.from < gap.to && gap.from >= start && gap.to <= start + slotMs) &&
    (cuts === undefined ||
      cuts.every(
        (cut) => cut.at > start && cut.at < start + slotMs && Number.isFinite(cut.bad) && Number.isFinite(cut.total),
      ))
  );
}
