import { noRows, withRows, type CountRow, type CountRows } from '../reading/count-rows.ts';
import { countRecorded, type RecordedCounts } from './recorded-counts.ts';

/** What rules recorded of a budget and group as steps, where Andon reads none itself. */
export interface RecordedRows {
  /** Oldest first, from one edge of a recorded window to the next: wide ones, and never empty. */
  readonly rows: CountRows;
  /** The share of a stretch that counts cover, 0 to 1; times in ms. */
  coverage(from: number, to: number): number;
}

/**
 * Recorded windows as steps, so that onset, recovery and impact are found in them as in what Andon reads itself.
 * Undefined where there are no counts.
 */
export function recordedRows(counts: RecordedCounts): RecordedRows | undefined {
  const { at, windows, unreadable } = counts;
  // Counts that are late tell of their own time what they always told.
  if (unreadable !== undefined && unreadable.reason !== 'stale') return undefined;
  const rows: CountRow[] = [];
  let near = { windowMs: 0, bad: 0, total: 0, coveredMs: 0 };
  let newlyCoveredMs = 0;
  for (const window of windows) {
    // A long window may not be recorded yet when short ones are.
    if (window.coveredMs <= near.coveredMs) continue;
    const to = at - near.windowMs;
    const total = Math.max(0, window.total - near.total);
    const bad = Math.min(total, Math.max(0, window.bad - near.bad));
    rows.unshift({ from: at - window.windowMs, to, sampleAt: to, good: total - bad, total });
    newlyCoveredMs = window.coveredMs - near.coveredMs;
    near = window;
  }
  const [oldest, ...others] = rows;
  if (oldest === undefined) return undefined;
  // Of its stretch, rules that are young counted the newest part.
  const from = Math.max(oldest.from, oldest.to - Math.max(1, newlyCoveredMs));
  return {
    rows: withRows(noRows, [{ ...oldest, from }, ...others], -Infinity),
    coverage: (begin, end) => (end > begin ? countRecorded(counts, begin, end).coveredMs / (end - begin) : 1),
  };
}
