import type { Interval } from '../interval.ts';
import type { SignalLedger } from './signal-ledger.ts';
import { lookbackMs, type Timing } from './timing.ts';

/** A series may be sampled a little sooner than its interval says; before this part of it nothing new is expected. */
const soonestNextSample = 0.75;

/**
 * The steps to read at `now`: the one since the last new sample, and before it those that were not settled when they were
 * last read: late samples may have landed since. None may once every series has shown a sample so new that its next one
 * is due after the step's end: most polls of a service that is scraped all at once read one step only.
 */
export function stepsToRead(ledger: SignalLedger | undefined, now: number, timing: Timing): readonly Interval[] {
  const ends = ledger?.boundaries ?? [];
  const settled = settledTo(ledger, timing);
  const unsettled = ends.findIndex((end) => end > settled);
  const first = unsettled < 0 ? ends.length - 1 : Math.max(0, unsettled - 1);
  const open = ends.slice(Math.max(0, first));
  const edges = [...(open.length === 0 ? [now - timing.intervalMs] : open), now];
  const longest = Math.max(lookbackMs, 2 * timing.intervalMs);
  // A step that is read again must begin where it began before, or what it counts would be there twice.
  return edges.slice(1).map((to, index) => ({ from: Math.max(edges[index] ?? to, to - longest), to }));
}

/** Up to when the last read saw all that was to land, ms. */
function settledTo(ledger: SignalLedger | undefined, { settleMs, intervalMs }: Timing): number {
  const { readAt = -Infinity, oldestSampleAt = -Infinity, lostSightAt = -Infinity } = ledger ?? {};
  const waitedTo = readAt - settleMs;
  // A series that has just gone out of sight may have a sample on its way, and does not count among the oldest.
  return lostSightAt > waitedTo ? waitedTo : Math.max(waitedTo, oldestSampleAt + soonestNextSample * intervalMs);
}
