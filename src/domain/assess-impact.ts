import { badOf } from './change-point.ts';
import { rowAt, rowCount, type CountRows } from './count-rows.ts';
import { allowedShare } from './estimate-onset.ts';
import type { Impact } from './impact.ts';
import type { Target } from './service.ts';

/** Sums what one counting signal lost between onset and recovery: bad events beyond the allowed share, and the worst step. */
export function impactOf(rows: CountRows, target: Target, onsetAt: number, recoveredAt: number): Impact {
  const allowed = allowedShare(target);
  let bad = 0;
  let total = 0;
  let peakBadRatio = 0;
  for (let index = 0; index < rowCount(rows); index += 1) {
    const row = rowAt(rows, index);
    if (row.sampleAt <= onsetAt || row.from >= recoveredAt) continue;
    bad += badOf(row);
    total += row.total;
    if (row.total > 0) peakBadRatio = Math.max(peakBadRatio, badOf(row) / row.total);
  }
  return { badEvents: Math.max(0, bad - allowed * total), totalEvents: total, peakBadRatio, signal: target.signal };
}

export const noImpact: Impact = { badEvents: 0, totalEvents: 0, peakBadRatio: 0 };
