import { createLedger, missing, type BudgetLedger } from '../../domain/budget/ledger.ts';
import type { ErrorBudget } from '../../domain/budget/objective.ts';
import { markChanged, placeOf } from '../../domain/budget/slot-tiers.ts';
import { periodBounds } from '../../domain/budget/period.ts';
import { restoreLedger } from '../../domain/budget/ledger-rows.ts';
import type { Group } from '../../domain/service/group.ts';
import type { Interval } from '../../domain/interval.ts';
import type { LedgerRow } from '../../domain/budget/ledger-rows.ts';
import { AskedStretches } from './asked-stretches.ts';

/** The ledger of one budget for one group, and what is known of how it is filled. */
export interface BudgetEntry {
  readonly budget: string;
  readonly signal: string;
  /** As groupKey writes it. */
  readonly key: string;
  /** Absent until its series have shown. */
  group?: Group;
  readonly shape: string;
  ledger: BudgetLedger;
  /** True until the store holds nothing else under its key. */
  isNew: boolean;
  /** When the source last had series of the group, ms on its clock. */
  seenAt: number;
  /** End of the newest live step: what is newer is not missing yet, ms. */
  fedTo: number;
  /** Whether the signal's good events were ever seen, where they are what is counted. */
  goodSeen: boolean;
  readonly asked: AskedStretches;
  /** The share of the period that was last told to be known, 0 to 1; absent before anything was told. */
  toldKnown?: number;
}

export interface EntryFacts extends Pick<BudgetEntry, 'budget' | 'signal' | 'key' | 'shape'> {
  readonly declared: ErrorBudget;
}

export function newEntry({ declared, ...facts }: EntryFacts): BudgetEntry {
  return {
    ...facts,
    ledger: createLedger(declared),
    isNew: true,
    seenAt: -Infinity,
    fedTo: -Infinity,
    goodSeen: false,
    asked: new AskedStretches(),
  };
}

/** An entry with what the store held; `refused` rows cannot be right, and what they held is missing. */
export function restoredEntry(
  facts: EntryFacts,
  rows: readonly LedgerRow[],
  now: number,
): { readonly entry: BudgetEntry; readonly refused: number } {
  const { ledger, refused } = restoreLedger(facts.declared, rows, now);
  // Rows that are refused must leave the store too: the whole ledger is written anew.
  const entry = { ...newEntry(facts), ledger, isNew: refused > 0, goodSeen: rows.some((row) => row.bad < row.total) };
  if (refused > 0) markAllChanged(ledger);
  return { entry, refused };
}

/** Has everything that is known written again, as after the store let go of it. */
export function markAllChanged({ tiers, covered, storedFloors }: BudgetLedger): void {
  let end = Infinity;
  for (const tier of tiers) {
    for (let index = 0; index < covered.length; index += 2) {
      const from = Math.max(covered[index] ?? NaN, tier.floor);
      const to = Math.min(covered[index + 1] ?? NaN, end);
      for (let slot = Math.floor(from / tier.slotMs); slot * tier.slotMs < to; slot += 1) {
        markChanged(tier, placeOf(tier, slot));
      }
    }
    end = Math.min(end, tier.floor);
  }
  storedFloors.fill(-Infinity);
}

/** Less than this is not asked for, ms. */
const worthAskingMs = 50;
const minuteMs = 60_000;
/** A gap whose end is not settled yet is read before it from this length on, ms. */
const worthHalvingMs = 5 * minuteMs;

/**
 * What the ledger lacks of the budget's period at `now`, oldest first, as far as a source may be asked for it: not so
 * soon after the fact that late samples may land, and not what it was asked for lately and does not have.
 */
export function openGaps(
  entry: BudgetEntry,
  declared: ErrorBudget,
  now: number,
  settleMs: number,
): readonly Interval[] {
  const settledTo = now - settleMs;
  const gaps = missing(entry.ledger, ...reach(entry, declared, now)).flatMap((gap): readonly Interval[] => {
    if (gap.to <= settledTo) return [gap];
    // The end of a long gap waits for late samples; a short one waits as a whole, rather than be read in crumbs.
    const to = Math.floor(settledTo / minuteMs) * minuteMs;
    return to - gap.from >= worthHalvingMs ? [{ from: gap.from, to }] : [];
  });
  return entry.asked.open(gaps, now).filter(isWorthAsking);
}

/** The share of the period up to now that is known, or that the source was asked for and does not have: 0 to 1. */
export function settledShare(entry: BudgetEntry, declared: ErrorBudget, now: number): number {
  const [from, to] = reach(entry, declared, now);
  if (!(to > from)) return 1;
  const gaps = entry.asked.unsettled(missing(entry.ledger, from, to), now).filter(isWorthAsking);
  return 1 - gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0) / (to - from);
}

export function isWorthAsking({ from, to }: Interval): boolean {
  return to - from >= worthAskingMs;
}

/** Whether `gaps` are a part of a step, and not all of it: how many of its events happened in them nobody knows. */
export function isKnownInPart({ from, to }: Interval, gaps: readonly Interval[]): boolean {
  const openMs = gaps.filter(isWorthAsking).reduce((sum, gap) => sum + gap.to - gap.from, 0);
  return openMs > 0 && openMs < to - from;
}

/** Periods begin on the grid of the longest steps, so that their first step is a whole one. */
const gridMs = 3_600_000;

function reach({ fedTo }: BudgetEntry, { period }: ErrorBudget, now: number): readonly [from: number, to: number] {
  return [Math.floor(periodBounds(period, now).from / gridMs) * gridMs, Math.min(fedTo, now)];
}
