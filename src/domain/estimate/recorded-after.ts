import { badOf } from './change-point.ts';
import { allowedShare } from './estimate-onset.ts';
import { noRows, rowAt, rowCount, rowsAfter, withRows, type CountRows } from '../reading/count-rows.ts';
import type { Target } from '../service/service.ts';

/**
 * Recorded windows as steps after an instant. The one that reaches over it goes on from there if it is within the target;
 * otherwise nobody can tell which of its bad events were before, and it is left out.
 */
export function recordedAfter(rows: CountRows, after: number, target: Target): CountRows {
  const later = rowsAfter(rows, after);
  const [first, ...others] = Array.from({ length: rowCount(later) }, (_, index) => rowAt(later, index));
  if (first === undefined || first.from >= after) return later;
  const { from, to, good, total } = first;
  const share = (to - after) / (to - from);
  const isWithin = badOf(first) <= allowedShare(target) * total;
  const kept = isWithin ? [{ ...first, from: after, good: good * share, total: total * share }, ...others] : others;
  return withRows(noRows, kept, -Infinity);
}
