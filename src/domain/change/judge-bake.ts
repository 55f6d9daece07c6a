import type { Group } from '../service/group.ts';
import type { BakeComparison, BakeGap, BakeVerdict, SameHours } from './bake-event.ts';
import { shareOf, worseByChance, type ShareCount } from './compare-shares.ts';

/** Fewer events than these tell nothing: low traffic is no proof of health. */
export const leastBakeEvents = 100;

/** A difference that is likelier than this is taken for chance: small, since many targets are looked at, and often. */
const chance = 0.0001;

/** A difference below this part of what the target allows harms nobody, however sure it is. */
const leastPart = 0.1;

/** What was counted for one target and group. */
export interface BakeCounts {
  readonly signal: string;
  readonly group: Group;
  /** The share of bad events that the target allows, 0 to 1. */
  readonly allowed: number;
  readonly since: ShareCount;
  readonly sameHours?: ShareCount & { readonly ago: SameHours };
  readonly hourBefore?: ShareCount;
}

/**
 * Worse is what is worse than everything that it can be held against: worse than the hour before alone is what every
 * morning brings, and worse than last week alone was there before the change.
 */
export function compareTarget(counts: BakeCounts): BakeComparison {
  const { signal, group, since, sameHours, hourBefore, allowed } = counts;
  const known = [sameHours, hourBefore].filter((each) => each !== undefined && each.total >= leastBakeEvents);
  const held = known.map((before) => ({ before, p: worseByChance(before ?? noEvents, since) }));
  const isWorse = held.every(
    ({ before, p }) => p <= chance && shareOf(since) - shareOf(before ?? noEvents) >= leastPart * allowed,
  );
  const hasData = since.total >= leastBakeEvents && held.length > 0;
  return {
    signal,
    group,
    verdict: hasData ? (isWorse ? 'worse' : 'unharmed') : 'no-data',
    since,
    ...(sameHours === undefined ? {} : { sameHours: { ...sameHours, p: worseByChance(sameHours, since) } }),
    ...(hourBefore === undefined ? {} : { hourBefore: { ...hourBefore, p: worseByChance(hourBefore, since) } }),
  };
}

const noEvents: ShareCount = { bad: 0, total: 0 };

/** What the comparisons come to: one that is worse decides, and unharmed is only what is unharmed in every target. */
export function judgeBake(
  comparisons: readonly BakeComparison[],
  isAlone: boolean,
): { readonly verdict: BakeVerdict; readonly gap?: BakeGap } {
  if (comparisons.some(({ verdict }) => verdict === 'worse')) return { verdict: isAlone ? 'worse' : 'confounded' };
  const without = comparisons.filter(({ verdict }) => verdict === 'no-data');
  if (comparisons.length > 0 && without.length === 0) return { verdict: 'unharmed' };
  const isQuiet = without.some(({ since }) => since.total < leastBakeEvents);
  return { verdict: 'no-data', gap: isQuiet ? 'low-traffic' : 'no-history' };
}
