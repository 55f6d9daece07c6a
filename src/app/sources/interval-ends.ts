import { groupKey } from '../../domain/service/group.ts';
import type { HistoryGroup } from '../../domain/reading/history.ts';
import type { CountedGroup } from '../../domain/reading/observation.ts';
import type { ThresholdPlace } from '../../domain/reading/threshold-place.ts';
import type { HistoryOutcome, SignalOutcome } from '../ports/source.ts';

/**
 * What a latency signal read between two buckets: its counts are those of the lower one, with what the upper one adds
 * beside them. Where the upper one tells nothing, or is `+Inf`, every event may have been good.
 */
export function countedBetween(
  lower: SignalOutcome,
  upper: SignalOutcome | undefined,
  place: ThresholdPlace,
): SignalOutcome {
  if (lower.kind !== 'counted') return lower;
  const above = new Map(
    (upper?.kind === 'counted' ? upper.groups : []).map(({ group, steps }) => [
      groupKey(group),
      new Map(steps.map((step) => [step.from, step.good])),
    ]),
  );
  const groups = lower.groups.map((each): CountedGroup => {
    const goods = above.get(groupKey(each.group));
    const steps = each.steps.map((step) => ({
      ...step,
      goodAtMost: Math.max(step.good, goods?.get(step.from) ?? step.total),
    }));
    return { ...each, steps };
  });
  return { kind: 'counted', groups, place };
}

/** What was read of a signal of which no event can be shown to be good: that it is there, and no counts. */
export function countedNothing(outcome: SignalOutcome, place: ThresholdPlace): SignalOutcome {
  if (outcome.kind !== 'counted') return outcome;
  return { kind: 'counted', groups: outcome.groups.map((each) => ({ ...each, steps: [] })), place };
}

/** As `countedBetween`, of a past. */
export function pastBetween(
  lower: HistoryOutcome,
  upper: HistoryOutcome | undefined,
  place: ThresholdPlace,
): HistoryOutcome {
  if (lower.kind !== 'history') return lower;
  const above = new Map(
    (upper?.kind === 'history' ? upper.groups : []).map(({ group, points }) => [
      groupKey(group),
      new Map(points.map(({ at, good }) => [at, good])),
    ]),
  );
  const groups = lower.groups.map(({ group, points }): HistoryGroup => {
    const goods = above.get(groupKey(group));
    return {
      group,
      points: points.map((point) => ({
        ...point,
        goodAtMost: Math.max(point.good ?? 0, goods?.get(point.at) ?? point.total ?? 0),
      })),
    };
  });
  return { kind: 'history', groups, place };
}

/** The first instant of a past at which there were events and no bucket to count the good ones in, ms. */
export function firstHole(outcome: HistoryOutcome | undefined): number | undefined {
  if (outcome?.kind !== 'history') return undefined;
  const holes = outcome.groups.flatMap(({ points }) => points.find(isHole)?.at ?? []);
  return holes.length === 0 ? undefined : Math.min(...holes);
}

/** A past without the instants at which there was no bucket: that says nothing of how fast requests were. */
export function withoutHoles(outcome: HistoryOutcome): HistoryOutcome {
  if (outcome.kind !== 'history' || firstHole(outcome) === undefined) return outcome;
  const groups = outcome.groups
    .map(({ group, points }) => ({ group, points: points.filter((point) => !isHole(point)) }))
    .filter(({ points }) => points.length > 0);
  return { ...outcome, groups };
}

function isHole({ numeratorSeen, total }: HistoryGroup['points'][number]): boolean {
  return numeratorSeen === false && total !== undefined;
}
