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
  /** Since when service had been back before a relapse: what was counted before that tells nothing of its usual level. */
  readonly backSince?: number;
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
  { onset, rows, backSince = -Infinity, recoveredAt = Infinity }: SeenSignal,
  startedAt: number,
): SignalShift | undefined {
  if (onset.signal === undefined) return { verdict: 'unknown' };
  const counted = rows === undefined ? undefined : countedShift(rows, { onset, backSince, recoveredAt }, startedAt);
  if (counted !== undefined) return counted.p <= chance ? { verdict: 'shifted', ...counted } : undefined;
  const isSeen = onset.method === 'change-point' || onset.method === 'contiguous-breach';
  return isSeen ? { verdict: 'shifted', against: 'bound' } : { verdict: 'unknown' };
}

function countedShift(
  rows: CountRows,
  { onset, backSince, recoveredAt }: Required<Omit<SeenSignal, 'rows'>>,
  startedAt: number,
) {
  if (rowCount(rows) === 0) return undefined;
  const first = Math.max(rowAt(rows, 0).from, backSince);
  const end = rowAt(rows, rowCount(rows) - 1).to;
  const after = countedIn(rows, onset.at, Math.min(end, recoveredAt));
  if (after.total < leastEvents) return undefined;
  for (const [against, to] of [
    ['change', Math.min(startedAt, onset.earliest)],
    ['onset', onset.earliest],
  ] as const) {
    const before = countedIn(rows, first, to);
    if (before.total >= leastEvents) return { against, before, after, p: worseByChance(before, after) };
  }
  return undefined;
}

function countedIn(rows: CountRows, from: number, to: number): ShareCount {
  if (to <= from) return { bad: 0, total: 0 };
  const { good, total } = countWindow(rows, from, to);
  return { bad: Math.max(0, total - good), total };
}
