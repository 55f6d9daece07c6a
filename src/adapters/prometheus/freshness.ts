import type { Group } from '../../domain/service/group.ts';
import type { Answers, Question } from './batch.ts';
import type { Failed } from './failure.ts';
import { valueAt } from './group-points.ts';
import type { GroupedPoints } from './group-points.ts';
import { keyOf } from './grouped.ts';
import { newestSample, oldestSample } from './promql.ts';
import { pointsOf } from './tally.ts';

/** Times of the newest samples behind a signal. */
export interface Freshness {
  readonly kind: 'ok';
  /** Of one group at one point, ms; undefined when no selector has a sample there. */
  newest(group: Group, at: number): number | undefined;
  /** Of all groups together. */
  newestOfAll(at: number): number | undefined;
  /** The same for the series of the group that waits longest for its next sample; undefined when it was not asked. */
  oldest(group: Group, at: number): number | undefined;
}

/** Asks for the newest sample times of selectors. */
export function sampleQuestions(selectors: readonly string[], by: readonly string[]): readonly Question[] {
  return selectors.map((selector) => ({ expr: newestSample(selector, by), about: selector, origin: 'made' }));
}

/** Asks how long the series of selectors have waited at most. */
export function oldestQuestions(selectors: readonly string[], by: readonly string[]): readonly Question[] {
  return selectors.map((selector) => ({ expr: oldestSample(selector, by), about: selector, origin: 'made' }));
}

/** Reads the answers to `sampleQuestions`, and those to `oldestQuestions` about `awaited`. */
export function freshness(
  selectors: readonly string[],
  by: readonly string[],
  answers: Answers,
  awaited: readonly string[] = [],
): Freshness | Failed {
  const newest: GroupedPoints[] = [];
  const oldest: GroupedPoints[] = [];
  for (const selector of selectors) {
    const times = pointsOf(newestSample(selector, by), by, answers);
    if (times.kind === 'failed') return times;
    newest.push(times.groups);
  }
  for (const selector of awaited) {
    const times = pointsOf(oldestSample(selector, by), by, answers);
    if (times.kind === 'failed') return times;
    oldest.push(times.groups);
  }
  return {
    kind: 'ok',
    newest: (group, at) => extreme(newest, keyOf(group), at, Math.max),
    newestOfAll: (at) => newestOf(newest, at),
    oldest: (group, at) => extreme(oldest, keyOf(group), at, Math.min),
  };
}

function extreme(
  answers: readonly GroupedPoints[],
  key: string,
  at: number,
  better: (a: number, b: number) => number,
): number | undefined {
  let found: number | undefined;
  for (const groups of answers) {
    const seconds = valueAt(groups.get(key)?.points ?? [], at);
    if (seconds !== undefined) found = found === undefined ? seconds : better(found, seconds);
  }
  return found === undefined ? undefined : Math.round(found * 1_000);
}

function newestOf(answers: readonly GroupedPoints[], at: number): number | undefined {
  let found: number | undefined;
  for (const groups of answers) {
    for (const key of groups.keys()) {
      const newest = extreme(answers, key, at, Math.max);
      if (newest !== undefined) found = Math.max(found ?? newest, newest);
    }
  }
  return found;
}
