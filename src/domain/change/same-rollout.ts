import { assumedRolloutMs } from './causal-window.ts';
import type { Change } from './change.ts';

/**
 * Whether two changes of a service are one rollout that two tools told of, each by an id of its own: the same version,
 * begun within the time that a rollout takes. Two that one tool tells apart are two.
 */
export function isSameRollout(one: Change, other: Change): boolean {
  return (
    one.id !== other.id &&
    one.origin !== other.origin &&
    one.kind === other.kind &&
    one.version !== undefined &&
    one.version === other.version &&
    Math.abs(one.startedAt - other.startedAt) <= assumedRolloutMs
  );
}

/** Of changes that are one rollout the one that stands for all of them comes first: the earliest. */
export function comesFirst(one: Change, other: Change): boolean {
  return one.startedAt === other.startedAt ? one.id < other.id : one.startedAt < other.startedAt;
}

/** The changes with each rollout once, under the id of the earliest report, with what the others know besides. */
export function mergeRollouts(changes: readonly Change[]): readonly Change[] {
  const merged: Change[] = [];
  for (const change of changes.toSorted((a, b) => (comesFirst(a, b) ? -1 : 1))) {
    const index = merged.findIndex((known) => isSameRollout(known, change));
    const known = merged[index];
    if (known === undefined) merged.push(change);
    else merged[index] = together(known, change);
  }
  return merged;
}

function together(first: Change, later: Change): Change {
  const ends = [first.finishedAt, later.finishedAt].filter((at) => at !== undefined);
  const backs = [first.told.rolledBackAt, later.told.rolledBackAt].filter((at) => at !== undefined);
  const { finishedAt: _end, ...rest } = { ...later, ...first };
  return {
    ...rest,
    ...(ends.length === 0 ? {} : { finishedAt: Math.max(...ends) }),
    // One of the tools may not look on after its own end of it.
    ...(backs.length === 0 ? {} : { outcome: 'rolled-back', told: { ...rest.told, rolledBackAt: Math.min(...backs) } }),
  };
}
