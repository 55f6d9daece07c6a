import type { Interval } from '../interval.ts';
import type { BudgetUnknown } from './budget-unknown.ts';
import { allowedShare } from './burn-rate.ts';
import { countedStretches } from './exclusions.ts';
import type { ErrorBudget } from './objective.ts';
import { periodBounds } from './period.ts';
import { endOfWindow, readWindow, type JudgedWindow } from './read-window.ts';
import { countIn, isRecorded, type WindowCounts } from './window-counts.ts';

/** How much of a budget is left. Events are slices for the methods that count slices. */
export interface BudgetValue {
  readonly kind: 'value';
  /** 1 is untouched, 0 gone, below 0 overspent. */
  readonly remaining: number;
  readonly spent: number;
  /** Share of good events in the period so far. */
  readonly ratio: number;
  readonly bad: number;
  readonly total: number;
  /** Bad events that the whole period allows. */
  readonly allowedBad: number;
  /** Share of the period so far which has data, what is excluded left out; 0 to 1. */
  readonly coverage: number;
  readonly excludedMs: number;
  readonly impossibleMs: number;
  /** The share of the budget of which it is not known whether it was spent in what is left out; absent without any. */
  readonly estimated?: number;
  readonly periodFrom: number;
  readonly periodTo: number;
}

/** Without enough history there is still what was counted so far. */
export interface UnknownBudget extends BudgetUnknown {
  readonly bad: number;
  readonly total: number;
  readonly periodFrom: number;
  readonly periodTo: number;
}

export type BudgetReading = BudgetValue | UnknownBudget;

/**
 * What is left of a budget at `now`.
 *
 * In the middle of a calendar period the budget is that of the whole period, at the traffic of the period so far: what
 * is allowed is (1 − objective) × events so far × whole period ÷ elapsed period (both without what is excluded). So a
 * month begins at 100 % and falls by what is spent; steady errors at the objective leave 50 % in the middle and 0 % at
 * the end; and one error in the first minute is not a budget overspent. `ratio` is that of the events so far. At the end
 * of the period both say the same. A rolling period is always whole.
 */
export function budgetAt(budget: ErrorBudget, counts: WindowCounts, now: number): BudgetReading {
  return budgetUntil(budget, counts, now, endOfWindow(counts, now));
}

/** The same of the period that `at` lies in, counted up to `end`. */
export function budgetUntil(budget: ErrorBudget, counts: WindowCounts, at: number, end: number): BudgetReading {
  const { periodFrom, periodTo, read } = readPeriod(budget, counts, at, end);
  if (read.kind === 'unknown') {
    const { bad, total } = countIn(counts, periodFrom, Math.max(at, end), budget.exclusions);
    return { ...read, bad, total, periodFrom, periodTo };
  }
  const { bad, total, coverage, excludedMs, impossibleMs, estimatedBad } = read;
  const allowedBad = allowedBadOf(budget, read, periodTo);
  const spent = bad / allowedBad;
  return {
    kind: 'value',
    remaining: 1 - spent,
    spent,
    ratio: (total - bad) / total,
    bad,
    total,
    allowedBad,
    coverage,
    excludedMs,
    impossibleMs,
    periodFrom,
    periodTo,
    ...(estimatedBad === undefined ? {} : { estimated: estimatedBad / allowedBad }),
  };
}

/**
 * The share of the budget of the period that now is which was spent in a stretch, such as an incident's. It and what is
 * left never add up to more than all of it: both are counted up to the same instant, of the same pieces.
 */
export function spentBetween(
  budget: ErrorBudget,
  counts: WindowCounts,
  from: number,
  to: number,
  now: number,
): number | BudgetUnknown {
  const { periodFrom, periodTo, read } = readPeriod(budget, counts, now, endOfWindow(counts, now));
  if (read.kind === 'unknown') return read;
  const whole = wholePieces(counts, { from, to });
  const { bad } = countIn(counts, Math.max(whole.from, periodFrom), Math.min(whole.to, read.to), budget.exclusions);
  return Math.min(Math.max(0, bad), read.bad) / allowedBadOf(budget, read, periodTo);
}

/**
 * A stretch with all of the pieces that it cuts: nearly all that is bad in a slot that an incident cuts is the incident's;
 * and a slice that it made bad is spent as a whole.
 */
export function wholePieces(counts: WindowCounts, { from, to }: Interval): Interval {
  const [first, last] = [pieceMsAt(counts, from), pieceMsAt(counts, to)];
  return { from: Math.floor(from / first) * first, to: Math.ceil(to / last) * last };
}

/** Length of the pieces that counts of a time are kept in, ms. */
function pieceMsAt(counts: WindowCounts, at: number): number {
  if (isRecorded(counts)) return 1;
  if (counts.method.kind !== 'occurrences') return counts.method.sliceMs;
  return counts.tiers.find(({ floor }) => floor <= at)?.slotMs ?? 1;
}

interface ReadPeriod {
  readonly periodFrom: number;
  readonly periodTo: number;
  readonly read: JudgedWindow | BudgetUnknown;
}

function readPeriod(budget: ErrorBudget, counts: WindowCounts, at: number, end: number): ReadPeriod {
  const { from, to } = periodBounds(budget.period, budget.period.kind === 'rolling' ? end : at);
  // Just after a calendar period began, the newest step may still be of the one before.
  const read = readWindow(budget, counts, from, end > from ? end : at);
  return { periodFrom: from, periodTo: to, read };
}

function allowedBadOf(budget: ErrorBudget, read: JudgedWindow, periodTo: number): number {
  const allowed = read.total * allowedShare(budget.objective);
  const elapsedMs = read.to - read.from - read.excludedMs;
  const ahead = countedStretches(budget.exclusions, read.to, periodTo);
  const aheadMs = ahead.reduce((sum, each) => sum + each.to - each.from, 0);
  return (allowed * (elapsedMs + aheadMs)) / elapsedMs;
}
