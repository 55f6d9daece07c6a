import type { RecordedGroup } from '../../domain/budget/recorded-counts.ts';
import { groupKey } from '../../domain/service/group.ts';

/** A group of a budget as it was last seen. */
export interface KnownGroup {
  readonly key: string;
  readonly recorded: RecordedGroup;
  /** ms on the source's clock. */
  readonly seenAt: number;
}

/** A group that has been gone for so long is forgotten while others are there, ms. */
const placeKeptMs = 300_000;

/**
 * The groups of a budget after a read at `at`: as many as its signal may have, those that were there before first. Where
 * nothing is there any more, that is the ruler's trouble and not the groups': all are kept.
 */
export function admitGroups(
  before: readonly KnownGroup[],
  seen: readonly RecordedGroup[],
  most: number,
  at: number,
): { readonly groups: readonly KnownGroup[]; readonly dropped: number } {
  if (seen.length === 0) return { groups: before, dropped: 0 };
  const now = new Map(seen.map((recorded) => [groupKey(recorded.group), recorded]));
  const kept = before.flatMap((each): KnownGroup[] => {
    const recorded = now.get(each.key);
    if (recorded !== undefined) return [{ key: each.key, recorded, seenAt: at }];
    return at - each.seenAt < placeKeptMs ? [each] : [];
  });
  const old = new Set(kept.map(({ key }) => key));
  const fresh = [...now]
    .filter(([key]) => !old.has(key))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, recorded]): KnownGroup => ({ key, recorded, seenAt: at }));
  const groups = [...kept, ...fresh.slice(0, Math.max(0, most - kept.length))];
  return {
    groups: groups.sort((a, b) => (a.key < b.key ? -1 : 1)),
    dropped: kept.length + fresh.length - groups.length,
  };
}
