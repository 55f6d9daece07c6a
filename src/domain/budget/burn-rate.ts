import type { ValueReading } from '../reading/reading.ts';
import type { BudgetUnknown } from './budget-unknown.ts';
import type { ErrorBudget } from './objective.ts';
import { endOfWindow, readWindow } from './read-window.ts';
import type { WindowCounts } from './window-counts.ts';

/** How fast a budget burnt over a window: 1 spends it in exactly one period. Usable wherever a reading is. */
export interface BurnValue extends ValueReading {
  readonly good: number;
  readonly bad: number;
  readonly total: number;
  /** Share of the window with data, what is excluded left out; 0 to 1. */
  readonly coverage: number;
  readonly excludedMs: number;
}

export type BurnReading = BurnValue | BudgetUnknown;

/** The share of bad events that is allowed, without the noise of the subtraction: 1 − 0.999 is 0.0010000000000000009. */
export function allowedShare(objective: number): number {
  return Number((1 - objective).toFixed(15));
}

/**
 * Error ratio over the window by the ratio that is allowed. Excluded time counts as time in which nothing was spent: a
 * window of 1 h fires as late after maintenance as it does after a quiet hour, and not at the first error.
 */
export function burnRate(budget: ErrorBudget, counts: WindowCounts, windowMs: number, now: number): BurnReading {
  const to = endOfWindow(counts, now);
  const read = readWindow(budget, counts, to - windowMs, to);
  if (read.kind === 'unknown') return read;
  const { good, bad, total, coverage, excludedMs } = read;
  const value = ((bad / total) * (1 - excludedMs / windowMs)) / allowedShare(budget.objective);
  return { kind: 'value', value, sampleAt: to, good, bad, total, coverage, excludedMs };
}
