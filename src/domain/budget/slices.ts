import type { CountedStretch } from './counted-stretch.ts';
import { isImpossible, roundingOf } from './impossible.ts';
import type { BudgetMethod } from './objective.ts';
import { addSpan, coveredMs, type Spans } from './spans.ts';

/** A slice of time that only a part is known of. */
export interface OpenSlice {
  bad: number;
  total: number;
  readonly covered: Spans;
}

type SliceMethod = Exclude<BudgetMethod, { kind: 'occurrences' }>;

/** Slices that stay open at most: one at each edge of what is being filled, and the newest. The oldest is let go, as a gap. */
const mostOpen = 64;
/** A share of good events this little under the target is it. */
const targetRounding = 1e-9;
const wholeMs = 0.5;

/**
 * Shares a stretch out to the slices it lies in, which begin at multiples of their length since the epoch. Returns those
 * that are complete now, each as one event, or none if it had no traffic. A slice that is never wholly known is a gap.
 */
export function addToSlices(
  open: Map<number, OpenSlice>,
  method: SliceMethod,
  stretch: CountedStretch,
): readonly CountedStretch[] {
  const { sliceMs } = method;
  const closed: CountedStretch[] = [];
  for (let start = Math.floor(stretch.from / sliceMs) * sliceMs; start < stretch.to; start += sliceMs) {
    const from = Math.max(start, stretch.from);
    const to = Math.min(start + sliceMs, stretch.to);
    const share = (to - from) / (stretch.to - stretch.from);
    const slice = open.get(start) ?? { bad: 0, total: 0, covered: [] };
    slice.bad += stretch.bad * share;
    slice.total += stretch.total * share;
    addSpan(slice.covered, from, to);
    if (coveredMs(slice.covered, start, start + sliceMs) < sliceMs - wholeMs) open.set(start, slice);
    else {
      open.delete(start);
      closed.push({ from: start, to: start + sliceMs, ...judge(method, slice) });
    }
  }
  while (open.size > mostOpen) open.delete(Math.min(...open.keys()));
  return closed;
}

/** What the open slices know. */
export function openSpans(open: ReadonlyMap<number, OpenSlice>): Spans {
  const spans: Spans = [];
  for (const { covered } of open.values())
    for (let index = 0; index < covered.length; index += 2)
      addSpan(spans, covered[index] ?? NaN, covered[index + 1] ?? NaN);
  return spans;
}

function judge(method: SliceMethod, { bad, total }: OpenSlice): { bad: number; total: number } {
  // Less than nothing bad of nothing: whatever slot it falls in is impossible too.
  if (isImpossible(bad, total)) return { bad: -1, total: 0 };
  if (total <= roundingOf(total)) return { bad: 0, total: 0 };
  const badShare = Math.min(1, Math.max(0, bad / total));
  if (method.kind === 'ratio-timeslices') return { bad: badShare, total: 1 };
  return { bad: 1 - badShare >= method.target - targetRounding ? 0 : 1, total: 1 };
}
