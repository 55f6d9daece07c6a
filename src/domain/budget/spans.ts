import type { Interval } from '../interval.ts';

/**
 * Stretches of time that do not touch, oldest first, as from, to, from, to, … ms. Changed in place: a ledger that is fed
 * without a gap has one, and adding to its end is cheap.
 */
export type Spans = number[];

/** More than these stretches are not remembered: the shortest gap closes first. Only gaps every few minutes for days come to so many. */
const mostSpans = 2_000;

export function addSpan(spans: Spans, from: number, to: number): void {
  if (to <= from) return;
  const first = indexAfter(spans, from, 'touching');
  let last = first;
  let start = from;
  let end = to;
  while (last < spans.length && at(spans, last) <= to) {
    start = Math.min(start, at(spans, last));
    end = Math.max(end, at(spans, last + 1));
    last += 2;
  }
  if (last - first === 2) {
    spans[first] = start;
    spans[first + 1] = end;
  } else spans.splice(first, last - first, start, end);
  if (spans.length > 2 * mostSpans) closeShortestGap(spans);
}

export function removeSpan(spans: Spans, from: number, to: number): void {
  if (to <= from) return;
  const first = indexAfter(spans, from, 'inside');
  const kept: number[] = [];
  let last = first;
  while (last < spans.length && at(spans, last) < to) {
    if (at(spans, last) < from) kept.push(at(spans, last), from);
    if (at(spans, last + 1) > to) kept.push(to, at(spans, last + 1));
    last += 2;
  }
  spans.splice(first, last - first, ...kept);
}

/** How much of an interval the stretches cover, ms. */
export function coveredMs(spans: Spans, from: number, to: number): number {
  let covered = 0;
  for (let index = indexAfter(spans, from, 'inside'); index < spans.length && at(spans, index) < to; index += 2)
    covered += Math.min(at(spans, index + 1), to) - Math.max(at(spans, index), from);
  return covered;
}

/** What of an interval the stretches leave open, oldest first. */
export function gapsIn(spans: Spans, from: number, to: number): Interval[] {
  const gaps: Interval[] = [];
  let open = from;
  for (let index = indexAfter(spans, from, 'inside'); index < spans.length && at(spans, index) < to; index += 2) {
    if (at(spans, index) > open) gaps.push({ from: open, to: at(spans, index) });
    open = at(spans, index + 1);
  }
  if (open < to) gaps.push({ from: open, to });
  return gaps;
}

/** Where the last stretch ends; -Infinity when there is none. */
export function endOf(spans: Spans): number {
  return spans.at(-1) ?? -Infinity;
}

/** The first stretch that ends after `from`, or at it when touching counts. */
function indexAfter(spans: Spans, from: number, edge: 'touching' | 'inside'): number {
  let low = 0;
  let high = spans.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const end = at(spans, 2 * middle + 1);
    if (edge === 'touching' ? end >= from : end > from) high = middle;
    else low = middle + 1;
  }
  return 2 * low;
}

function closeShortestGap(spans: Spans): void {
  let shortest = 2;
  for (let index = 2; index < spans.length; index += 2)
    if (at(spans, index) - at(spans, index - 1) < at(spans, shortest) - at(spans, shortest - 1)) shortest = index;
  spans.splice(shortest - 1, 2);
}

function at(spans: Spans, index: number): number {
  // Indices are within the list: a hole here would be a bug, and NaN makes it loud.
  return spans[index] ?? NaN;
}
