import { askedWindows, usualWindowMs } from '../../domain/budget/asked-windows.ts';
import { burnRate, type BurnReading } from '../../domain/budget/burn-rate.ts';
import { excludedAt, excludedStretches, stretchesAhead, type ExcludedStretch } from '../../domain/budget/exclusions.ts';
import { exhaustedIn, type Exhaustion } from '../../domain/budget/exhaustion.ts';
import type { ErrorBudget } from '../../domain/budget/objective.ts';
import { budgetAt, type BudgetReading } from '../../domain/budget/read-budget.ts';
import type { WindowCounts } from '../../domain/budget/window-counts.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import type { Group } from '../../domain/service/group.ts';
import type { Service } from '../../domain/service/service.ts';

/** How one error budget stands for one group, as of the last poll. */
export interface BudgetView {
  readonly budget: string;
  readonly signal: string;
  readonly group: Group;
  readonly objective: number;
  /** For people: `30d`, or `month, Europe/Berlin`. */
  readonly period: string;
  readonly method: ErrorBudget['method']['kind'];
  readonly reading: BudgetReading;
  readonly burnRates: readonly { readonly windowMs: number; readonly reading: BurnReading }[];
  /** At the rate of the window. */
  readonly exhaustion: { readonly windowMs: number; readonly in: Exhaustion };
  /** The share of the period that has been read, or that the source does not have: 1 once the ledger is filled. */
  readonly known: number;
  /** What of the period does not count, oldest first. */
  readonly excluded: readonly ExcludedStretch[];
  /** What will not count, oldest first: all that is declared once, and a week of what recurs. */
  readonly excludedAhead: readonly ExcludedStretch[];
  /** What runs now: nothing counts until it ends. Absent otherwise. */
  readonly excludedNow?: ExcludedStretch;
}

/** One group of a budget with what it is counted from. */
export interface CountedBudget extends Pick<BudgetView, 'group' | 'known'> {
  readonly counts: WindowCounts;
}

export function viewBudget(service: Service, declared: ErrorBudget, counted: CountedBudget, now: number): BudgetView {
  const { counts, group, known } = counted;
  const { name, signal, objective, period, method, tiers, exclusions } = declared;
  const reading = budgetAt(declared, counts, now);
  const exhaustionMs = Math.min(...tiers.map(({ longMs }) => longMs), tiers.length === 0 ? usualWindowMs : Infinity);
  const excludedNow = excludedAt(exclusions, now);
  return {
    budget: name,
    signal,
    group,
    objective,
    period: periodText(period),
    method: method.kind,
    reading,
    burnRates: askedWindows(service, declared).map((windowMs) => ({
      windowMs,
      reading: burnRate(declared, counts, windowMs, now),
    })),
    exhaustion: { windowMs: exhaustionMs, in: exhaustedIn(declared, counts, now, exhaustionMs) },
    known,
    excluded: excludedStretches(exclusions, reading.periodFrom, now),
    excludedAhead: stretchesAhead(exclusions, now),
    ...(excludedNow === undefined ? {} : { excludedNow }),
  };
}

export function periodText(period: ErrorBudget['period']): string {
  return period.kind === 'rolling' ? formatDuration(period.ms) : `${period.unit}, ${period.timeZone}`;
}
