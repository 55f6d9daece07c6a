import type { RecordedWindow, WindowSum } from '../../domain/budget/recorded-counts.ts';

/**
 * Windows as they are judged, shortest first. One without a total is covered too little to hold any count. Rules may count the other side than the
 * signal does now, when they were made of an earlier declaration; without either, no error counter has been there yet.
 */
export function windowSums(windows: readonly RecordedWindow[], numerator: 'good' | 'bad'): readonly WindowSum[] {
  return windows
    .map(({ windowMs, total = 0, good, bad, coveredMs = 0 }): WindowSum => {
      const notGood = good === undefined ? undefined : total - good;
      const counted = numerator === 'bad' ? (bad ?? notGood ?? 0) : (notGood ?? bad ?? total);
      return { windowMs, total, bad: counted, coveredMs };
    })
    .sort((a, b) => a.windowMs - b.windowMs);
}
