import type { TimeEstimate } from '../estimate/onset.ts';
import { formatSpan } from '../text/duration.ts';

/** Bounds this far apart, as a share of what lies between two estimates, make that a rough number. */
const roughShare = 0.5;

/** How long after its onset an incident was detected, for people: exactly as much as is known of it. Times in ms. */
export function describeTimeToDetect(
  { at, earliest, method }: Pick<TimeEstimate, 'at' | 'earliest'> & { readonly method: string },
  detectedAt: number,
): string {
  const since = (begin: number): string => formatSpan(Math.max(0, detectedAt - begin));
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
  return `${unsureMs > roughShare * offMs ? 'about ' : ''}${formatSpan(Math.round(offMs / 1000) * 1000)}`;
}
