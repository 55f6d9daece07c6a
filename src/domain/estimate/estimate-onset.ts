import { lastIndexAt, slicesOf } from './change-point.ts';
import { rowAt, rowCount, type CountRows } from '../reading/count-rows.ts';
import { locateBreach } from './locate-breach.ts';
import type { Onset } from './onset.ts';
import type { Target } from '../service/service.ts';
import type { GaugeValue } from '../reading/group-ledger.ts';

/**
 * Estimates when the share of bad events left what the target allows, given that a rule was true at `detectedAt`.
 * Undefined when the counts do not speak clearly for a breach.
 */
export function onsetOfCounts(
  rows: CountRows,
  target: Target,
  detectedAt: number,
  intervalMs: number,
): Onset | undefined {
  const detection = lastIndexAt(rows, detectedAt);
  if (detection < 0) return undefined;
  const slices = slicesOf(rows, { first: 0, last: rowCount(rows) - 1 }, intervalMs);
  const breach = locateBreach(slices, detection, allowedShare(target), target.overMs ?? 0);
  if (breach === undefined) return undefined;
  const { signal } = target;
  const first = rowAt(rows, 0);
  if (breach.index === 0) {
    return { at: first.from, earliest: first.from, latest: first.sampleAt, method: 'history-limit', signal };
  }
  // Nothing is known of what happened between two samples but how much: bounds are moments at which a sample was taken.
  const earliest = slices.findLast((slice) => slice.from <= breach.earliest)?.from ?? first.from;
  const latest = slices.find((slice) => slice.to >= breach.latest)?.to ?? breach.latest;
  return {
    at: breach.at,
    earliest,
    latest,
    method: breach.gradual ? 'contiguous-breach' : 'change-point',
    signal,
  };
}

export function allowedShare(target: Target): number {
  return target.bound === 'atLeast' ? 1 - target.value : target.value;
}

/** Estimates when a gauge crossed its bound for the last time before `detectedAt`. */
export function onsetOfGauge(
  values: readonly GaugeValue[],
  target: Target,
  detectedAt: number,
  smearMs: number,
): Onset | undefined {
  const known = values.filter(({ at, value }) => Number.isFinite(value) && at <= detectedAt);
  const beyond = beyondOf(target);
  const newest = known.at(-1);
  if (newest === undefined) return undefined;
  // A window may still be beyond the bound when its newest value is back inside.
  const last = known.findLastIndex(beyond);
  if (last < 0 || newest.at - (known[last]?.at ?? 0) > (target.overMs ?? 0)) return undefined;
  let index = last;
  while (index >= 0 && beyond(known[index])) index -= 1;
  const { signal } = target;
  const inside = known[index];
  const outside = known[index + 1];
  if (outside === undefined) return undefined;
  if (inside === undefined) {
    return { at: outside.at, earliest: outside.at, latest: outside.at, method: 'history-limit', signal };
  }
  const crossing =
    inside.at + ((target.value - inside.value) / (outside.value - inside.value)) * (outside.at - inside.at);
  // A rate over a window climbs only as the window fills: it set out from where it was a window ago, at this slope.
  const level = known.findLast(({ at }) => at <= crossing - smearMs) ?? known[0] ?? inside;
  const slope = (outside.value - inside.value) / (outside.at - inside.at);
  const lag = Math.min(smearMs, Math.max(0, (target.value - level.value) / slope));
  return {
    at: crossing - lag,
    earliest: inside.at - smearMs,
    latest: outside.at,
    method: smearMs > 0 ? 'change-point' : 'contiguous-breach',
    signal,
  };
}

/** Whether a value lies beyond a target's bound. */
export function beyondOf(target: Target): (value: GaugeValue | undefined) => boolean {
  return (each) =>
    each !== undefined && (target.bound === 'atMost' ? each.value > target.value : each.value < target.value);
}
