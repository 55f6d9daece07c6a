import type { Interval } from './interval.ts';
import type { SignalLedger } from './signal-ledger.ts';
import { lookbackMs, type Timing } from './timing.ts';

/**
 * The steps to read at `now`: the one since the last new sample, and before it those that ended so recently
 * that late samples may still change them.
 */
export function stepsToRead(ledger: SignalLedger | undefined, now: number, timing: Timing): readonly Interval[] {
  const ends = ledger?.boundaries ?? [];
  const unsettled = ends.findIndex((end) => end > now - timing.settleMs);
  const first = unsettled < 0 ? ends.length - 1 : Math.max(0, unsettled - 1);
  const longest = Math.max(lookbackMs, 2 * timing.intervalMs);
  const open = ends.slice(Math.max(0, first)).map((end) => Math.max(end, now - longest));
  const edges = [...(open.length === 0 ? [now - timing.intervalMs] : open), now];
  return edges.slice(1).map((to, index) => ({ from: edges[index] ?? to, to }));
}
