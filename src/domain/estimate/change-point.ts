import { rowAt, rowCount, type CountRow, type CountRows } from '../reading/count-rows.ts';
import type { Interval } from '../interval.ts';

/** Events that happened evenly spread after `from` up to `to`, ms, and how many of them were bad. */
export interface Slice {
  readonly from: number;
  readonly to: number;
  readonly bad: number;
  readonly total: number;
}

/** A span of indices, both ends inclusive. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** A moment at which the share of bad events rose, as the counts tell it. */
export interface Rise {
  readonly at: number;
  /** The truth lies between these with a chance of 98 %, if the share made one step. */
  readonly earliest: number;
  readonly latest: number;
  /** How many times likelier the counts are with the rise than without it, as a natural logarithm. */
  readonly evidence: number;
}

/** A share of exactly 0 or 1 would make one stray event infinitely unlikely. */
const leastShare = 1e-6;

/** Into how many cells each slice is divided, how often at most likely ones are divided again, and into how many. */
const cellsPerSlice = 12;
const closerLooks = 5;
const closer = 4;

/** Moments that are less likely than the best by more than this factor (e to this power) carry no weight. */
const negligible = 9;

const tail = 0.01;

/**
 * The steps of a span as slices of time. A sample counts the events since the one before it; where targets are scraped
 * at different instants, a step holds events since each one's own last scrape, so its slice reaches back an interval.
 */
export function slicesOf(rows: CountRows, span: Span, intervalMs: number): readonly Slice[] {
  const slices: Slice[] = [];
  for (let index = span.first; index <= span.last; index += 1) {
    const row = rowAt(rows, index);
    const before = index > 0 ? rowAt(rows, index - 1).sampleAt : row.from;
    const from = Math.min(before, row.sampleAt - intervalMs);
    slices.push({
      from,
      to: Math.max(row.sampleAt, from + 1),
      bad: badOf(row),
      total: Math.max(row.total, badOf(row)),
    });
  }
  return slices;
}

/** The same slices with time running backwards, so that a fall becomes a rise. */
export function mirrored(slices: readonly Slice[]): readonly Slice[] {
  return slices.toReversed().map((slice) => ({ ...slice, from: -slice.to, to: -slice.from }));
}

/**
 * Finds when the share of bad events rose from `before` to `after` for good: every moment is weighed by how likely
 * the counts are if the share changed just then, inside a step too, and the median of these weights is the estimate.
 */
export function locateRise(slices: readonly Slice[], before: number, after: number): Rise | undefined {
  const low = clampShare(before);
  const high = clampShare(after);
  if (slices.length === 0 || high <= low) return undefined;
  const atEdges = suffixSums(slices, low, high);
  const best = Math.max(...atEdges.slice(0, -1));
  const near = atEdges.flatMap((gain, index) => (gain >= best - negligible ? [index] : []));
  const first = Math.max(0, (near[0] ?? 0) - 2);
  const last = Math.min(slices.length - 1, (near.at(-1) ?? 0) + 2);
  const cells = weigh(cellsOf(slices, { first, last }), slices, atEdges, low, high);
  const evidence = Math.max(...cells.map(({ gain }) => gain));
  const weights = cells.map(({ from, to, gain }) => (to - from) * Math.exp(gain - evidence));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const quantile = (share: number): number => {
    let left = share * sum;
    for (const [index, { from, to }] of cells.entries()) {
      const weight = weights[index] ?? 0;
      if (left <= weight) return from + (left / Math.max(weight, Number.MIN_VALUE)) * (to - from);
      left -= weight;
    }
    return cells.at(-1)?.to ?? NaN;
  };
  return { at: quantile(0.5), earliest: quantile(tail), latest: quantile(1 - tail), evidence };
}

/** A stretch of moments, and how likely the change is in its middle. */
interface Cell extends Interval {
  readonly gain: number;
}

function cellsOf(slices: readonly Slice[], span: Span): readonly Interval[] {
  const cells: Interval[] = [];
  for (let index = span.first; index <= span.last; index += 1) {
    const slice = slices[index];
    if (slice === undefined) continue;
    // Slices may overlap: each adds only what those before it have not covered.
    const from = index > span.first ? Math.max(slice.from, slices[index - 1]?.to ?? slice.from) : slice.from;
    cells.push(...split({ from, to: slice.to }, cellsPerSlice));
  }
  return cells;
}

function split({ from, to }: Interval, parts: number): readonly Interval[] {
  const ms = (to - from) / parts;
  return Array.from({ length: parts }, (_, part) => ({ from: from + part * ms, to: from + (part + 1) * ms }));
}

/** Where the counts are so telling that the likely moments all fall into a few cells, these are looked at more closely. */
function weigh(
  start: readonly Interval[],
  slices: readonly Slice[],
  suffix: readonly number[],
  low: number,
  high: number,
): readonly Cell[] {
  let cells: readonly Cell[] = [];
  let next = start;
  for (let round = 0; round < closerLooks; round += 1) {
    let open = 0;
    cells = next.map(({ from, to }) => {
      const at = (from + to) / 2;
      while ((slices[open]?.to ?? Infinity) <= at) open += 1;
      return { from, to, gain: gainAt(slices, suffix, at, open, low, high) };
    });
    const best = Math.max(...cells.map(({ gain }) => gain));
    const isNear = cells.map(({ gain }) => gain >= best - negligible);
    const close = isNear.map((near, index) => near || isNear[index - 1] === true || isNear[index + 1] === true);
    if (close.filter(Boolean).length > cellsPerSlice) break;
    next = cells.flatMap((cell, index) => (close[index] === true ? split(cell, closer) : [cell]));
  }
  return cells;
}

/** For each slice: how much likelier the counts from it on are at the high share than at the low one. */
function suffixSums(slices: readonly Slice[], low: number, high: number): readonly number[] {
  const sums = Array.from({ length: slices.length + 1 }, () => 0);
  for (let index = slices.length - 1; index >= 0; index -= 1) {
    const slice = slices[index];
    sums[index] = (sums[index + 1] ?? 0) + (slice === undefined ? 0 : gainOf(slice, low, high));
  }
  return sums;
}

function gainAt(
  slices: readonly Slice[],
  suffix: readonly number[],
  at: number,
  open: number,
  low: number,
  high: number,
): number {
  let gain = 0;
  let index = open;
  for (; index < slices.length; index += 1) {
    const slice = slices[index];
    if (slice === undefined || slice.from >= at) break;
    const after = (slice.to - at) / (slice.to - slice.from);
    gain += gainOf(slice, low, low + (high - low) * after);
  }
  return gain + (suffix[index] ?? 0);
}

function gainOf({ bad, total }: Slice, low: number, share: number): number {
  return bad * Math.log(share / low) + (total - bad) * Math.log((1 - share) / (1 - low));
}

/** How much likelier a stretch's counts are at their own share than at `share`, as a natural logarithm; 0 when it is not higher. */
export function evidenceBeyond(bad: number, total: number, share: number): number {
  if (total <= 0 || bad <= share * total) return 0;
  const own = clampShare(bad / total);
  const low = clampShare(share);
  return bad * Math.log(own / low) + (total - bad) * Math.log((1 - own) / (1 - low));
}

/** How much the counts of a stretch speak for `low` rather than `high`, as a natural logarithm; negative when against. */
export function evidenceFor(low: number, high: number, bad: number, total: number): number {
  return -gainOf({ from: 0, to: 0, bad, total }, clampShare(low), clampShare(high));
}

/** The suffix up to `last` whose own share speaks most against `share`. */
export function strongestSuffix(
  slices: readonly Slice[],
  last: number,
  share: number,
): { readonly first: number; readonly evidence: number } {
  let bad = 0;
  let total = 0;
  let strongest = { first: last, evidence: 0 };
  for (let index = last; index >= 0; index -= 1) {
    bad += slices[index]?.bad ?? 0;
    total += slices[index]?.total ?? 0;
    const evidence = evidenceBeyond(bad, total, share);
    if (evidence > strongest.evidence) strongest = { first: index, evidence };
  }
  return strongest;
}

export function badOf(row: CountRow): number {
  return Math.max(0, row.total - row.good);
}

/** Bad and all events of slices. */
export function countOf(slices: readonly Slice[], span: Span): { readonly bad: number; readonly total: number } {
  let bad = 0;
  let total = 0;
  for (let index = Math.max(0, span.first); index <= span.last; index += 1) {
    bad += slices[index]?.bad ?? 0;
    total += slices[index]?.total ?? 0;
  }
  return { bad, total };
}

/** The newest step whose sample was there at `at`. Its end may be later: history read after a restart has other ends than live polls had. */
export function lastIndexAt(rows: CountRows, at: number): number {
  let index = rowCount(rows) - 1;
  while (index >= 0 && rowAt(rows, index).sampleAt > at) index -= 1;
  return index;
}

function clampShare(share: number): number {
  return Math.min(1 - leastShare, Math.max(leastShare, share));
}
