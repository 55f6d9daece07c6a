import { countWindow, noRows, withRows, type CountRow, type CountRows } from '../../src/domain/reading/count-rows.ts';
import { Chance } from './chance.ts';

/** A fault in noisy traffic, and how it is scraped. Times ms. */
export interface NoisyFault {
  readonly scrapeMs: number;
  /** Mean events per second. */
  readonly perSecond: number;
  /** Share of bad events in the fault. */
  readonly share: number;
  /** Share of bad events outside it. */
  readonly baseline: number;
  readonly from: number;
  readonly to: number;
  readonly until: number;
  readonly seed: number;
  /** Weight of the share at a time inside the fault, 0 to 1; a step when absent. */
  readonly shape?: (t: number) => number;
}

const landingMs = 40;

/** Steps as a ledger would hold them: Poisson traffic, scraped at each multiple of the interval and polled just after. */
export function rowsOf(fault: NoisyFault): CountRows {
  const chance = new Chance(fault.seed);
  const rows: CountRow[] = [];
  for (let at = fault.scrapeMs; at <= fault.until; at += fault.scrapeMs) {
    const from = at - fault.scrapeMs;
    const edges = [from, ...[fault.from, fault.to].filter((edge) => edge > from && edge < at), at];
    let bad = 0;
    let total = 0;
    for (let part = 1; part < edges.length; part += 1) {
      const [begin = 0, end = 0] = [edges[part - 1], edges[part]];
      const middle = (begin + end) / 2;
      const inside = middle >= fault.from && middle < fault.to;
      const share = inside ? fault.share * (fault.shape?.(middle) ?? 1) : fault.baseline;
      const mean = (fault.perSecond * (end - begin)) / 1000;
      const badHere = chance.poisson(mean * share);
      bad += badHere;
      total += badHere + chance.poisson(mean * (1 - share));
    }
    rows.push({ from: from + landingMs, to: at + landingMs, sampleAt: at, good: total - bad, total });
  }
  return withRows(noRows, rows, -Infinity);
}

/** The end of the first step at which the share of good events over a window is below a bound. */
export function firstBelow(rows: CountRows, windowMs: number, bound: number, after: number): number | undefined {
  for (let at = 0; at < rows.length; at += 5) {
    const to = rows[at + 1] ?? 0;
    if (to <= after || to < windowMs) continue;
    const { good, total } = countWindow(rows, to - windowMs, to);
    if (total > 0 && good / total < bound) return to;
  }
  return undefined;
}

/** The start of the first stretch at or above a bound that lasts for `holdMs`. */
export function heldFrom(
  rows: CountRows,
  windowMs: number,
  bound: number,
  after: number,
  holdMs: number,
): number | undefined {
  let since: number | undefined;
  for (let at = 0; at < rows.length; at += 5) {
    const to = rows[at + 1] ?? 0;
    if (to <= after) continue;
    const { good, total } = countWindow(rows, to - windowMs, to);
    const held = total > 0 && good / total >= bound;
    since = held ? (since ?? to) : undefined;
    if (since !== undefined && to - since >= holdMs) return since;
  }
  return undefined;
}

/** The steps that were known at a time. */
export function knownAt(rows: CountRows, at: number): CountRows {
  let end = 0;
  while (end < rows.length && (rows[end + 1] ?? Infinity) <= at) end += 5;
  return rows.slice(0, end);
}
