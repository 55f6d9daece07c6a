import type { Onset } from '../estimate/onset.ts';
import { countWindow, rowAt, rowCount, type CountRows } from '../reading/count-rows.ts';
import { worseByChance, type ShareCount } from './compare-shares.ts';
import type { SignalShift } from './suspect.ts';

/** Fewer events than these on either side tell nothing by themselves. */
const leastEvents = 30;
/** A difference that is likelier than this is taken for chance. */
const chance = 0.01;

/** What is known of the signal that an incident began with. Times ms on the source's clock. */
export interface SeenSignal {
  readonly onset: Onset;
  /** Steps of a counting signal; undefined for a gauge, or when nothing is remembered. */
  readonly rows?: CountRows;
  /**
   * By when service had been back for sure before a relapse: what was counted before that tells nothing of its usual level.
   */
  readonly backBy?: number;
  /** When service was back; absent while it is not. */
  readonly recoveredAt?: number;
}

/**
 * What the signal did at an onset, seen from a change that began at `startedAt`: its share of bad events after the onset
 * against that before the change, or before the onset where the counts reach no further back. Undefined where enough
 * was counted and nothing shifted. Where too little was, the onset itself tells, if it was seen: there the signal left
 * its bound.
 */
export function shiftAt(
  { onset, rows, backBy = -Infinity, recoveredAt = Infinity }: SeenSignal,
  startedAt: number,
): SignalShift | undefined {
  if (onset.signal === undefined) return { verdict: 'unknown' };
  const counted = rows === undefined ? undefined : countedShift(rows, { onset, backBy, recoveredAt }, startedAt);
  if (counted !== undefined) return counted.p <= chance ? { verdict: 'shifted', ...counted } : undefined;
  const isSeen = onset.method === 'change-point' || onset.method === 'contiguous-breach';
  return isSeen ? { verdict: 'shifted', against: 'bound' } : { verdict: 'unknown' };
}

function countedShift(
  rows: CountRows,
  { onset, backBy, recoveredAt }: Required<Omit<SeenSignal, 'rows'>>,
  startedAt: number,
) {
  if (rowCount(rows) === 0) return undefined;
  const end = rowAt(rows, rowCount(rows) - 1).to;
  const after = countedIn(rows, onset.at, Math.min(end, recoveredAt));
  if (after.total < leastEvents) return undefined;
  for (const [against, to] of [
    ['change', Math.min(startedAt, onset.earliest)],
    ['onset', onset.earliest],
  ] as const) {
    const before = countedWithin(rows, backBy, to);
    if (before.total >= leastEvents) return { against, before, after, p: worseByChance(before, after) };
  }
  return undefined;
}

/** Of whole steps only: what is bad in one that lies across an end may all lie on the other side of it. */
function countedWithin(rows: CountRows, from: number, to: number): ShareCount {
  let bad = 0;
  let all = 0;
  for (let index = 0; index < rowCount(rows); index += 1) {
    const row = rowAt(rows, index);
    // Its events came between its sample and the one before.
    const begins = index > 0 ? Math.min(row.from, rowAt(rows, index - 1).sampleAt) : row.from;
    if (begins < from) continue;
    if (Math.max(row.to, row.sampleAt) > to) break;
    bad += Math.max(0, row.total - row.good);
    all += row.total;
  }
  return { bad, total: all };
}

function countedIn(rows: CountRows, from: number, to: number): ShareCount {
  if (to <= from) return { bad: 0, total: 0 };
  const { good, total } = countWindow(rows, from, to);
  return { bad: Math.max(0, total - good), total };
}
