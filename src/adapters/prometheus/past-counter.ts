import { groupKey } from '../../domain/service/group.ts';
import type { CounterTerm } from '../../domain/service/service.ts';
import type { Answer, Answers, Question } from './batch.ts';
import type { ResultPoint } from './decode.ts';
import { failed } from './failure.ts';
import { valueAt } from './group-points.ts';
import type { GroupedPoints } from './group-points.ts';
import { counterSum, isPlain, quietSeries, seriesOf } from './promql.ts';
import { pointsByGroup, pointsOf } from './tally.ts';

interface PastExprs {
  readonly sum: string;
  readonly series: string;
  readonly quiet: string;
}

/** None for a term whose values are worked out from samples: its sums are asked step by step. */
function exprsOf(term: CounterTerm, by: readonly string[], stepMs: number): PastExprs | undefined {
  if (!isPlain(term)) return undefined;
  return { sum: counterSum(term, by), series: seriesOf(term.selector, by), quiet: quietSeries(term, by, stepMs) };
}

/**
 * What tells the steps of a counter over a past, as `stepsOfSums` works them out. A source answers this several times
 * faster than what matches each series with itself a step before, at every step. Undefined when it cannot be told so.
 */
export function pastQuestions(
  term: CounterTerm,
  by: readonly string[],
  stepMs: number,
): readonly Question[] | undefined {
  const exprs = exprsOf(term, by, stepMs);
  return (
    exprs && [exprs.sum, exprs.series, exprs.quiet].map((expr) => ({ expr, about: term.selector, origin: 'made' }))
  );
}

/**
 * The steps that end after `from`, by group: the difference of the sums at their two ends, where the same series stand
 * behind both and none was reset; infinite elsewhere, which takes a closer look.
 */
export function stepsOfSums(
  term: CounterTerm,
  by: readonly string[],
  { from, stepMs }: { readonly from: number; readonly stepMs: number },
  answers: Answers,
): Answer {
  const exprs = exprsOf(term, by, stepMs);
  if (exprs === undefined) return failed('bad-response', 'a part of the question was lost');
  const sums = pointsOf(exprs.sum, by, answers);
  if (sums.kind === 'failed') return sums;
  const series = pointsOf(exprs.series, by, answers);
  if (series.kind === 'failed') return series;
  const quiet = pointsOf(exprs.quiet, by, answers);
  if (quiet.kind === 'failed') return quiet;
  const stepAt = (key: string, { at, value: now }: ResultPoint, before: ResultPoint | undefined): number => {
    const isSame = before?.at === at - stepMs && before.value === now && valueIn(quiet.groups, key, at) === now;
    const step = isSame ? valueIn(sums.groups, key, at) - valueIn(sums.groups, key, before.at) : NaN;
    return step >= 0 ? step : Infinity;
  };
  return {
    kind: 'ok',
    series: [...series.groups].map(([key, { group, points }]) => ({
      labels: group,
      points: points
        .map((point, index) => ({ at: point.at, value: stepAt(key, point, points[index - 1]) }))
        .filter(({ at }) => at > from),
    })),
  };
}

/** An answer about a whole past with the points that another one has of a part of it. */
export function inserted(whole: Answer, part: Answer, by: readonly string[]): Answer {
  if (whole.kind === 'failed') return whole;
  const groups = pointsByGroup(part, by);
  if (groups.kind === 'failed') return groups;
  return {
    kind: 'ok',
    series: whole.series.map(({ labels, points }) => {
      const others = groups.groups.get(groupKey(labels))?.points ?? [];
      return { labels, points: points.map((point) => ({ ...point, value: valueAt(others, point.at) ?? point.value })) };
    }),
  };
}

function valueIn(groups: GroupedPoints, key: string, at: number): number {
  return valueAt(groups.get(key)?.points ?? [], at) ?? NaN;
}
