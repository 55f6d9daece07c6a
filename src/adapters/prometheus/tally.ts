import type { Answer, Answers } from './batch.ts';
import type { CarefulPlan, TermPlan } from './counting-plan.ts';
import type { ResultPoint } from './decode.ts';
import { failed } from './failure.ts';
import type { Failed } from './failure.ts';
import { addPoints, valueAt } from './group-points.ts';
import type { GroupedPoints, GroupPoints } from './group-points.ts';
import { groupOf, keyOf } from './grouped.ts';

export type Tallied = { readonly kind: 'ok'; readonly groups: GroupedPoints } | Failed;

const nothing: GroupedPoints = new Map();

/** Adds up the terms of one side of a signal. A term without data adds nothing; a group that no term knows is absent. */
export function tally(terms: readonly TermPlan[], by: readonly string[], answers: Answers): Tallied {
  let sum: GroupedPoints | undefined;
  for (const planned of terms) {
    const counted = countTerm(planned, by, answers);
    if (counted.kind === 'failed') return counted;
    sum =
      sum === undefined && planned.term.sign === 1
        ? counted.groups
        : addPoints(sum ?? nothing, counted.groups, planned.term.sign);
  }
  return { kind: 'ok', groups: sum ?? nothing };
}

/** One term's counts; where the steady question could not tell, those of the careful one. */
function countTerm({ steady, careful }: TermPlan, by: readonly string[], answers: Answers): Tallied {
  const counted = pointsOf(steady, by, answers);
  if (counted.kind === 'failed' || careful === undefined) return counted;
  const corrected = countCarefully(careful, by, answers);
  if (corrected.kind === 'failed') return corrected;
  const groups = new Map<string, GroupPoints>();
  for (const [key, { group, points }] of counted.groups) {
    const others = corrected.groups.get(key)?.points ?? [];
    const settled: ResultPoint[] = [];
    for (const point of points) {
      const right = point.value === Number.POSITIVE_INFINITY ? valueAt(others, point.at) : point.value;
      if (right !== undefined) settled.push({ at: point.at, value: right });
    }
    groups.set(key, { group, points: settled });
  }
  return { kind: 'ok', groups };
}

function countCarefully({ counts, before }: CarefulPlan, by: readonly string[], answers: Answers): Tallied {
  const counted = pointsOf(counts, by, answers);
  if (counted.kind === 'failed') return counted;
  const tooMuch = pointsOf(before, by, answers);
  return tooMuch.kind === 'failed' ? tooMuch : { kind: 'ok', groups: addPoints(counted.groups, tooMuch.groups, -1) };
}

/** One expression's values by group; NaN is no value. */
export function pointsOf(expr: string, by: readonly string[], answers: Answers): Tallied {
  const answer = answers.get(expr);
  if (answer === undefined) return failed('bad-response', 'a part of the question was lost');
  return pointsByGroup(answer, by);
}

/** An answer's values by group; NaN is no value. */
export function pointsByGroup(answer: Answer, by: readonly string[]): Tallied {
  if (answer.kind === 'failed') return answer;
  const groups = new Map<string, GroupPoints>();
  for (const { labels, points } of answer.series) {
    const group = groupOf(labels, by);
    const key = keyOf(group);
    if (groups.has(key)) return repeatedGroup(key);
    groups.set(key, { group, points: points.some(isNaNPoint) ? points.filter((point) => !isNaNPoint(point)) : points });
  }
  return { kind: 'ok', groups };
}

function isNaNPoint({ value }: ResultPoint): boolean {
  return Number.isNaN(value);
}

/** Andon asks for one sum a group, so nobody who declares a signal can mend this. */
function repeatedGroup(key: string): Failed {
  const what = key === '' ? 'the whole service' : `the group ${key}`;
  const cause = 'the source, or a proxy before it, repeats series in its answer';
  return failed('bad-response', `the result holds more than one series for the sum over ${what}: ${cause}`);
}
