import type { Change } from './change.ts';

/**
 * Whether a change may be the fix of what began then. What began or was told of before, or while the onset may still have
 * been to come, mends nothing that nobody had seen: it may rather be the cause. `latest`: the latest that the onset can
 * have been, ms since the epoch on Andon's clock.
 */
export function canRemedy(
  { startedAt, firstReportedAt }: Pick<Change, 'startedAt' | 'firstReportedAt'>,
  { latest }: { readonly latest: number },
): boolean {
  return Math.min(startedAt, firstReportedAt) > latest;
}
