import type { Group } from '../../domain/group.ts';
import type { Answers } from './batch.ts';
import type { ResultSeries } from './decode.ts';
import { failed } from './failure.ts';
import type { Failed } from './failure.ts';
import { groupOf, keyOf } from './grouped.ts';
import type { TermPlan } from './counting-plan.ts';

/** Values by group and by the time of the point, ms. */
export type GroupedPoints = ReadonlyMap<
  string,
  { readonly group: Group; readonly points: ReadonlyMap<number, number> }
>;

type Tallying = Map<string, { readonly group: Group; readonly points: Map<number, number> }>;

export type Tallied = { readonly kind: 'ok'; readonly groups: GroupedPoints } | Failed;

/**
 * Adds up the terms of one side of a signal, each less what it had counted before. A term without data adds nothing;
 * a group that no term knows is absent.
 */
export function tally(terms: readonly TermPlan[], by: readonly string[], answers: Answers): Tallied {
  const groups: Tallying = new Map();
  for (const { counts, before, sign } of terms) {
    const wrong = addAnswer(groups, answers, counts, by, sign, 'anywhere');
    if (wrong !== undefined) return wrong;
    // Not asked for points without newcomers, so a missing answer takes nothing away.
    if (before === undefined || !answers.has(before)) continue;
    const wrongToo = addAnswer(groups, answers, before, by, -sign, 'where there is a count');
    if (wrongToo !== undefined) return wrongToo;
  }
  return { kind: 'ok', groups };
}

/** One expression's values by group. */
export function pointsOf(expr: string, by: readonly string[], answers: Answers): Tallied {
  const groups: Tallying = new Map();
  return addAnswer(groups, answers, expr, by, 1, 'anywhere') ?? { kind: 'ok', groups };
}

function addAnswer(
  groups: Tallying,
  answers: Answers,
  expr: string,
  by: readonly string[],
  sign: number,
  where: 'anywhere' | 'where there is a count',
): Failed | undefined {
  const answer = answers.get(expr);
  if (answer === undefined) return failed('bad-response', 'a part of the question was lost');
  if (answer.kind === 'failed') return answer;
  return add(groups, answer.series, by, sign, where);
}

function add(
  groups: Tallying,
  series: readonly ResultSeries[],
  by: readonly string[],
  sign: number,
  where: 'anywhere' | 'where there is a count',
): Failed | undefined {
  const seen = new Set<string>();
  for (const { labels, points } of series) {
    const group = groupOf(labels, by);
    const key = keyOf(group);
    if (seen.has(key)) return duplicateGroup(key);
    seen.add(key);
    let entry = groups.get(key);
    if (entry === undefined) {
      if (where === 'where there is a count') continue;
      entry = { group, points: new Map() };
      groups.set(key, entry);
    }
    for (const { at, value } of points) {
      const known = entry.points.get(at);
      if (Number.isNaN(value) || (known === undefined && where === 'where there is a count')) continue;
      entry.points.set(at, (known ?? 0) + sign * value);
    }
  }
  return undefined;
}

export function duplicateGroup(key: string): Failed {
  const what = key === '' ? 'the whole service; aggregate it, or name the labels in `by`' : `the group ${key}`;
  return failed('bad-response', `the result holds more than one series for ${what}`);
}
