import { badOf } from '../estimate/change-point.ts';
import { rowAt, rowCount, type CountRows } from '../reading/count-rows.ts';
import { allowedShare } from '../estimate/estimate-onset.ts';
import type { Impact } from './impact.ts';
import type { TimeEstimate } from '../estimate/onset.ts';
import type { Target } from '../service/service.ts';

/**
 * Sums what one counting signal lost between onset and recovery: bad events beyond the allowed share, and the worst step.
 * Where either end is uncertain, the steps in which it may lie are looked through too: outside the incident they hold
 * next to nothing, while one that is left out may hold a good part of it.
 */
export function impactOf(rows: CountRows, target: Target, onset: TimeEstimate, recovery: TimeEstimate): Impact {
  const allowed = allowedShare(target);
  let bad = 0;
  let allowedBad = 0;
  let total = 0;
  let peakBadRatio = 0;
  for (let index = 0; index < rowCount(rows); index += 1) {
    const row = rowAt(rows, index);
    const from = index > 0 ? rowAt(rows, index - 1).sampleAt : row.from;
    if (row.sampleAt <= onset.earliest || from >= recovery.latest) continue;
    const length = Math.max(1, row.sampleAt - from);
    const inside = Math.min(row.sampleAt, recovery.at) - Math.max(from, onset.at);
    const events = row.total * Math.min(1, Math.max(0, inside / length));
    bad += badOf(row);
    total += events;
    allowedBad += allowed * events;
    if (row.total > 0) peakBadRatio = Math.max(peakBadRatio, badOf(row) / row.total);
  }
  return { badEvents: Math.max(0, bad - allowedBad), totalEvents: total, peakBadRatio, signal: target.signal };
}

/**
 * The same of the wide steps between recorded windows, of which the ends of an incident cut some: what lies around it there
 * lost at most what is allowed, so that whatever is beyond that is the incident's. Not where an earlier incident was over in
 * it (at `notBefore`, ms): there it is shared out by time.
 */
export function recordedImpact(
  rows: CountRows,
  target: Target,
  onset: TimeEstimate,
  recovery: TimeEstimate,
  notBefore = -Infinity,
): Impact {
  const allowed = allowedShare(target);
  let badEvents = 0;
  let totalEvents = 0;
  let peakBadRatio = 0;
  for (let index = 0; index < rowCount(rows); index += 1) {
    const row = rowAt(rows, index);
    if (row.to <= onset.earliest || row.from >= recovery.latest) continue;
    const inside = Math.max(0, Math.min(row.to, recovery.at) - Math.max(row.from, onset.at));
    const share = Math.min(1, inside / Math.max(1, row.to - row.from));
    const events = row.total * share;
    // Traffic may have been busier than it is on average while it failed.
    const beyond = Math.max(0, badOf(row) - allowed * row.total) * (row.from < notBefore ? share : 1);
    const seen = Math.max(events, beyond);
    badEvents += beyond;
    totalEvents += seen;
    if (seen > 0) peakBadRatio = Math.max(peakBadRatio, Math.min(1, (beyond + allowed * seen) / seen));
  }
  return { badEvents, totalEvents, peakBadRatio, signal: target.signal, about: true };
}
