import { rowAt, rowCount, type CountRow, type CountRows } from './count-rows.ts';

/**
 * A change in the share of bad events, found in steps of counts: the steps are taken for binomial
 * draws, and the change stands where the likelihood of "share p0 before, p1 after" is highest
 * (the cumulative-sum test of Page, 1954, traced back from the present).
 */
export interface ChangePoint {
  /** Index of the first step after the change. */
  readonly index: number;
  /** Steps at which the likelihood is not significantly lower (a 95 % interval by likelihood ratio). */
  readonly earliestIndex: number;
  readonly latestIndex: number;
  /** Share of bad events after the change. */
  readonly after: number;
}

/** Half the 95 % quantile of the chi-squared distribution with one degree of freedom. */
const likelihoodDrop = 1.92;

/** A share of exactly 0 or 1 would make one stray event infinitely unlikely. */
const leastShare = 1e-6;

/** A span of row indices, both ends inclusive. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/**
 * Finds where the share of bad events rose from `p0` to `p1` so that the rise lasts up to the span's last step.
 * Returns undefined when no suffix of the span speaks for the rise.
 */
export function findRise(rows: CountRows, span: Span, p0: number, p1: number): ChangePoint | undefined {
  return findSuffix(rows, span, logOdds(p0, p1), p1);
}

/** Finds where the share fell from `p1` back to `p0`, so that it stays low up to the span's last step. */
export function findFall(rows: CountRows, span: Span, p0: number, p1: number): ChangePoint | undefined {
  return findSuffix(rows, span, logOdds(p1, p0), p0);
}

interface Odds {
  readonly bad: number;
  readonly good: number;
}

function logOdds(from: number, to: number): Odds {
  const p = clampShare(from);
  const q = clampShare(to);
  return { bad: Math.log(q / p), good: Math.log((1 - q) / (1 - p)) };
}

function findSuffix(rows: CountRows, span: Span, odds: Odds, after: number): ChangePoint | undefined {
  const sums: number[] = [];
  let sum = 0;
  let best = -Infinity;
  let index = -1;
  for (let at = span.last; at >= span.first; at -= 1) {
    const row = rowAt(rows, at);
    sum += badOf(row) * odds.bad + (row.total - badOf(row)) * odds.good;
    sums[at] = sum;
    // On a tie the longer stretch wins: a step without traffic belongs to what surrounds it.
    if (sum >= best && row.total > 0) {
      best = sum;
      index = at;
    }
  }
  if (index < 0 || best <= 0) return undefined;
  const near = (at: number): boolean => (sums[at] ?? -Infinity) >= best - likelihoodDrop;
  let earliestIndex = index;
  let latestIndex = index;
  for (let at = span.first; at <= span.last; at += 1) {
    if (!near(at)) continue;
    earliestIndex = Math.min(earliestIndex, at);
    latestIndex = Math.max(latestIndex, at);
  }
  return { index, earliestIndex, latestIndex, after };
}

export function badOf(row: CountRow): number {
  return Math.max(0, row.total - row.good);
}

/** Share of bad events over a span; NaN without traffic. */
export function badShare(rows: CountRows, span: Span): number {
  let bad = 0;
  let total = 0;
  for (let at = Math.max(0, span.first); at <= Math.min(span.last, rowCount(rows) - 1); at += 1) {
    const row = rowAt(rows, at);
    bad += badOf(row);
    total += row.total;
  }
  return total > 0 ? bad / total : NaN;
}

function clampShare(share: number): number {
  return Math.min(1 - leastShare, Math.max(leastShare, share));
}

/**
 * Whether a step has more bad events than a share of `share` explains: the chance of so many is below 1 %
 * (Poisson tail; the normal approximation from a mean of 100 on).
 */
export function isSignificant(row: CountRow, share: number): boolean {
  const bad = badOf(row);
  const mean = row.total * share;
  if (bad <= mean) return false;
  if (mean > 100) return bad > mean + 2.33 * Math.sqrt(mean);
  let term = Math.exp(-mean);
  let below = 0;
  for (let count = 0; count < bad && below < 0.99; count += 1) {
    below += term;
    term *= mean / (count + 1);
  }
  return below >= 0.99;
}
