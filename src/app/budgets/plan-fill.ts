import type { Interval } from '../../domain/interval.ts';
import type { PastPart } from '../past/past-reader.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How finely the past is read by its age, as ledgers keep it: the newest hour as it was scraped, three days by the minute. */
const finest = { untilMs: hourMs, stepMs: minuteMs };
const fine = { untilMs: 3 * dayMs, stepMs: minuteMs };
const coarseStepMs = 5 * minuteMs;

export interface FillShape {
  readonly now: number;
  /** Time between two samples, ms. */
  readonly intervalMs: number;
  /** Lengths of the slices that are counted: a step that spans several would blur them, ms. */
  readonly slices: readonly number[];
  /** Points to read in one go at most. */
  readonly points: number;
}

/**
 * The next part of some gaps (oldest first) to read: the newest one first, in steps on a fixed grid, so that what several
 * budgets lack is the same part, and a source's cache knows it. What lies off the grid at the ends is a part of one step.
 */
export function planFill(gaps: readonly Interval[], shape: FillShape): PastPart | undefined {
  const gap = gaps.at(-1);
  if (gap === undefined) return undefined;
  const { from: floor, stepMs } = tierAt(gap.to, shape);
  const from = Math.max(gap.from, floor);
  const gridTo = Math.floor(gap.to / stepMs) * stepMs;
  if (gridTo < gap.to) {
    const begin = Math.max(from, gridTo);
    return { from: begin, to: gap.to, stepMs: gap.to - begin };
  }
  const gridFrom = Math.ceil(from / stepMs) * stepMs;
  if (gridFrom >= gap.to) return { from, to: gap.to, stepMs: gap.to - from };
  return { from: Math.max(gridFrom, gap.to - shape.points * stepMs), to: gap.to, stepMs };
}

/** Steps for what lies just before an instant, and how far back they are right. */
export function tierAt(
  to: number,
  { now, intervalMs, slices }: Omit<FillShape, 'points'>,
): { readonly from: number; readonly stepMs: number } {
  for (const tier of [finest, fine]) {
    const from = Math.floor((now - tier.untilMs) / hourMs) * hourMs;
    if (to <= from) continue;
    const stepMs = tier === finest ? Math.min(tier.stepMs, intervalMs) : tier.stepMs;
    return { from, stepMs: fitted(Math.max(stepMs, Math.min(intervalMs, coarseStepMs)), slices) };
  }
  return { from: -Infinity, stepMs: fitted(coarseStepMs, slices) };
}

/** The longest step up to `stepMs` that every slice is a multiple of. */
function fitted(stepMs: number, slices: readonly number[]): number {
  if (slices.length === 0) return stepMs;
  const common = slices.reduce(greatestCommon);
  for (let parts = Math.ceil(common / stepMs); parts <= 3_600; parts += 1)
    if (common % parts === 0) return common / parts;
  return common;
}

function greatestCommon(a: number, b: number): number {
  return b === 0 ? a : greatestCommon(b, a % b);
}
