import { groupKey } from '../../domain/service/group.ts';
import type { LatencySignal, Signal } from '../../domain/service/service.ts';
import type { HistoryGroup } from '../../domain/reading/history.ts';
import type { CountedGroup } from '../../domain/reading/observation.ts';
import type { ThresholdPlace } from '../../domain/reading/threshold-place.ts';
import type { HistoryOutcome, SignalOutcome, SignalRead } from '../ports/source.ts';
import type { PlacedSignal } from './bucket-knowledge.ts';

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
      new Map(points.map((point) => [point.at, point])),
    ]),
  );
  const groups = lower.groups.map(({ group, points }): HistoryGroup => {
    const uppers = above.get(groupKey(group));
    return {
      group,
      points: points.map((point) => {
        const { good, lacksBucket } = uppers?.get(point.at) ?? {};
        return {
          ...point,
          ...(lacksBucket === undefined ? {} : { lacksBucket }),
          goodAtMost: Math.max(point.good ?? 0, good ?? point.total ?? 0),
        };
      }),
    };
  });
  return { kind: 'history', groups, place };
}

/**
 * What was counted where there were buckets to count in: the steps from `since` on, ms, of the groups that have them. In other
 * steps every event would look too slow. Where no group has them, nothing is counted at all.
 */
export function countedWhereThere(outcome: SignalOutcome, since: number): SignalOutcome {
  if (outcome.kind !== 'counted' || (outcome.place !== undefined && outcome.place.kind !== 'between')) return outcome;
  const { groups } = outcome;
  if (groups.length > 0 && groups.every(({ numeratorSeen }) => !numeratorSeen))
    return countedNothing(outcome, { kind: 'unmatched' });
  const isThere = ({ numeratorSeen, steps }: CountedGroup): boolean =>
    numeratorSeen && steps.every(({ from }) => from >= since);
  if (groups.every(isThere)) return outcome;
  return {
    ...outcome,
    groups: groups.map((each) => ({
      ...each,
      steps: each.numeratorSeen ? each.steps.filter(({ from }) => from >= since) : [],
    })),
  };
}

/** What to ask for both ends of each signal, and how the answers belong together. */
export function endsOf<Asked extends Signal | SignalRead>(
  wanted: readonly Asked[],
  placed: readonly (PlacedSignal | undefined)[],
  by: (asked: Asked, signal: LatencySignal) => Asked,
) {
  const uppers: { readonly index: number; readonly asked: Asked }[] = [];
  const lowers = wanted.map((asked, index) => {
    const how = placed[index];
    if (how === undefined) return asked;
    if (how.upper !== undefined) uppers.push({ index, asked: by(asked, how.upper) });
    return by(asked, how.lower);
  });
  return {
    asked: [...lowers, ...uppers.map(({ asked }) => asked)],
    outcomes: <Outcome>(
      answers: readonly Outcome[],
      join: (lower: Outcome, upper: Outcome | undefined, place: ThresholdPlace) => Outcome,
    ): readonly Outcome[] => {
      const above = new Map(uppers.map(({ index }, nth) => [index, answers[lowers.length + nth]]));
      return answers.slice(0, lowers.length).map((lower, index) => {
        const place = placed[index]?.place;
        return place === undefined ? lower : join(lower, above.get(index), place);
      });
    },
  };
}
