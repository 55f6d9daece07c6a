import type { TimeEstimate } from '../estimate/onset.ts';
import { formatMeasured } from '../text/duration.ts';

/** Bounds this far apart, as a share of what lies between two estimates, make that a rough number. */
const roughShare = 0.5;

/** How long after its onset an incident was detected, for people: exactly as much as is known of it. Times in ms. */
export function describeTimeToDetect(
  { at, earliest, method }: Pick<TimeEstimate, 'at' | 'earliest'> & { readonly method: string },
  detectedAt: number,
): string {
  const since = (begin: number): string => formatMeasured(detectedAt - begin);
  switch (method) {
    case 'detection':
      return `when it began was not seen, at most ${since(earliest)} before`;
    case 'history-limit':
      return `${since(at)} or more after onset`;
    default:
      return `${since(at)} after onset`;
  }
}

/** How long service was off, for people: `about` where neither end is known well. */
export function describeTimeToRecover(onset: TimeEstimate, recovery: TimeEstimate): string {
  const offMs = Math.max(0, recovery.at - onset.at);
  const unsureMs = recovery.latest - recovery.earliest + onset.latest - onset.earliest;
  return `${unsureMs > roughShare * offMs ? 'about ' : ''}${formatMeasured(offMs)}`;
}

/**
 * How long an incident was off, for people: `1m 20s`, and of one that came back in between `53s in all, over 25m 4s`.
 * `offMs`: without the stretches in which it was back; `wholeMs`: from its first onset to its last recovery.
 */
export function describeTimeOff(offMs: number, wholeMs: number, relapses: number): string {
  return relapses === 0 ? formatMeasured(wholeMs) : `${formatMeasured(offMs)} in all, over ${formatMeasured(wholeMs)}`;
}
