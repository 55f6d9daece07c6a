import type { Group } from '../service/group.ts';
import type { CountedGroup, GaugedGroup, Observation } from './observation.ts';
import type { Signal } from '../service/service.ts';
import type { ThresholdPlace } from './threshold-place.ts';
import { lookbackMs } from './timing.ts';

/** What one group of a signal did at one instant of the past. */
export interface HistoryPoint {
  /** End of the step, ms on the source's clock. */
  readonly at: number;
  readonly newestSampleAt: number;
  /** Counting signals. */
  readonly good?: number;
  readonly total?: number;
  /** As in a step. */
  readonly goodAtMost?: number;
  readonly numeratorSeen?: boolean;
  /** Set where not every series had the bucket of a latency signal at both ends of the step: it cannot be counted then. */
  readonly lacksBucket?: true;
  /** Gauges. */
  readonly value?: number;
}

export interface HistoryGroup {
  readonly group: Group;
  /** Steps (or instants, for gauges) at which there was no data are missing here. Ascending. */
  readonly points: readonly HistoryPoint[];
}

export interface SignalHistory {
  readonly signal: Signal;
  readonly groups: readonly HistoryGroup[];
  /** Set where the threshold of a latency signal was no bucket at some of the points: those that tell `goodAtMost`. */
  readonly place?: ThresholdPlace;
}

/** What a poll at `at` would have observed. */
export interface Frame {
  readonly at: number;
  readonly observations: readonly Observation[];
}

interface Cursor {
  readonly group: Group;
  readonly points: readonly HistoryPoint[];
  next: number;
  /** Start of the step that is not closed yet, and what it holds so far. */
  openFrom?: number | undefined;
  good: number;
  total: number;
  /** Absent while no point of the open step tells it. */
  goodAtMost?: number | undefined;
  newestSampleAt: number;
}

/** Plays history back poll by poll, so that the evaluator cannot tell it from live polls. */
export function* replay(
  histories: readonly SignalHistory[],
  from: number,
  to: number,
  stepMs: number,
): Generator<Frame> {
  const playing = histories.map(({ signal, groups, place }) => ({
    signal,
    place,
    cursors: groups.map((group): Cursor => ({ ...group, next: 0, good: 0, total: 0, newestSampleAt: -Infinity })),
  }));
  for (let at = from + stepMs; at <= to; at += stepMs) {
    const observations = playing.map(({ signal, place, cursors }): Observation => {
      const seen = cursors.flatMap((cursor) => {
        const point = takePoint(cursor, at);
        return point === undefined ? [] : [{ cursor, point }];
      });
      return signal.kind === 'gauge'
        ? { kind: 'gauged', signal: signal.name, groups: seen.map(({ cursor, point }) => gaugedAt(cursor, point)) }
        : {
            kind: 'counted',
            signal: signal.name,
            groups: seen.map(({ cursor, point }) => countedAt(cursor, point, stepMs)),
            ...(place !== undefined && seen.some(({ point }) => point.goodAtMost !== undefined) ? { place } : {}),
          };
    });
    yield { at, observations };
  }
}

function takePoint(cursor: Cursor, at: number): HistoryPoint | undefined {
  while ((cursor.points[cursor.next]?.at ?? Infinity) < at) cursor.next += 1;
  const point = cursor.points[cursor.next];
  if (point?.at === at) return point;
  return undefined;
}

function countedAt(cursor: Cursor, point: HistoryPoint, stepMs: number): CountedGroup {
  if (point.lacksBucket === true) return uncountedAt(cursor, point);
  // As with live polls, what was not read for longer than a source looks back is no part of the step.
  cursor.openFrom = Math.max(cursor.openFrom ?? point.at - stepMs, point.at - Math.max(lookbackMs, stepMs));
  const { good = 0, goodAtMost } = point;
  if (goodAtMost !== undefined || cursor.goodAtMost !== undefined)
    cursor.goodAtMost = (cursor.goodAtMost ?? cursor.good) + (goodAtMost ?? good);
  cursor.good += good;
  cursor.total += point.total ?? 0;
  const step = {
    from: cursor.openFrom,
    to: point.at,
    good: cursor.good,
    total: cursor.total,
    ...(cursor.goodAtMost === undefined ? {} : { goodAtMost: cursor.goodAtMost }),
  };
  // As with live polls, a step closes when a newer sample landed in it.
  if (point.newestSampleAt > cursor.newestSampleAt) {
    cursor.newestSampleAt = point.newestSampleAt;
    cursor.openFrom = point.at;
    cursor.good = 0;
    cursor.goodAtMost = undefined;
    cursor.total = 0;
  }
  return {
    group: cursor.group,
    newestSampleAt: point.newestSampleAt,
    steps: [step],
    numeratorSeen: point.numeratorSeen ?? false,
  };
}

/** A step of which it is not known how many of its events were good is no part of the next one. */
function uncountedAt(cursor: Cursor, point: HistoryPoint): CountedGroup {
  const { at, newestSampleAt, numeratorSeen = false } = point;
  Object.assign(cursor, { openFrom: at, good: 0, total: 0, goodAtMost: undefined });
  cursor.newestSampleAt = Math.max(cursor.newestSampleAt, newestSampleAt);
  return { group: cursor.group, newestSampleAt, steps: [], numeratorSeen };
}

function gaugedAt(cursor: Cursor, point: HistoryPoint): GaugedGroup {
  return { group: cursor.group, newestSampleAt: point.newestSampleAt, value: point.value ?? NaN };
}
