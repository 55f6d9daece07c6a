import { countWindow, type WindowCount } from './count-window.ts';
import type { Exclusion } from './exclusions.ts';
import { newestEnd, type BudgetLedger } from './ledger.ts';
import { countRecorded, exactSum, type RecordedCounts } from './recorded-counts.ts';

/** What the windows of a budget are counted from: the ledger that Andon keeps, or what rules of the source recorded. */
export type WindowCounts = BudgetLedger | RecordedCounts;

export function isRecorded(counts: WindowCounts): counts is RecordedCounts {
  return 'windows' in counts;
}

/** Counts a stretch, the excluded stretches left out. */
export function countIn(
  counts: WindowCounts,
  from: number,
  to: number,
  exclusions: readonly Exclusion[] = [],
): WindowCount {
  return isRecorded(counts) ? countRecorded(counts, from, to) : countWindow(counts, from, to, exclusions);
}

/** The end of the newest count, ms; -Infinity when there is none. */
export function newestCountEnd(counts: WindowCounts): number {
  return isRecorded(counts) ? counts.at : newestEnd(counts);
}

/** Whether a stretch is counted, and not put together from what is counted around it. */
export function isExact(counts: WindowCounts, from: number, to: number): boolean {
  return !isRecorded(counts) || exactSum(counts, from, to) !== undefined;
}
