/**
 * A source looks back this long for a sample, ms. A gap in the scrapes up to this long is one long step with all its
 * events; in a longer one there was nothing, and what is counted at its end happened lately.
 */
export const lookbackMs = 300_000;

/** What is known of a service's samples in time; all in ms. */
export interface Timing {
  /** Time between two samples of one series. */
  readonly intervalMs: number;
  /** A newest sample older than this is `stale`. */
  readonly staleAfterMs: number;
  /** Steps that ended less than this ago are read again, since late samples may change them. */
  readonly settleMs: number;
  /** Time between two evaluations beyond this could not be judged and counts towards neither `for` nor `hold`. */
  readonly maxGapMs: number;
}

/** Limits that follow from a scrape interval. A scrape may take as long as the interval, so samples may be that late. */
export function timingFor(intervalMs: number, settleMs = 1.5 * intervalMs): Timing {
  return {
    intervalMs,
    staleAfterMs: Math.max(3 * intervalMs, 5_000),
    settleMs,
    maxGapMs: Math.max(4 * intervalMs, 10_000),
  };
}
