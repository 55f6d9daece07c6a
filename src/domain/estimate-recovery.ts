import { badOf, badShare, findFall, isSignificant } from './change-point.ts';
import { rowAt, rowCount, type CountRows } from './count-rows.ts';
import { allowedShare, lastIndexAt } from './estimate-onset.ts';
import type { TimeEstimate } from './onset.ts';
import type { Target } from './service.ts';
import type { GaugeValue } from './signal-ledger.ts';

/**
 * Estimates when the share of bad events came back to what the target allows. A windowed target only holds once
 * the bad steps have left its window, so the truth lies before `heldSince`: in the last step that was bad.
 */
export function recoveryOfCounts(
  rows: CountRows,
  target: Target,
  onsetAt: number,
  heldSince: number,
): TimeEstimate | undefined {
  const allowed = allowedShare(target);
  const first = Math.max(0, lastIndexAt(rows, onsetAt));
  const last = rowCount(rows) - 1;
  const held = lastIndexAt(rows, heldSince);
  if (last <= first || held < first) return undefined;
  const change = settleFall(rows, first, held, last, allowed);
  if (change === undefined) return undefined;
  let index = change.index;
  for (let at = index; at <= held; at += 1) if (isSignificant(rowAt(rows, at), allowed)) index = at + 1;
  if (index === first || index > last) return undefined;
  const good = rowAt(rows, index);
  const bad = rowAt(rows, index - 1);
  const start = index > 1 ? rowAt(rows, index - 2).sampleAt : bad.from;
  // How long the events of the two steps around the change stayed bad, at the share seen before.
  const possible = change.before * (bad.total + good.total);
  const share = possible > 0 ? Math.min(1, (badOf(bad) + badOf(good)) / possible) : 1;
  const at = start + share * (good.sampleAt - start);
  return { at: Math.min(heldSince, at), earliest: start, latest: Math.min(heldSince, good.sampleAt) };
}

function settleFall(rows: CountRows, first: number, held: number, last: number, allowed: number) {
  let before = badShare(rows, { first, last: held });
  if (!(before > allowed)) return undefined;
  let change = findFall(rows, { first, last }, allowed, before);
  for (let round = 0; round < 4 && change !== undefined; round += 1) {
    const next = badShare(rows, { first: first + 1, last: change.index - 2 });
    if (!(next > allowed)) break;
    before = next;
    change = findFall(rows, { first, last }, allowed, before) ?? change;
  }
  return change === undefined ? undefined : { ...change, before };
}

/** Estimates when a gauge came back inside its bound for good. */
export function recoveryOfGauge(
  values: readonly GaugeValue[],
  target: Target,
  heldSince: number,
): TimeEstimate | undefined {
  const beyond = (value: number): boolean => (target.bound === 'atMost' ? value > target.value : value < target.value);
  let index = values.length - 1;
  while (index >= 0 && ((values[index]?.at ?? 0) > heldSince || !beyond(values[index]?.value ?? NaN))) index -= 1;
  const outside = values[index];
  const inside = values[index + 1];
  if (outside === undefined || inside === undefined) return undefined;
  const share = (target.value - outside.value) / (inside.value - outside.value);
  const at = outside.at + Math.min(1, Math.max(0, share)) * (inside.at - outside.at);
  return { at: Math.min(at, heldSince), earliest: outside.at, latest: Math.min(inside.at, heldSince) };
}
