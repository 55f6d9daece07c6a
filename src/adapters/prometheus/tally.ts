import type { Group } from '../../domain/group.ts';
import type { Answers } from './batch.ts';
import type { CarefulPlan, TermPlan } from './counting-plan.ts';
import { failed } from './failure.ts';
import type { Failed } from './failure.ts';
import { groupOf, keyOf } from './grouped.ts';

/** Values by group and by the time of the point, ms. */
export type GroupedPoints = ReadonlyMap<
  string,
  { readonly group: Group; readonly points: ReadonlyMap<number, number> }
>;

export type Tallied = { readonly kind: 'ok'; readonly groups: GroupedPoints } | Failed;

type Tallying = Map<string, { readonly group: Group; readonly points: Map<number, number> }>;

/** Adds up the terms of one side of a signal. A term without data adds nothing; a group that no term knows is absent. */
export function tally(terms: readonly TermPlan[], by: readonly string[], answers: Answers): Tallied {
  let sum: GroupedPoints | undefined;
  for (const planned of terms) {
    const counted = countTerm(planned, by, answers);
    if (counted.kind === 'failed') return counted;
    sum =
      sum === undefined && planned.term.sign === 1
        ? counted.groups
        : plus(sum ?? new Map(), counted.groups, planned.term.sign);
  }
  return { kind: 'ok', groups: sum ?? new Map() };
}

function plus(sum: GroupedPoints, further: GroupedPoints, sign: 1 | -1): GroupedPoints {
  const result: Tallying = new Map(
    [...sum].map(([key, { group, points }]) => [key, { group, points: new Map(points) }]),
  );
  for (const [key, { group, points }] of further) {
    const known = result.get(key) ?? { group, points: new Map<number, number>() };
    result.set(key, known);
    for (const [at, value] of points) known.points.set(at, (known.points.get(at) ?? 0) + sign * value);
  }
  return result;
}

/** One term's counts; where the steady question could not tell, those of the careful one. */
function countTerm({ steady, careful }: TermPlan, by: readonly string[], answers: Answers): Tallied {
  const counted = pointsOf(steady, by, answers);
  if (counted.kind === 'failed' || careful === undefined) return counted;
  const corrected = countCarefully(careful, by, answers);
  if (corrected.kind === 'failed') return corrected;
  const groups: Tallying = new Map();
  for (const [key, { group, points }] of counted.groups) {
    const others = corrected.groups.get(key)?.points;
    const settled = new Map<number, number>();
    for (const [at, value] of points) {
      const right = value === Number.POSITIVE_INFINITY ? others?.get(at) : value;
      if (right !== undefined) settled.set(at, right);
    }
    groups.set(key, { group, points: settled });
  }
  return { kind: 'ok', groups };
}

function countCarefully({ counts, before }: CarefulPlan, by: readonly string[], answers: Answers): Tallied {
  const counted = pointsOf(counts, by, answers);
  if (counted.kind === 'failed') return counted;
  const tooMuch = pointsOf(before, by, answers);
  return tooMuch.kind === 'failed' ? tooMuch : { kind: 'ok', groups: plus(counted.groups, tooMuch.groups, -1) };
}

/** One expression's values by group; NaN is no value. */
export function pointsOf(expr: string, by: readonly string[], answers: Answers): Tallied {
  const answer = answers.get(expr);
  if (answer === undefined) return failed('bad-response', 'a part of the question was lost');
  if (answer.kind === 'failed') return answer;
  const groups: Tallying = new Map();
  for (const { labels, points } of answer.series) {
    const group = groupOf(labels, by);
    const key = keyOf(group);
    if (groups.has(key)) return duplicateGroup(key);
    const values = new Map<number, number>();
    for (const { at, value } of points) if (!Number.isNaN(value)) values.set(at, value);
    groups.set(key, { group, points: values });
  }
  return { kind: 'ok', groups };
}

export function duplicateGroup(key: string): Failed {
  const what = key === '' ? 'the whole service; aggregate it, or name the labels in `by`' : `the group ${key}`;
  return failed('bad-response', `the result holds more than one series for ${what}`);
}
