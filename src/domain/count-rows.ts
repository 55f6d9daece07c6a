import type { Step } from './observation.ts';

/** Numbers a row: from, to, sampleAt, good, total. */
const width = 5;

/** Steps of one group of a counting signal, oldest first, packed so that thousands of them stay cheap. */
export type CountRows = Float64Array<ArrayBuffer>;

/** One step as it was counted. `sampleAt` is the newest sample in it. Times ms on the source's clock. */
export interface CountRow extends Step {
  readonly sampleAt: number;
}

export const noRows: CountRows = new Float64Array(0);

export function rowCount(rows: CountRows): number {
  return rows.length / width;
}

export function rowAt(rows: CountRows, index: number): CountRow {
  const at = index * width;
  return {
    from: cell(rows, at),
    to: cell(rows, at + 1),
    sampleAt: cell(rows, at + 2),
    good: cell(rows, at + 3),
    total: cell(rows, at + 4),
  };
}

/** The rows without those that end at or before `keepAfter` or reach past the first new one, and the new ones behind. */
export function withRows(rows: CountRows, added: readonly CountRow[], keepAfter: number): CountRows {
  const cut = added[0]?.from ?? Infinity;
  let first = 0;
  while (first < rows.length && cell(rows, first + 1) <= keepAfter) first += width;
  let last = rows.length;
  while (last > first && cell(rows, last - width + 1) > cut) last -= width;
  const next = new Float64Array(last - first + added.length * width);
  next.set(rows.subarray(first, last));
  let at = last - first;
  for (const row of added) {
    next[at] = row.from;
    next[at + 1] = row.to;
    next[at + 2] = row.sampleAt;
    next[at + 3] = row.good;
    next[at + 4] = row.total;
    at += width;
  }
  return next;
}

/** Events in a window. A step that the window cuts counts by the share of it that lies inside. */
export interface WindowCount {
  readonly good: number;
  readonly total: number;
  /** Share of the window that steps cover, 0 to 1. */
  readonly coverage: number;
}

export function countWindow(rows: CountRows, from: number, to: number): WindowCount {
  let good = 0;
  let total = 0;
  let covered = 0;
  for (let at = rows.length - width; at >= 0; at -= width) {
    const stepFrom = cell(rows, at);
    const stepTo = cell(rows, at + 1);
    if (stepTo <= from) break;
    const inside = Math.min(stepTo, to) - Math.max(stepFrom, from);
    if (inside <= 0) continue;
    const share = inside / (stepTo - stepFrom);
    good += cell(rows, at + 3) * share;
    total += cell(rows, at + 4) * share;
    covered += inside;
  }
  return { good, total, coverage: to > from ? covered / (to - from) : 0 };
}

export function lastRow(rows: CountRows): CountRow | undefined {
  return rows.length === 0 ? undefined : rowAt(rows, rowCount(rows) - 1);
}

function cell(rows: CountRows, index: number): number {
  // Indices are computed from the length: a hole here would be a bug, and NaN makes it loud.
  return rows[index] ?? NaN;
}
