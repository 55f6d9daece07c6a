import type { Interval } from './interval.ts';
import type { SignalLedger } from './signal-ledger.ts';
import { lookbackMs, type Timing } from './timing.ts';

/** A series may be sampled a little sooner than its interval says; before this part of it nothing new is expected. */
const soonestNextSample = 0.75;

/**
 * The steps to read at `now`: the one since the last new sample, and before it those that ended so recently
 * that late samples may still change them. None may once every series has shown a sample so new that its next one
 * is due after the step's end: most polls of a service that is scraped all at once read one step only.
 */
export function stepsToRead(ledger: SignalLedger | undefined, now: number, timing: Timing): readonly Interval[] {
  const ends = ledger?.boundaries ?? [];
  const allSeenTo = (ledger?.oldestSampleAt ?? -Infinity) + soonestNextSample * timing.intervalMs;
  const settledTo = Math.max(now - timing.settleMs, allSeenTo);
  const unsettled = ends.findIndex((end) => end > settledTo);
  const first = unsettled < 0 ? ends.length - 1 : Math.max(0, unsettled - 1);
  const longest = Math.max(lookbackMs, 2 * timing.intervalMs);
  const open = ends.slice(Math.max(0, first)).map((end) => Math.max(end, now - longest));
  const edges = [...(open.length === 0 ? [now - timing.intervalMs] : open), now];
  return edges.slice(1).map((to, index) => ({ from: edges[index] ?? to, to }));
}
