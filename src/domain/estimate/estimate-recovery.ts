import { countOf, evidenceFor, lastIndexAt, mirrored, slicesOf, type Slice } from './change-point.ts';
import { rowCount, type CountRows } from '../reading/count-rows.ts';
import { allowedShare, beyondOf } from './estimate-onset.ts';
import { locateBreach } from './locate-breach.ts';
import type { TimeEstimate } from './onset.ts';
import type { Target } from '../service/service.ts';
import type { GaugeValue } from '../reading/group-ledger.ts';

/** Counts must speak this clearly (e to this power) for a stretch to have been bad. */
const clear = 5;

/**
 * Estimates when the share of bad events came back to what the target allows. A windowed target only holds once
 * the bad steps have left its window, so the truth lies before `heldSince`: at the end of the last stretch that was bad.
 * It is the onset of that stretch with time running backwards.
 */
export function recoveryOfCounts(
  rows: CountRows,
  target: Target,
  onsetAt: number,
  heldSince: number,
  intervalMs: number,
): TimeEstimate | undefined {
  const allowed = allowedShare(target);
  const first = Math.max(0, lastIndexAt(rows, onsetAt));
  const slices = slicesOf(rows, { first, last: rowCount(rows) - 1 }, intervalMs);
  const held = slices.findLastIndex((slice) => slice.to <= heldSince);
  const anchor = lastBad(slices, held, allowed);
  if (anchor === undefined) return undefined;
  const backwards = mirrored(slices);
  const breach = locateBreach(backwards, backwards.length - 1 - anchor, allowed, 0);
  if (breach === undefined || breach.index === 0) return undefined;
  const earliest = slices.findLast((slice) => slice.from <= -breach.latest)?.from ?? onsetAt;
  const latest = slices.find((slice) => slice.to >= -breach.earliest)?.to ?? heldSince;
  const within = (at: number): number => Math.min(heldSince, at);
  return { at: within(-breach.at), earliest: within(earliest), latest: within(latest) };
}

/** Looking back, the slice with which the counts come to speak clearly for the share of the whole breach. */
function lastBad(slices: readonly Slice[], held: number, allowed: number): number | undefined {
  const { bad, total } = countOf(slices, { first: 0, last: held });
  if (total === 0 || bad <= allowed * total) return undefined;
  let evidence = 0;
  for (let index = held; index >= 0; index -= 1) {
    const slice = slices[index];
    if (slice === undefined) continue;
    evidence = Math.max(0, evidence - evidenceFor(allowed, bad / total, slice.bad, slice.total));
    if (evidence >= clear) return index;
  }
  return undefined;
}

/** Estimates when a gauge came back inside its bound for good. */
export function recoveryOfGauge(
  values: readonly GaugeValue[],
  target: Target,
  heldSince: number,
  smearMs: number,
): TimeEstimate | undefined {
  const known = values.filter(({ value }) => Number.isFinite(value));
  const beyond = beyondOf(target);
  const index = known.findLastIndex((value) => value.at <= heldSince && beyond(value));
  const outside = known[index];
  const inside = known[index + 1];
  if (outside === undefined || inside === undefined) return undefined;
  const share = (target.value - outside.value) / (inside.value - outside.value);
  const at = outside.at + Math.min(1, Math.max(0, share)) * (inside.at - outside.at);
  return {
    at: Math.min(at, heldSince),
    earliest: outside.at - smearMs,
    latest: Math.min(inside.at, heldSince),
  };
}
