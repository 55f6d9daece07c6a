import { formatRatio } from '../text/ratio.ts';
import type { BakeComparison } from './bake-event.ts';
import type { Bake } from './bake.ts';
import type { Change } from './change.ts';
import { shareOf } from './compare-shares.ts';
import { suspectName } from './describe-suspect.ts';

/** A sentence about a change since which a service does worse. */
export function describeWorse(
  change: Pick<Change, 'id' | 'kind' | 'version'>,
  bake: Pick<Bake, 'comparisons'>,
): string {
  const worse = bake.comparisons.filter(({ verdict }) => verdict === 'worse').map(describeComparison);
  const name = suspectName({ ...change, change: change.id });
  return `since ${name} it does worse than in the same hours before: ${worse.join('; ')}`;
}

function describeComparison({ signal, since, sameHours, hourBefore }: BakeComparison): string {
  const against = [
    ...(sameHours === undefined ? [] : [`${percent(sameHours)} a ${sameHours.ago} ago`]),
    ...(hourBefore === undefined ? [] : [`${percent(hourBefore)} in the hour before`]),
  ];
  return `${signal.replaceAll('_', ' ')} ${percent(since)} bad, ${against.join(' and ')}`;
}

function percent(count: { readonly bad: number; readonly total: number }): string {
  return formatRatio(Number(shareOf(count).toPrecision(3)));
}
