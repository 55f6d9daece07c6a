import { badOf, badShare, findRise, isSignificant } from './change-point.ts';
import { rowAt, rowCount, type CountRows } from './count-rows.ts';
import type { Onset } from './onset.ts';
import type { Target } from './service.ts';
import type { GaugeValue } from './signal-ledger.ts';

/** Rounds in which the share of bad events after the onset is estimated anew from the onset found. */
const refinements = 4;

/** Estimates when the share of bad events left what the target allows, given that a rule was true at `detectedAt`. */
export function onsetOfCounts(
  rows: CountRows,
  target: Target,
  detectedAt: number,
  intervalMs: number,
): Onset | undefined {
  const allowed = allowedShare(target);
  const detection = lastIndexAt(rows, detectedAt);
  if (detection < 0) return undefined;
  const change = settleRise(rows, detection, allowed);
  if (change === undefined) return undefined;
  let index = change.index;
  // A ramp leaves the bound before it looks like the plateau: follow the unbroken breach back to its start.
  while (index > 0 && isSignificant(rowAt(rows, index - 1), allowed)) index -= 1;
  const signal = target.signal;
  const first = rowAt(rows, index);
  if (index === 0) {
    return { at: first.from, earliest: first.from, latest: first.sampleAt, method: 'history-limit', signal };
  }
  const before = rowAt(rows, index - 1);
  const earliestIndex = Math.min(index, change.earliestIndex);
  const earliest =
    earliestIndex === 0 ? rowAt(rows, 0).from : earliestIn(rows, earliestIndex, change.after, intervalMs);
  const latest = index === change.index ? rowAt(rows, change.latestIndex).sampleAt : first.sampleAt;
  if (index < change.index - 1) {
    return { at: (before.sampleAt + first.sampleAt) / 2, earliest, latest, method: 'contiguous-breach', signal };
  }
  // The events beyond the allowed share in the two steps around the change, at the share seen since, took this long.
  const after = rowAt(rows, change.index);
  const around = rowAt(rows, change.index - 1);
  const begun = change.index > 1 ? rowAt(rows, change.index - 2).sampleAt : around.from;
  const excess = Math.max(0, badOf(around) - allowed * around.total) + badOf(after);
  const possible = change.after * (around.total + after.total);
  const at = after.sampleAt - (possible > 0 ? excess / possible : 0) * (after.sampleAt - begun);
  return { at: Math.min(latest, Math.max(earliest, at)), earliest, latest, method: 'change-point', signal };
}

/** The change may lie in the end of the step before, as far as that step's few bad events (and two by chance) reach. */
function earliestIn(rows: CountRows, index: number, after: number, intervalMs: number): number {
  const edge = sampleBefore(rows, index, intervalMs);
  const before = rowAt(rows, index - 1);
  const share = Math.min(1, (badOf(before) + 2) / Math.max(1, after * before.total));
  return edge - share * (before.to - before.from);
}

function settleRise(rows: CountRows, detection: number, allowed: number) {
  let after = 0;
  for (let at = Math.max(0, detection - 2); at <= detection; at += 1) {
    const row = rowAt(rows, at);
    if (row.total > 0) after = Math.max(after, badOf(row) / row.total);
  }
  if (after <= allowed) return undefined;
  let change = findRise(rows, { first: 0, last: detection }, allowed, after);
  for (let round = 0; round < refinements && change !== undefined; round += 1) {
    const plateau = plateauShare(rows, change.index, detection, after);
    const next = findRise(rows, { first: 0, last: detection }, allowed, plateau);
    if (next === undefined) return { ...change, after: plateau };
    const settled = next.index === change.index && Math.abs(next.after - change.after) < 1e-9;
    change = next;
    after = plateau;
    if (settled) break;
  }
  return change;
}

/** Share of bad events from the step after the change on, for as long as it stays in that half. */
function plateauShare(rows: CountRows, index: number, detection: number, share: number): number {
  let last = Math.max(index, detection);
  while (last + 1 < rowCount(rows)) {
    const row = rowAt(rows, last + 1);
    if (row.total === 0 || badOf(row) / row.total < share / 2) break;
    last += 1;
  }
  // The first step may hold the change itself; it speaks for the plateau only when it is alone,
  // and then the change lies, on average, in its middle.
  if (last > index) return badShare(rows, { first: index + 1, last });
  return Math.min(1, 2 * badShare(rows, { first: index, last: index }));
}

function sampleBefore(rows: CountRows, index: number, intervalMs: number): number {
  // Where targets are scraped at different instants, a step holds events since each one's own last scrape.
  return Math.min(rowAt(rows, index - 1).sampleAt, rowAt(rows, index).sampleAt - intervalMs);
}

export function allowedShare(target: Target): number {
  return target.bound === 'atLeast' ? 1 - target.value : target.value;
}

export function lastIndexAt(rows: CountRows, at: number): number {
  let index = rowCount(rows) - 1;
  while (index >= 0 && rowAt(rows, index).to > at) index -= 1;
  return index;
}

/** Estimates when a gauge crossed its bound for the last time before `detectedAt`. */
export function onsetOfGauge(
  values: readonly GaugeValue[],
  target: Target,
  detectedAt: number,
  smearMs: number,
): Onset | undefined {
  const beyond = (value: number): boolean => (target.bound === 'atMost' ? value > target.value : value < target.value);
  let last = values.length - 1;
  while (last >= 0 && (values[last]?.at ?? 0) > detectedAt) last -= 1;
  let index = last;
  while (index >= 0 && beyond(values[index]?.value ?? NaN)) index -= 1;
  const { signal } = target;
  const inside = values[index];
  const outside = values[index + 1];
  if (index === last || outside === undefined) return undefined;
  if (inside === undefined) {
    return { at: outside.at, earliest: outside.at, latest: outside.at, method: 'history-limit', signal };
  }
  const crossing =
    inside.at + ((target.value - inside.value) / (outside.value - inside.value)) * (outside.at - inside.at);
  // A rate over a window climbs to its plateau only as the window fills: the truth began that share of the window earlier.
  const plateau = extreme(values.slice(index + 1), target.bound);
  const climbed = plateau === inside.value ? 0 : (target.value - inside.value) / (plateau - inside.value);
  const lag = smearMs * Math.min(1, Math.max(0, climbed));
  return {
    at: crossing - lag,
    earliest: inside.at - smearMs,
    latest: outside.at,
    method: smearMs > 0 ? 'change-point' : 'contiguous-breach',
    signal,
  };
}

function extreme(values: readonly GaugeValue[], bound: Target['bound']): number {
  const numbers = values.map((value) => value.value);
  return bound === 'atMost' ? Math.max(...numbers) : Math.min(...numbers);
}
