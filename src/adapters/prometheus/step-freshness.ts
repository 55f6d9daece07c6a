import type { Group } from '../../domain/service/group.ts';
import type { Answers, Question } from './batch.ts';
import type { ResultPoint } from './decode.ts';
import type { Failed } from './failure.ts';
import { valueAt } from './group-points.ts';
import type { GroupedPoints, GroupPoints } from './group-points.ts';
import { keyOf } from './grouped.ts';
import { sampledSeries } from './promql.ts';
import { pointsOf } from './tally.ts';

/** In which steps of a past samples landed. */
export interface StepFreshness {
  readonly kind: 'ok';
  /** Middle of the newest step up to the one that ends `at` in which a sample of the group landed, ms. */
  newest(group: Group, at: number): number;
}

/** Asks in which steps selectors have samples. */
export function stepQuestions(
  selectors: readonly string[],
  by: readonly string[],
  stepMs: number,
): readonly Question[] {
  return selectors.map((selector) => ({
    expr: sampledSeries(selector, by, stepMs),
    about: selector,
    origin: 'made',
  }));
}

/**
 * Reads the answers to `stepQuestions` about a past that begins at `from`, ms; what landed before is not told. `counted`:
 * counts at the steps; what counted anything had a sample, and was not asked about.
 */
export function stepFreshness(
  selectors: readonly string[],
  by: readonly string[],
  { from, stepMs }: { readonly from: number; readonly stepMs: number },
  answers: Answers,
  counted: readonly GroupedPoints[] = [],
): StepFreshness | Failed {
  const sampled: GroupedPoints[] = counted.map(sampledBy);
  for (const selector of selectors) {
    const steps = pointsOf(sampledSeries(selector, by, stepMs), by, answers);
    if (steps.kind === 'failed') return steps;
    sampled.push(steps.groups);
  }
  return {
    kind: 'ok',
    newest: (group, at) => {
      const key = keyOf(group);
      const ends = sampled.map((groups) => lastUpTo(groups.get(key)?.points ?? [], at)?.at ?? from);
      return Math.max(...ends) - stepMs / 2;
    },
  };
}

function sampledBy(counted: GroupedPoints): GroupedPoints {
  const sampled = new Map<string, GroupPoints>();
  for (const [key, { group, points }] of counted)
    sampled.set(key, { group, points: points.filter(({ value }) => value !== 0) });
  return sampled;
}

/** The ends of steps in which nothing was counted, so that it takes a question whether a sample landed in them, ms. */
export function untoldTimes(counted: readonly GroupedPoints[]): readonly number[] {
  const untold: number[] = [];
  const sampled = counted.map(sampledBy);
  for (const groups of counted)
    for (const [key, { points }] of groups)
      for (const { at } of points)
        if (!sampled.some((each) => valueAt(each.get(key)?.points ?? [], at) !== undefined)) untold.push(at);
  return untold;
}

function lastUpTo(points: readonly ResultPoint[], at: number): ResultPoint | undefined {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return points[low - 1];
}
