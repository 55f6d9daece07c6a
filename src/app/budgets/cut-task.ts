import type { CountedStretch } from '../../domain/budget/counted-stretch.ts';
import {
  cutSlot,
  exclusionEdges,
  exclusionGridMs,
  isCutKnown,
  uncutSlots,
  type UncutSlot,
} from '../../domain/budget/cuts.ts';
import { periodBounds } from '../../domain/budget/period.ts';
import { addToSlices, type OpenSlice } from '../../domain/budget/slices.ts';
import { addSpan, coveredMs, type Spans } from '../../domain/budget/spans.ts';
import type { HistoryGroup } from '../../domain/reading/history.ts';
import type { Timing } from '../../domain/reading/timing.ts';
import type { Interval } from '../../domain/interval.ts';
import { groupKey } from '../../domain/service/group.ts';
import type { CountingSignal } from '../../domain/service/service.ts';
import type { PastPart } from '../past/past-reader.ts';
import type { AskedStretches } from './asked-stretches.ts';
import type { BudgetBook } from './budget-book.ts';
import type { BudgetEntry } from './budget-entry.ts';
import { settleMsOf } from './fill-task.ts';
import { pastSteps } from './past-steps.ts';
import { budgetSignal } from './recorded-read.ts';
import { tierAt } from './plan-fill.ts';

/** A slot of a budget's ledgers that exclusions cut, to be read on each side of them. */
export interface CutTask {
  readonly book: BudgetBook;
  readonly signal: CountingSignal;
  readonly slot: UncutSlot;
  /** Oldest first; where slices are counted one part, of which each step lies on one side of every cut. */
  readonly parts: readonly PastPart[];
  /** The ledgers of all groups. */
  readonly entries: readonly BudgetEntry[];
}

/** The share of a slot's known time that has to be read on each side. */
const enoughRead = 0.9;

/** The newest slot of a service's budgets to read apart. `askedOf`: what a source was asked for and could not tell. */
export function nextCut(
  book: BudgetBook,
  timing: Timing,
  now: number,
  askedOf: (entry: BudgetEntry) => AskedStretches,
): CutTask | undefined {
  let next: CutTask | undefined;
  for (const declared of book.service.budgets) {
    const signal = budgetSignal(book.service, declared);
    if (signal === undefined || declared.exclusions.length === 0) continue;
    const { from } = periodBounds(declared.period, now);
    const edges = exclusionEdges(declared, from, now);
    const own = book.entries().filter((entry) => entry.budget === declared.name && entry.group !== undefined);
    for (const entry of own) {
      const slot = uncutSlots(entry.ledger, edges).find(
        (each) => each.to <= now - settleMsOf(timing) && askedOf(entry).open([each], now).length > 0,
      );
      if (slot === undefined || slot.to <= (next?.slot.to ?? -Infinity)) continue;
      next = { book, signal, slot, parts: partsOf(entry, slot, timing, now), entries: own };
    }
  }
  return next;
}

function partsOf({ ledger: { method } }: BudgetEntry, slot: UncutSlot, timing: Timing, now: number): PastPart[] {
  if (method.kind === 'occurrences') return sidesOf(slot).map((side) => ({ ...side, stepMs: side.to - side.from }));
  const sliceMs = exclusionGridMs(method);
  const from = Math.floor(slot.from / sliceMs) * sliceMs;
  const to = Math.ceil(slot.to / sliceMs) * sliceMs;
  return [{ from, to, stepMs: tierAt(to, { now, intervalMs: timing.intervalMs, slices: [sliceMs] }).stepMs }];
}

/** What of a slot lies before, between and after the edges in it, oldest first. */
function sidesOf({ from, to, edges }: UncutSlot): readonly Interval[] {
  return [...edges, to].map((end, index) => ({ from: edges[index - 1] ?? from, to: end }));
}

/** Takes what was read of each part, and remembers what is not there. `now`: the source's time, ms. */
export function takeCut(
  { book, signal, slot, parts, entries }: CutTask,
  read: readonly (readonly HistoryGroup[])[],
  askedOf: (entry: BudgetEntry) => AskedStretches,
  now: number,
  timing: Timing,
): void {
  const pointsOf = parts.map(
    (_, index) => new Map((read[index] ?? []).map(({ group, points }) => [groupKey(group), points])),
  );
  for (const entry of entries) {
    // A reload may have replaced it while its past was read.
    if (!book.holds(entry) || slot.edges.every((edge) => isCutKnown(entry.ledger, edge))) continue;
    const known: Spans = [];
    const steps = parts.flatMap(({ stepMs }, index) => {
      return pastSteps(pointsOf[index]?.get(entry.key) ?? [], {
        stepMs,
        staleAfterMs: Math.max(timing.staleAfterMs, stepMs),
        awaitsGood: signal.numerator === 'good' && !entry.goodSeen,
      });
    });
    for (const { from, to } of steps) addSpan(known, from, to);
    const counted = countedBy(
      entry,
      steps.map(({ from, to, good, total }) => ({ from, to, bad: total - good, total })),
    );
    const isRead = sidesOf(slot).every(
      ({ from, to }) => coveredMs(known, from, to) >= enoughRead * coveredMs(entry.ledger.covered, from, to),
    );
    if (!isRead || !cutSlot(entry.ledger, slot, counted)) askedOf(entry).add(slot, now);
  }
}

function countedBy({ ledger: { method } }: BudgetEntry, steps: readonly CountedStretch[]): readonly CountedStretch[] {
  if (method.kind === 'occurrences') return steps;
  const open = new Map<number, OpenSlice>();
  return steps.flatMap((step) => addToSlices(open, method, step));
}

/** What a source refuses is not asked for all the time. */
export function giveUpCut(
  { book, slot, entries }: CutTask,
  askedOf: (entry: BudgetEntry) => AskedStretches,
  now: number,
): void {
  for (const entry of entries) if (book.holds(entry)) askedOf(entry).add(slot, now, 'refused');
}
