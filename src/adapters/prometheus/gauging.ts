import type { SignalOutcome } from '../../app/ports/source.ts';
import type { Group } from '../../domain/service/group.ts';
import type { GaugeSignal } from '../../domain/service/service.ts';
import type { Answers, Question } from './batch.ts';
import type { ResultPoint } from './decode.ts';
import { failed } from './failure.ts';
import type { Failed } from './failure.ts';
import { freshness, sampleQuestions } from './freshness.ts';
import type { Freshness } from './freshness.ts';
import { groupOf, keyOf } from './grouped.ts';

export function gaugeQuestions(signal: GaugeSignal): readonly Question[] {
  const value: Question = { expr: signal.query, about: signal.query, origin: 'declared' };
  return [value, ...sampleQuestions(signal.selectors, signal.by)];
}

export interface GaugeGroup {
  readonly group: Group;
  readonly points: readonly ResultPoint[];
}

export type GaugeValues =
  | { readonly kind: 'ok'; readonly groups: readonly GaugeGroup[]; newestSampleAt(group: Group, at: number): number }
  | Failed;

/** A gauge's values by group; each group may have one series only. */
export function gaugeValues(signal: GaugeSignal, answers: Answers): GaugeValues {
  const answer = answers.get(signal.query);
  if (answer === undefined) return failed('bad-response', 'a part of the question was lost');
  if (answer.kind === 'failed') return answer;
  const fresh = freshness(signal.selectors, signal.by, answers);
  if (fresh.kind === 'failed') return fresh;
  const groups = new Map<string, GaugeGroup>();
  for (const { labels, points } of answer.series) {
    const group = groupOf(labels, signal.by);
    const key = keyOf(group);
    if (groups.has(key)) return duplicateGroup(key);
    groups.set(key, { group, points });
  }
  return { kind: 'ok', groups: [...groups.values()], newestSampleAt: (group, at) => sampleTime(fresh, group, at) };
}

/**
 * A query may rename the labels it groups by, so that its groups are not found among its selectors; and it may answer
 * without any recent sample (`absent(x)`, `vector(0)`), which is a statement about the instant itself.
 */
function sampleTime(fresh: Freshness, group: Group, at: number): number {
  return fresh.newest(group, at) ?? fresh.newestOfAll(at) ?? at;
}

export function gaugedOutcome(signal: GaugeSignal, at: number, answers: Answers): SignalOutcome {
  const values = gaugeValues(signal, answers);
  if (values.kind === 'failed') return { kind: 'failed', failure: values.failure };
  const groups = values.groups.flatMap(({ group, points }) =>
    points.map(({ value }) => ({ group, newestSampleAt: values.newestSampleAt(group, at), value })),
  );
  return { kind: 'gauged', groups };
}

/** A declared query may give any series. */
function duplicateGroup(key: string): Failed {
  const what = key === '' ? 'the whole service; aggregate the query, or name the labels in `by`' : `the group ${key}`;
  return failed('bad-response', `the result holds more than one series for ${what}`);
}
