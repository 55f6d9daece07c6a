import type { Group } from '../service/group.ts';
import type { BudgetUnknownReason } from './budget-unknown.ts';
import type { WindowCount } from './count-window.ts';

/**
 * What recording rules of the source counted for one budget and group: windows that all end at one instant. It stands
 * where a ledger does for budgets that Andon keeps none for.
 */
export interface RecordedCounts {
  /** When the rules counted: where the windows end, ms on the source's clock; -Infinity when there is nothing. */
  readonly at: number;
  /** Shortest first. */
  readonly windows: readonly WindowSum[];
  /** Why nothing can be read from them, whatever the window. */
  readonly unreadable?: { readonly reason: BudgetUnknownReason; readonly detail: string };
}

/** Events of the window of one length. Bad is below 0 where good was above total. */
export interface WindowSum {
  readonly windowMs: number;
  readonly bad: number;
  readonly total: number;
  /** Time with data in it, ms. */
  readonly coveredMs: number;
}

/** The recorded series of one budget and group, as a source showed them at one instant. */
export interface RecordedGroup {
  readonly budget: string;
  readonly group: Group;
  /** When the rules counted, ms on the source's clock: of several rules, the one that lags behind most. */
  readonly countedAt: number;
  readonly windows: readonly RecordedWindow[];
}

/** The events of one window under the names that the rules have for them; absent where no series is. */
export interface RecordedWindow {
  readonly windowMs: number;
  readonly total?: number;
  readonly good?: number;
  readonly bad?: number;
  readonly coveredMs?: number;
}

/** Instants this close are one, ms: times of samples come as seconds. */
const sameInstantMs = 1;

/** The sum of a window whose length is recorded; undefined for any other stretch. */
export function exactSum({ at, windows }: RecordedCounts, from: number, to: number): WindowSum | undefined {
  if (Math.abs(to - at) > sameInstantMs) return undefined;
  return windows.find(({ windowMs }) => Math.abs(to - from - windowMs) <= sameInstantMs);
}

/**
 * Counts any stretch. One that is a recorded window is exact; of another, what lies between the edges of two recorded
 * windows counts as spread evenly there, and nothing is known beyond the longest.
 */
export function countRecorded(counts: RecordedCounts, from: number, to: number): WindowCount {
  const exact = exactSum(counts, from, to) ?? between(counts, from, to);
  const { bad, total, coveredMs } = exact;
  return { good: total - bad, bad, total, coveredMs, excludedMs: 0, impossibleMs: 0 };
}

function between({ at, windows }: RecordedCounts, from: number, to: number): Omit<WindowSum, 'windowMs'> {
  const far = sumSince(windows, at - from);
  const near = sumSince(windows, at - to);
  // Rules that lag behind others may have counted less over more time.
  const total = Math.max(0, far.total - near.total);
  return {
    bad: Math.min(total, Math.max(0, far.bad - near.bad)),
    total,
    coveredMs: Math.max(0, far.coveredMs - near.coveredMs),
  };
}

const nothing: WindowSum = { windowMs: 0, bad: 0, total: 0, coveredMs: 0 };

/** The events of the newest `ms`. */
function sumSince(windows: readonly WindowSum[], ms: number): WindowSum {
  let shorter = nothing;
  for (const window of windows) {
    if (window.windowMs < ms) {
      shorter = window;
      continue;
    }
    const share = Math.max(0, ms - shorter.windowMs) / (window.windowMs - shorter.windowMs);
    const of = (a: number, b: number): number => a + (b - a) * share;
    return {
      windowMs: ms,
      bad: of(shorter.bad, window.bad),
      total: of(shorter.total, window.total),
      coveredMs: of(shorter.coveredMs, window.coveredMs),
    };
  }
  return shorter;
}
