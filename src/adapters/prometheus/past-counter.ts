import type { Group } from '../../domain/service/group.ts';
import type { CounterTerm } from '../../domain/service/service.ts';
import type { Answer, Answers, Question } from './batch.ts';
import { about } from './counting-plan.ts';
import type { ResultPoint } from './decode.ts';
import type { Failed } from './failure.ts';
import { valueAt } from './group-points.ts';
import type { GroupedPoints } from './group-points.ts';
import { countedByFallen, counterSum, quietSeries, seriesOf, seriesSince } from './promql.ts';
import type { Stretch } from './range.ts';
import { pointsOf } from './tally.ts';

/**
 * A counter whose steps over a past are told by its sums at their two ends, which a source answers many times faster than
 * what matches each series with itself a step before, at every step.
 */
export interface PastCounter {
  readonly term: CounterTerm;
  /** Terms whose series are all among its own: where the same series of it stand at both ends of a step, so do theirs. */
  readonly parts: readonly CounterTerm[];
  readonly by: readonly string[];
}

/** Steps of a past: the first one begins at `from`, ms. */
export interface PastSteps {
  readonly from: number;
  readonly points: number;
  readonly stepMs: number;
}

/**
 * What stands behind the sums at the two ends of a step. `calm`: the same series, and none was reset. `same`: the same
 * series, of which some may have been reset. `unlike`: anything else, or not known.
 */
type StepKind = 'calm' | 'same' | 'unlike';

/** The steps of a counter by group, ascending. */
interface StepKinds {
  readonly kind: 'ok';
  readonly groups: ReadonlyMap<string, { readonly group: Group; readonly steps: readonly StepAt[] }>;
}

interface StepAt {
  readonly at: number;
  readonly kind: StepKind;
}

/** So many steps are looked at together for resets: looking at each alone takes a source nearly twice as long. */
const stepsInStretch = 6;

/** The points at which it is asked whether the steps before were calm; the last one is the end of the past. */
export function calmStretch({ from, points, stepMs }: PastSteps): Stretch {
  const each = Math.min(stepsInStretch, points);
  const count = Math.ceil(points / each);
  return { start: from + (points - (count - 1) * each) * stepMs, points: count, stepMs: each * stepMs };
}

/** Asked about the points of `calmStretch`. */
export function calmQuestion({ term, by }: PastCounter, past: PastSteps): Question {
  return about(term, quietSeries(term, by, calmStretch(past).stepMs));
}

/** Asked about the two ends of each step. */
export function sumQuestions({ term, parts, by }: PastCounter): readonly Question[] {
  const sums = [term, ...parts].map((each) => about(each, counterSum(each, by)));
  return [about(term, seriesOf(term.selector, by)), ...sums];
}

/** Asked about the steps that are not calm. */
export function resetQuestions({ term, parts, by }: PastCounter, stepMs: number): readonly Question[] {
  const fallen = [term, ...parts].map((each) => about(each, countedByFallen(each, by, stepMs)));
  return [about(term, seriesSince(term, by, stepMs)), ...fallen];
}

/** The ends of the steps that are not known to be calm, ascending. */
export function restlessTimes(counter: PastCounter, past: PastSteps, answers: Answers): readonly number[] {
  const kinds = stepKinds(counter, past, answers);
  if (kinds.kind === 'failed') return [];
  const restless = [...kinds.groups.values()].flatMap(({ steps }) => steps.filter(({ kind }) => kind !== 'calm'));
  return restless.map(({ at }) => at).sort((a, b) => a - b);
}

/**
 * What a counter and its parts counted at each step, in that order: the difference of the sums at its two ends, and what
 * reset series had counted before. Infinite where it is not known that the same series stand behind both sums, which takes
 * a closer look. `resets`: the answers to `resetQuestions` about the steps that are not calm.
 */
export function countedSteps(
  counter: PastCounter,
  past: PastSteps,
  answers: Answers,
  resets: Answers,
): readonly Answer[] {
  const kinds = stepKinds(counter, past, answers, resets);
  const terms = [counter.term, ...counter.parts];
  if (kinds.kind === 'failed') return terms.map(() => kinds);
  return terms.map((term): Answer => {
    const sums = sumsOf(term, counter.by, past.stepMs, answers, resets);
    if (sums.kind === 'failed') return sums;
    return {
      kind: 'ok',
      series: [...kinds.groups].map(([key, { group, steps }]) => ({
        labels: group,
        points: steps.flatMap(({ at, kind }): readonly ResultPoint[] => {
          const value = kind === 'unlike' ? Infinity : sums.increase(key, at, kind);
          // A part has no series where its sum is not there; a group whose series all went has none either.
          return value === undefined ? [] : [{ at, value }];
        }),
      })),
    };
  });
}

/** Without answers about resets, every step that is not calm counts as unlike. */
function stepKinds(counter: PastCounter, past: PastSteps, answers: Answers, resets?: Answers): StepKinds | Failed {
  const { term, by } = counter;
  const { from, points, stepMs } = past;
  const stretch = calmStretch(past);
  const series = pointsOf(seriesOf(term.selector, by), by, answers);
  if (series.kind === 'failed') return series;
  const quiet = pointsOf(quietSeries(term, by, stretch.stepMs), by, answers);
  if (quiet.kind === 'failed') return quiet;
  const since = pointsIfAsked(seriesSince(term, by, stepMs), by, resets);
  if (since.kind === 'failed') return since;
  const sums = sumsOf(term, by, stepMs, answers, resets);
  if (sums.kind === 'failed') return sums;

  const end = from + points * stepMs;
  const stretchEnd = (at: number): number => end - Math.floor((end - at) / stretch.stepMs) * stretch.stepMs;
  const kindAt = (key: string, { at, value: shown }: ResultPoint, before: ResultPoint | undefined): StepKind => {
    if (before?.at !== at - stepMs || before.value !== shown) return 'unlike';
    const isCalm = valueIn(quiet.groups, key, stretchEnd(at)) === shown;
    if (!isCalm && valueIn(since.groups, key, at) !== shown) return 'unlike';
    const kind = isCalm ? 'calm' : 'same';
    // A series without a number spoils the sum.
    return Number.isFinite(sums.increase(key, at, kind)) ? kind : 'unlike';
  };
  const steps = [...series.groups].map(([key, { group, points: shown }]) => {
    const all = shown.map((point, index) => ({ at: point.at, kind: kindAt(key, point, shown[index - 1]) }));
    return [key, { group, steps: all.filter(({ at }) => at > from) }] as const;
  });
  return { kind: 'ok', groups: new Map(steps) };
}

interface Sums {
  readonly kind: 'ok';
  /** Over the step that ends at `at`, if the same series stand at both ends; infinite if the sums contradict that, undefined if there are none. */
  increase(key: string, at: number, kind: 'calm' | 'same'): number | undefined;
}

function sumsOf(
  term: CounterTerm,
  by: readonly string[],
  stepMs: number,
  answers: Answers,
  resets: Answers | undefined,
): Sums | Failed {
  const sums = pointsOf(counterSum(term, by), by, answers);
  if (sums.kind === 'failed') return sums;
  const fallen = pointsIfAsked(countedByFallen(term, by, stepMs), by, resets);
  if (fallen.kind === 'failed') return fallen;
  return {
    kind: 'ok',
    increase(key, at, kind) {
      const now = valueIn(sums.groups, key, at);
      if (now === undefined) return undefined;
      const before = valueIn(sums.groups, key, at - stepMs) ?? NaN;
      const counted = kind === 'calm' ? 0 : (valueIn(fallen.groups, key, at) ?? 0);
      const increase = now - before + counted;
      return increase >= 0 ? increase : Infinity;
    },
  };
}

function pointsIfAsked(expr: string, by: readonly string[], answers: Answers | undefined) {
  // Where every step is calm, nothing further was asked.
  return answers?.has(expr) === true ? pointsOf(expr, by, answers) : ({ kind: 'ok', groups: noGroups } as const);
}

const noGroups: GroupedPoints = new Map();

function valueIn(groups: GroupedPoints, key: string, at: number): number | undefined {
  return valueAt(groups.get(key)?.points ?? [], at);
}
