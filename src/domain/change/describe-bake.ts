import { formatRatio } from '../text/ratio.ts';
import { clockTime } from '../text/utc.ts';
import type { BakeComparison } from './bake-event.ts';
import type { Bake } from './bake.ts';
import type { Change } from './change.ts';
import { shareOf } from './compare-shares.ts';
import { leastBakeEvents } from './judge-bake.ts';
import { suspectName } from './describe-suspect.ts';

/**
 * A sentence about a change since which a service does worse, with when that was counted: it may do better by now. `today`:
 * where the day goes without saying, ms since the epoch.
 */
export function describeWorse(
  change: Pick<Change, 'id' | 'kind' | 'version'>,
  bake: Pick<Bake, 'comparisons' | 'lookedUntil'>,
  today = NaN,
): string {
  const worse = bake.comparisons.filter(({ verdict }) => verdict === 'worse').map(describeComparison);
  const name = suspectName({ ...change, change: change.id });
  return `since ${name} it does worse than before, counted until ${clockTime(bake.lookedUntil, today)}: ${worse.join('; ')}`;
}

function describeComparison({ signal, since, sameHours, hourBefore }: BakeComparison): string {
  // What held too few events was held against nothing.
  const against = [
    ...(isKnown(sameHours) ? [`${percent(sameHours)} in the same hours a ${sameHours.ago} ago`] : []),
    ...(isKnown(hourBefore) ? [`${percent(hourBefore)} in the hour before`] : []),
  ];
  return `${signal.replaceAll('_', ' ')} ${percent(since)} bad, ${against.join(' and ')}`;
}

function isKnown<Count extends { readonly total: number }>(count: Count | undefined): count is Count {
  return count !== undefined && count.total >= leastBakeEvents;
}

function percent(count: { readonly bad: number; readonly total: number }): string {
  return formatRatio(Number(shareOf(count).toPrecision(3)));
}
