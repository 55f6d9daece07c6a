import { fill, missing } from '../../domain/budget/ledger.ts';
import { addSpan, gapsIn, type Spans } from '../../domain/budget/spans.ts';
import type { HistoryGroup } from '../../domain/reading/history.ts';
import { groupKey } from '../../domain/service/group.ts';
import type { Interval } from '../../domain/interval.ts';
import type { CountingSignal } from '../../domain/service/service.ts';
import type { Timing } from '../../domain/reading/timing.ts';
import type { PastPart } from '../past/past-reader.ts';
import type { Unanswered } from './asked-stretches.ts';
import type { BudgetBook } from './budget-book.ts';
import { isKnownInPart, isWorthAsking, openGaps, type BudgetEntry } from './budget-entry.ts';
import { pastSteps } from './past-steps.ts';
import { planFill } from './plan-fill.ts';

/** A part of the past of one signal that its budgets lack. */
export interface FillTask {
  readonly book: BudgetBook;
  readonly signal: CountingSignal;
  readonly part: PastPart;
  /** All ledgers of the signal, and not only those that lack the part: what is read of it is theirs too. */
  readonly entries: readonly BudgetEntry[];
}

/** Points read in one go for one signal at most: the answer is held in memory, once for each of its groups. */
const mostPoints = 720;
const fewestPoints = 60;
const mostPointsOfAllGroups = 36_000;

/** What to read next for a service's budgets, at most one part for each signal. `limitOf`: points a signal is read in at most. */
export function fillTasks(
  book: BudgetBook,
  timing: Timing,
  now: number,
  limitOf: (signal: string) => number = () => mostPoints,
): readonly FillTask[] {
  return book.service.signals.flatMap((signal): FillTask[] => {
    if (signal.kind === 'gauge') return [];
    const entries = book.entries().filter((entry) => entry.signal === signal.name && entry.group !== undefined);
    const slices = entries.flatMap(({ ledger }) =>
      ledger.method.kind === 'occurrences' ? [] : [ledger.method.sliceMs],
    );
    const groups = new Set(entries.map(({ key }) => key)).size;
    const points = Math.max(
      fewestPoints,
      Math.min(mostPoints, Math.floor(mostPointsOfAllGroups / Math.max(1, groups))),
    );
    const shape = { now, intervalMs: timing.intervalMs, slices, points: Math.min(points, limitOf(signal.name)) };
    let part: PastPart | undefined;
    for (const entry of entries) {
      const declared = book.declared(entry);
      if (declared === undefined) continue;
      const next = planFill(openGaps(entry, declared, now, settleMsOf(timing)), shape);
      if (next !== undefined && next.to > (part?.to ?? -Infinity)) part = next;
    }
    return part === undefined ? [] : [{ book, signal, part, entries }];
  });
}

/** Takes what was read, and remembers what of it is not there. `now`: the source's time, ms. */
export function takeFill(
  { book, signal, part, entries }: FillTask,
  groups: readonly HistoryGroup[],
  now: number,
  timing: Timing,
): void {
  const read = new Map(groups.map((each) => [groupKey(each.group), each.points]));
  for (const entry of entries) {
    // A reload may have replaced it while its past was read.
    if (!book.holds(entry)) continue;
    const points = read.get(entry.key) ?? [];
    const steps = pastSteps(points, {
      stepMs: part.stepMs,
      staleAfterMs: Math.max(timing.staleAfterMs, part.stepMs),
      awaitsGood: signal.numerator === 'good',
    });
    entry.goodSeen ||= points.some(({ numeratorSeen }) => numeratorSeen === true);
    // The rest of a step that is known in part is asked for as a part of its own.
    const cut = steps.filter((step) => isKnownInPart(step, missing(entry.ledger, step.from, step.to)));
    fill(
      entry.ledger,
      steps.filter((step) => !cut.includes(step)),
    );
    const unanswered: Spans = [];
    for (const { from, to } of cut) addSpan(unanswered, from, to);
    for (const answered of gapsIn(unanswered, part.from, part.to)) tellMissing(entry, answered, now);
  }
}

/** What a source cannot give is not asked for all the time. */
export function giveUp({ book, part, entries }: Pick<FillTask, 'book' | 'part' | 'entries'>, now: number): void {
  for (const entry of entries) if (book.holds(entry)) tellMissing(entry, part, now, 'refused');
}

function tellMissing(entry: BudgetEntry, { from, to }: Interval, now: number, why: Unanswered = 'absent'): void {
  for (const gap of missing(entry.ledger, from, to)) {
    // A crumb at the end of a gap was a part of its own: it would be asked for for ever, and what lies before it never.
    const isWhole = gap.from === from && gap.to === to;
    if (isWhole || isWorthAsking(gap)) entry.asked.add(gap, now, why);
  }
}

/** Late samples land until then, and a gap in the scrapes may still end. */
export function settleMsOf({ settleMs, staleAfterMs }: Timing): number {
  return Math.max(settleMs, staleAfterMs);
}
