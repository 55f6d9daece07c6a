import { burnRate, type BurnReading } from '../../domain/budget/burn-rate.ts';
import { excludedStretches, type ExcludedStretch } from '../../domain/budget/exclusions.ts';
import { exhaustedIn, type Exhaustion } from '../../domain/budget/exhaustion.ts';
import type { ErrorBudget } from '../../domain/budget/objective.ts';
import { budgetAt, type BudgetReading } from '../../domain/budget/read-budget.ts';
import { isBudgetUse } from '../../domain/condition.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { Group } from '../../domain/group.ts';
import type { Service } from '../../domain/service.ts';
import { settledShare, type BudgetEntry } from './budget-entry.ts';

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
}

/** A rate that is neither the newest minutes' nor all of history's, for budgets without tiers, ms. */
const usualWindowMs = 3_600_000;

export function viewBudget(service: Service, declared: ErrorBudget, entry: BudgetEntry, now: number): BudgetView {
  const { ledger, group = {} } = entry;
  const { name, signal, objective, period, method, tiers, exclusions } = declared;
  const reading = budgetAt(declared, ledger, now);
  const exhaustionMs = Math.min(...tiers.map(({ longMs }) => longMs), tiers.length === 0 ? usualWindowMs : Infinity);
  return {
    budget: name,
    signal,
    group,
    objective,
    period: periodText(period),
    method: method.kind,
    reading,
    burnRates: windowsOf(service, declared).map((windowMs) => ({
      windowMs,
      reading: burnRate(declared, ledger, windowMs, now),
    })),
    exhaustion: { windowMs: exhaustionMs, in: exhaustedIn(declared, ledger, now, exhaustionMs) },
    known: settledShare(entry, declared, now),
    excluded: excludedStretches(exclusions, reading.periodFrom, now),
  };
}

/** Those of its tiers, and those that conditions ask for, shortest first. */
function windowsOf({ rules }: Service, { name, tiers }: ErrorBudget): readonly number[] {
  const windows = [
    ...tiers.flatMap(({ longMs, shortMs }) => [shortMs, longMs]),
    ...rules.flatMap(({ when }) =>
      when.uses.flatMap((use) => (isBudgetUse(use) && use.budget === name ? (use.windowMs ?? []) : [])),
    ),
  ];
  return [...new Set(windows.length === 0 ? [usualWindowMs] : windows)].sort((a, b) => a - b);
}

export function periodText(period: ErrorBudget['period']): string {
  return period.kind === 'rolling' ? formatDuration(period.ms) : `${period.unit}, ${period.timeZone}`;
}
