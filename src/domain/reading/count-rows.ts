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

/**
 * How much of a buffer is written, in numbers. Whoever holds the newest rows of a buffer may write behind them: older
 * rows end before that, so nobody can see it, and a poll need not copy an hour of steps to add one.
 */
const written = new WeakMap<ArrayBuffer, number>();

/** Room for new rows in a buffer made anew, as a share of those it holds. */
const spareShare = 0.25;
const leastSpareRows = 8;

/** The rows without those that end at or before `keepAfter` or reach past the first new one, and the new ones behind. */
export function withRows(rows: CountRows, added: readonly CountRow[], keepAfter: number): CountRows {
  const cut = added[0]?.from ?? Infinity;
  let first = 0;
  while (first < rows.length && cell(rows, first + 1) <= keepAfter) first += width;
  let last = rows.length;
  while (last > first && cell(rows, last - width + 1) > cut) last -= width;
  // Steps that are read again are mostly as they were.
  let known = 0;
  for (let row = added[known]; row !== undefined && isRowAt(rows, last, row); row = added[known]) {
    last += width;
    known += 1;
  }
  const fresh = added.slice(known);
  if (first === 0 && last === rows.length && fresh.length === 0) return rows;
  const place = rows.byteOffset / rows.BYTES_PER_ELEMENT;
  const end = place + last;
  const length = last - first + fresh.length * width;
  const mayExtend = last === rows.length && written.get(rows.buffer) === end;
  if (mayExtend && (place + first + length) * rows.BYTES_PER_ELEMENT <= rows.buffer.byteLength) {
    const extended = new Float64Array(rows.buffer, (place + first) * rows.BYTES_PER_ELEMENT, length);
    write(extended, last - first, fresh);
    return extended;
  }
  const spare = Math.max(leastSpareRows, Math.ceil((length / width) * spareShare)) * width;
  const copy = new Float64Array(length + spare).subarray(0, length);
  copy.set(rows.subarray(first, last));
  write(copy, last - first, fresh);
  return copy;
}

function write(rows: CountRows, from: number, added: readonly CountRow[]): void {
  let at = from;
  for (const row of added) {
    rows[at] = row.from;
    rows[at + 1] = row.to;
    rows[at + 2] = row.sampleAt;
    rows[at + 3] = row.good;
    rows[at + 4] = row.total;
    at += width;
  }
  written.set(rows.buffer, rows.byteOffset / rows.BYTES_PER_ELEMENT + at);
}

function isRowAt(rows: CountRows, at: number, row: CountRow): boolean {
  return (
    rows[at] === row.from &&
    rows[at + 1] === row.to &&
    rows[at + 2] === row.sampleAt &&
    rows[at + 3] === row.good &&
    rows[at + 4] === row.total
  );
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

/** The rows that end after an instant. */
export function rowsAfter(rows: CountRows, after: number): CountRows {
  let first = 0;
  while (first < rows.length && cell(rows, first + 1) <= after) first += width;
  return first === 0 ? rows : rows.subarray(first);
}

export function lastRow(rows: CountRows): CountRow | undefined {
  return rows.length === 0 ? undefined : rowAt(rows, rowCount(rows) - 1);
}

function cell(rows: CountRows, index: number): number {
  // Indices are computed from the length: a hole here would be a bug, and NaN makes it loud.
  return rows[index] ?? NaN;
}
