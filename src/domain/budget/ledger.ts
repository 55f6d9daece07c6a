import type { Interval } from '../interval.ts';
import type { Step } from '../reading/observation.ts';
import type { CountedStretch } from './counted-stretch.ts';
import { addToCuts, advanceCut, type CutSlots } from './cuts.ts';
import { longestPeriodMs } from './period.ts';
import type { ErrorBudget } from './objective.ts';
import { addToSlices, openSpans, type OpenSlice } from './slices.ts';
import { addCount, createTiers } from './slot-tiers.ts';
import { addSpan, endOf, gapsIn, removeSpan, type Spans } from './spans.ts';

/**
 * What a budget's signal counted over its period, for one group. It is fed step by step and answers any window.
 * Changed in place, unlike the rest of the domain's state: it is large, and there is one for each budget and group.
 */
export interface BudgetLedger extends CutSlots {
  /** What the slots hold counts for: a stretch without events is covered, one without data is not. */
  readonly covered: Spans;
  /** The newest steps, oldest first, as they were read: late samples may still change them. */
  readonly unsettled: CountedStretch[];
  /** Slices that are not wholly covered yet, by start; always empty for occurrences. */
  readonly openSlices: Map<number, OpenSlice>;
  /** Floors of the tiers when they were last taken for the store, ms. */
  readonly storedFloors: number[];
}

/** What a ledger is made for. */
export type LedgerShape = Pick<ErrorBudget, 'period' | 'method'> & Partial<Pick<ErrorBudget, 'exclusions'>>;

/**
 * Steps that may still be read again. Where slices are counted they are fewer: a slice is not judged before its steps
 * are settled, and a page should not wait for that.
 */
const unsettledSteps = { occurrences: 16, slices: 4 };

/** Kept beyond the period, so that a reading that lags behind finds all of it, ms. */
const spareMs = 6 * 3_600_000;

/** `isRoomy`: with room for tiers that begin where others do not. */
export function createLedger({ period, method, exclusions = [] }: LedgerShape, isRoomy = false): BudgetLedger {
  const tiers = createTiers(longestPeriodMs(period) + spareMs, isRoomy);
  return {
    method,
    tiers,
    covered: [],
    unsettled: [],
    openSlices: new Map(),
    storedFloors: tiers.map(() => -Infinity),
    exclusions,
    cuts: undefined,
  };
}

/**
 * Takes a live step. One that was read before takes the place of what was counted for the same stretch, as long as
 * that is among the newest; counts that are settled stand. Whatever is no finite stretch with finite counts is no count.
 */
export function addStep(ledger: BudgetLedger, step: Step): void {
  if (!isCount(step)) return;
  const { unsettled } = ledger;
  if (step.from >= newestEnd(ledger) && step.from >= (unsettled.at(-1)?.to ?? -Infinity)) unsettled.push(counted(step));
  else insert(ledger, step);
  const most = ledger.method.kind === 'occurrences' ? unsettledSteps.occurrences : unsettledSteps.slices;
  while (unsettled.length > most) {
    const oldest = unsettled.shift();
    if (oldest !== undefined) settle(ledger, oldest);
  }
}

function insert({ unsettled, covered }: BudgetLedger, step: Step): void {
  const kept = unsettled.flatMap((each) => cut(each, gapsIn([step.from, step.to], each.from, each.to)));
  const fresh = cut(counted(step), gapsIn(covered, step.from, step.to));
  unsettled.splice(0, unsettled.length, ...[...kept, ...fresh].sort((a, b) => a.from - b.from));
}

/** Takes steps of the past, in any order. What is covered already stands: nothing counts twice. */
export function fill(ledger: BudgetLedger, steps: readonly Step[]): void {
  const pending = pendingSpans(ledger);
  for (const step of steps) {
    if (!isCount(step)) continue;
    const fresh = cut(counted(step), gapsIn(ledger.covered, step.from, step.to));
    for (const part of fresh) {
      for (const each of cut(part, gapsIn(pending, part.from, part.to))) {
        settle(ledger, each);
        if (ledger.method.kind !== 'occurrences') addSpan(pending, each.from, each.to);
      }
    }
  }
}

/** Stretches of an interval that nothing is known of, oldest first: what is to be asked of the source. */
export function missing(ledger: BudgetLedger, from: number, to: number): readonly Interval[] {
  const gaps = gapsIn(ledger.covered, from, to);
  // Asked for all ledgers at a time, most of which lack nothing.
  if (gaps.length === 0) return gaps;
  const pending = pendingSpans(ledger);
  return gaps.flatMap((gap) => gapsIn(pending, gap.from, gap.to));
}

/** Stretches of an interval that no count is settled for, oldest first: live steps may still count there. */
export function unsettledIn({ covered, openSlices }: BudgetLedger, from: number, to: number): readonly Interval[] {
  const settled = openSpans(openSlices);
  return gapsIn(covered, from, to).flatMap((gap) => gapsIn(settled, gap.from, gap.to));
}

/** The end of the newest count, ms; -Infinity for an empty ledger. Slices count once they are complete. */
export function newestEnd(ledger: BudgetLedger): number {
  const settled = endOf(ledger.covered);
  return ledger.method.kind === 'occurrences' ? Math.max(settled, ledger.unsettled.at(-1)?.to ?? -Infinity) : settled;
}

/** Steps that are known and not in the slots yet. */
function pendingSpans(ledger: BudgetLedger): Spans {
  const spans = openSpans(ledger.openSlices);
  for (const { from, to } of ledger.unsettled) addSpan(spans, from, to);
  return spans;
}

function settle(ledger: BudgetLedger, stretch: CountedStretch): void {
  const closed =
    ledger.method.kind === 'occurrences' ? [stretch] : addToSlices(ledger.openSlices, ledger.method, stretch);
  for (const each of closed) {
    const oldest = advanceCut(ledger, each.to);
    if ((ledger.covered[0] ?? Infinity) < oldest) removeSpan(ledger.covered, -Infinity, oldest);
    addCount(ledger.tiers, each.from, each.to, each.bad, each.total);
    addToCuts(ledger, each);
    addSpan(ledger.covered, Math.max(each.from, oldest), each.to);
  }
}

/** The parts of a stretch that lie in `parts`, each with its share of the counts. */
function cut(stretch: CountedStretch, parts: readonly Interval[]): readonly CountedStretch[] {
  return parts
    .filter(({ from, to }) => to > from)
    .map(({ from, to }) => {
      const share = (to - from) / (stretch.to - stretch.from);
      return { from, to, bad: stretch.bad * share, total: stretch.total * share };
    });
}

function counted({ from, to, good, total }: Step): CountedStretch {
  return { from, to, bad: total - good, total };
}

function isCount({ from, to, good, total }: Step): boolean {
  return Number.isFinite(from) && Number.isFinite(to) && to > from && Number.isFinite(good) && Number.isFinite(total);
}
