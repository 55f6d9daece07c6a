import type {
  RecordedBudget,
  RecordedLook,
  RecordedOutcome,
  RecordedPast,
  RecordedRead,
} from '../../app/ports/source.ts';
import type { RecordedGroup, RecordedWindow } from '../../domain/budget/recorded-counts.ts';
import { recordedLabels as label, recordedMetric } from '../../domain/budget/recorded-series.ts';
import type { Group } from '../../domain/service/group.ts';
import type { Interval } from '../../domain/interval.ts';
import { prometheusDuration } from '../../domain/text/prometheus-duration.ts';
import type { Answers, Ask, Question } from './batch.ts';
import type { ResultPoint, ResultSeries } from './decode.ts';
import { failed } from './failure.ts';
import type { Failed } from './failure.ts';
import { groupOf, keyOf } from './grouped.ts';
import type { AskRange } from './range.ts';

/** What is asked about the budgets of one service: all counts, and when they were counted. */
interface RecordedPlan {
  readonly counts: Question;
  readonly times: Question;
}

/** Reads what rules recorded of many services in one round of questions, two for each service. */
export async function readRecorded(reads: readonly RecordedRead[], ask: Ask): Promise<readonly RecordedOutcome[]> {
  const plans = reads.map(planOf);
  const answers = await ask(plans.flatMap(({ counts, times }) => [counts, times]));
  return reads.map((read, index): RecordedOutcome => {
    const series = seriesOf(plans[index], answers);
    if (series.kind === 'failed') return { kind: 'failed', failure: series.failure };
    return { kind: 'recorded', groups: groupsIn(read, series, ([point]) => point?.value) };
  });
}

/** Reads what rules had recorded of one service by each step of a past stretch. */
export async function readRecordedPast(
  read: RecordedRead,
  { from, to }: Interval,
  stepMs: number,
  ask: AskRange,
): Promise<RecordedPast> {
  const points = Math.floor((to - from) / stepMs);
  if (points < 1) return { kind: 'recorded-past', looks: [] };
  const plan = planOf(read);
  const answers = await ask([plan.counts, plan.times], { start: from + stepMs, points, stepMs });
  const series = seriesOf(plan, answers);
  if (series.kind === 'failed') return { kind: 'failed', failure: series.failure };
  const looks: RecordedLook[] = [];
  // Each series is gone through once: its points ascend as the instants do.
  const next = new Map<readonly ResultPoint[], number>();
  for (let step = 1; step <= points; step += 1) {
    const at = from + step * stepMs;
    const groups = groupsIn(read, series, (all) => {
      let index = next.get(all) ?? 0;
      while ((all[index]?.at ?? Infinity) < at - stepMs / 2) index += 1;
      next.set(all, index);
      const point = all[index];
      return point !== undefined && point.at < at + stepMs / 2 ? point.value : undefined;
    });
    if (groups.length > 0) looks.push({ at, groups });
  }
  return { kind: 'recorded-past', looks };
}

interface RecordedSeries {
  readonly kind: 'ok';
  readonly counts: readonly ResultSeries[];
  readonly times: readonly ResultSeries[];
}

function seriesOf(plan: RecordedPlan | undefined, answers: Answers): RecordedSeries | Failed {
  const counts = plan && answers.get(plan.counts.expr);
  const times = plan && answers.get(plan.times.expr);
  if (counts === undefined || times === undefined) return failed('bad-response', 'a part of the question was lost');
  if (counts.kind === 'failed') return counts;
  return times.kind === 'failed' ? times : { kind: 'ok', counts: counts.series, times: times.series };
}

/** Polls ask for the same object again and again, and equal questions share the text of their request. */
const remembered = new WeakMap<RecordedRead, RecordedPlan>();

function planOf(read: RecordedRead): RecordedPlan {
  const known = remembered.get(read);
  if (known !== undefined) return known;
  const split = [...new Set(read.budgets.flatMap(({ by }) => by))];
  const windows = [...new Set(read.budgets.flatMap(({ windowsMs }) => windowsMs))];
  const matchers = [
    `__name__=~"${windows.map((ms) => recordedMetric(ms)).join('|')}"`,
    `${label.service}="${read.service}"`,
    `${label.budget}=~"${read.budgets.map(({ name }) => name).join('|')}"`,
  ].join(',');
  const about = `{${matchers}}`;
  const budget = [label.budget, ...split];
  const window = [label.budget, label.window, ...split];
  // Of a window that is covered in part and holds no count yet, that much is recorded too.
  const counted = `timestamp({${matchers},${label.events}="covered"})`;
  // The greatest: rulers that run in pairs, and labels that were just changed, would count twice.
  const plan: RecordedPlan = {
    counts: { expr: `max by (${[...window, label.events].join(', ')}) (${about})`, about, origin: 'made' },
    // Rules of a group that was cut lag behind each other: the counts are as old as the oldest of them.
    times: {
      expr: `min by (${budget.join(', ')}) (max by (${window.join(', ')}) (${counted}))`,
      about,
      origin: 'made',
    },
  };
  remembered.set(read, plan);
  return plan;
}

/** The groups at one instant; `valueOf` picks the value that a series has there. */
function groupsIn(
  read: RecordedRead,
  { counts, times }: RecordedSeries,
  valueOf: (points: readonly ResultPoint[]) => number | undefined,
): readonly RecordedGroup[] {
  const groups = new Map<string, OpenGroup>();
  const budgets = new Map(read.budgets.map((budget) => [budget.name, budget]));
  for (const { labels, points } of counts) {
    const budget = budgets.get(labels[label.budget] ?? '');
    const value = valueOf(points);
    if (budget === undefined || value === undefined || !Number.isFinite(value)) continue;
    const windowMs = windowOf(budget, labels[label.window]);
    const counted = countOf(labels[label.events], value);
    if (windowMs === undefined || counted === undefined) continue;
    const { windows } = openGroup(groups, budget, groupOf(labels, budget.by));
    windows.set(windowMs, { ...(windows.get(windowMs) ?? { windowMs }), ...counted });
  }
  for (const { labels, points } of times) {
    const budget = budgets.get(labels[label.budget] ?? '');
    const seconds = valueOf(points);
    if (budget === undefined || seconds === undefined) continue;
    const group = openGroup(groups, budget, groupOf(labels, budget.by));
    group.countedAt = Math.min(group.countedAt, Math.round(seconds * 1000));
  }
  return [...groups.values()].filter(isCounted).map(closed);
}

interface OpenGroup {
  readonly budget: string;
  readonly group: Group;
  countedAt: number;
  readonly windows: Map<number, RecordedWindow>;
}

function openGroup(groups: Map<string, OpenGroup>, { name }: RecordedBudget, group: Group): OpenGroup {
  const id = `${name}|${keyOf(group)}`;
  const known = groups.get(id) ?? { budget: name, group, countedAt: Infinity, windows: new Map() };
  groups.set(id, known);
  return known;
}

/** Where nobody says what is covered, nothing can be judged: something else is recorded under these labels. */
function isCounted({ countedAt }: OpenGroup): boolean {
  return Number.isFinite(countedAt);
}

function closed({ budget, group, countedAt, windows }: OpenGroup): RecordedGroup {
  return { budget, group, countedAt, windows: [...windows.values()] };
}

function windowOf({ windowsMs }: RecordedBudget, name: string | undefined): number | undefined {
  return windowsMs.find((ms) => prometheusDuration(ms) === name);
}

function countOf(events: string | undefined, value: number): Omit<RecordedWindow, 'windowMs'> | undefined {
  switch (events) {
    case 'total':
      return { total: value };
    case 'good':
      return { good: value };
    case 'bad':
      return { bad: value };
    case 'covered':
      return { coveredMs: value * 1000 };
    default:
      return undefined;
  }
}
