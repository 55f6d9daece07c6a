import type { Interval } from '../interval.ts';
import type { Change } from './change.ts';

/** A rollout takes minutes: one whose end nobody reported is taken to have ended by then, ms. */
export const assumedRolloutMs = 3_600_000;
/** However late an end is reported, a rollout is not held to have taken longer, ms. */
export const longestRolloutMs = 7 * 86_400_000;

/**
 * When a change may have been the cause of an onset: from its start to its end, and the bake time beyond. It is bounded
 * whatever is reported, so that no change is blamed for what happens weeks later.
 */
export function causalWindow(
  { startedAt, finishedAt }: Pick<Change, 'startedAt' | 'finishedAt'>,
  bakeMs: number,
): Interval {
  const rolledOut = finishedAt === undefined ? startedAt + assumedRolloutMs : Math.max(startedAt, finishedAt);
  return { from: startedAt, to: Math.min(rolledOut, startedAt + longestRolloutMs) + bakeMs };
}

/** Share of a stretch that lies inside a window, 0 to 1; of a stretch of no length 1 inside and at the edges, and else 0. */
export function shareInside({ from, to }: Interval, window: Interval): number {
  const inside = Math.min(to, window.to) - Math.max(from, window.from);
  if (inside < 0) return 0;
  return to > from ? inside / (to - from) : 1;
}

/** Whether two stretches have at least a moment in common. */
export function meets(one: Interval, other: Interval): boolean {
  return one.from <= other.to && one.to >= other.from;
}
