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

/** A stretch in which service is to have been whole: no worse than the target of the signal that went off after it. Times ms on the source's clock. */
export interface WholeStretch {
  readonly from: number;
  readonly to: number;
  /** For so long it must have been seen to be, ms. */
  readonly leastMs: number;
  /** The share of bad events that the target allows, 0 to 1. */
  readonly allowed: number;
}

/** Whether whole steps without a gap, of enough events, show that service was whole for long enough at the end of a stretch. */
export function wasWhole(rows: CountRows, { from, to, leastMs, allowed }: WholeStretch): boolean {
  if (rowCount(rows) === 0 || rowAt(rows, 0).from > from) return false;
  let [bad, all, since, until] = [0, 0, Infinity, Infinity];
  for (let index = 0; index < rowCount(rows); index += 1) {
    const row = rowAt(rows, index);
    if (beginOf(rows, index) < from) continue;
    if (Math.max(row.to, row.sampleAt) > to) break;
    if (row.from > until) return false;
    bad += Math.max(0, row.total - row.good);
    all += row.total;
    since = Math.min(since, row.from);
    until = row.to;
  }
  return all >= leastEvents && until - since >= leastMs && bad <= allowed * all;
}

/** Of whole steps only: what is bad in one that lies across an end may all lie on the other side of it. */
function countedWithin(rows: CountRows, from: number, to: number): ShareCount {
  let bad = 0;
  let all = 0;
  for (let index = 0; index < rowCount(rows); index += 1) {
    const row = rowAt(rows, index);
    if (beginOf(rows, index) < from) continue;
    if (Math.max(row.to, row.sampleAt) > to) break;
    bad += Math.max(0, row.total - row.good);
    all += row.total;
  }
  return { bad, total: all };
}

/** When the first events of a step can have come: between its sample and the one before. */
function beginOf(rows: CountRows, index: number): number {
  const { from } = rowAt(rows, index);
  return index > 0 ? Math.min(from, rowAt(rows, index - 1).sampleAt) : from;
}

function countedIn(rows: CountRows, from: number, to: number): ShareCount {
  if (to <= from) return { bad: 0, total: 0 };
  const { good, total } = countWindow(rows, from, to);
  return { bad: Math.max(0, total - good), total };
}
