import type { HistoryOutcome } from '../../app/ports/source.ts';
import type { HistoryGroup, HistoryPoint } from '../../domain/history.ts';
import type { Interval } from '../../domain/interval.ts';
import type { CountingSignal, GaugeSignal, Signal } from '../../domain/service.ts';
import type { Answers, Question } from './batch.ts';
import { goodOf, numeratorSeenAt, sidesOf } from './counting.ts';
import { freshness, sampleQuestions } from './freshness.ts';
import { gaugeQuestions, gaugeValues } from './gauging.ts';
import { valueAt } from './group-points.ts';
import { mergeAnswers } from './range.ts';
import type { AskRange, Stretch } from './range.ts';
import { totalSelectors } from './selectors.ts';
import { carefulQuestions, planCarefully, planStep, steadyQuestions, termsOf, unsteadyTimes } from './counting-plan.ts';
import type { StepPlan } from './counting-plan.ts';

type HistoryPlan =
  | { readonly kind: 'counting'; readonly signal: CountingSignal; readonly plan: StepPlan }
  | { readonly kind: 'gauge'; readonly signal: GaugeSignal };

/** Reads what signals did over a past stretch, a point for each step, counted just as `readSignals` counts it. */
export async function readHistory(
  signals: readonly Signal[],
  { from, to }: Interval,
  stepMs: number,
  ask: AskRange,
  returnWindowMs: number,
): Promise<readonly HistoryOutcome[]> {
  const points = Math.floor((to - from) / stepMs);
  const whole: Stretch = { start: from + stepMs, points, stepMs };
  if (points < 1) return signals.map(() => ({ kind: 'history', groups: [] }));
  // A point counts the step that ends there, so the step's offsets are the same at each.
  const offsets = { from: stepMs, to: 0 };
  const plans = signals.map((signal): HistoryPlan =>
    signal.kind === 'gauge' ? { kind: 'gauge', signal } : { kind: 'counting', signal, plan: planStep(signal, offsets) },
  );
  const first = await ask(plans.flatMap(questionsOf), whole);
  let answers = first;
  const settled: HistoryPlan[] = [];
  for (const plan of plans) {
    const careful =
      plan.kind === 'gauge' ? undefined : planCarefully(plan.plan, plan.signal.by, offsets, first, returnWindowMs);
    if (plan.kind === 'gauge' || careful === undefined) {
      settled.push(plan);
      continue;
    }
    for (const run of runsOf(unsteadyTimesOf(plan.plan, first), stepMs)) {
      answers = mergeAnswers(answers, await ask(carefulQuestions(careful), run));
    }
    settled.push({ ...plan, plan: careful });
  }
  return settled.map((plan) =>
    plan.kind === 'gauge' ? gaugeHistory(plan.signal, answers) : countingHistory(plan.signal, plan.plan, answers),
  );
}

function questionsOf(plan: HistoryPlan): readonly Question[] {
  if (plan.kind === 'gauge') return gaugeQuestions(plan.signal);
  return [...steadyQuestions(plan.plan), ...sampleQuestions(totalSelectors(plan.signal), plan.signal.by)];
}

/** Ascending. */
function unsteadyTimesOf(plan: StepPlan, answers: Answers): readonly number[] {
  return termsOf(plan)
    .flatMap(({ steady }) => unsteadyTimes(answers.get(steady)))
    .sort((a, b) => a - b);
}

/** A closer look is expensive, so it is taken only around the points that need one. */
const maxRuns = 30;

function runsOf(times: readonly number[], stepMs: number): readonly Stretch[] {
  for (let gap = 10; ; gap *= 4) {
    const runs: { start: number; end: number }[] = [];
    for (const at of times) {
      const last = runs.at(-1);
      if (last !== undefined && at - last.end <= gap * stepMs) last.end = at;
      else runs.push({ start: at, end: at });
    }
    if (runs.length > maxRuns) continue;
    return runs.map(({ start, end }) => ({ start, points: Math.round((end - start) / stepMs) + 1, stepMs }));
  }
}

function countingHistory(signal: CountingSignal, plan: StepPlan, answers: Answers): HistoryOutcome {
  const sides = sidesOf(signal, plan, answers);
  if (sides.kind === 'failed') return { kind: 'failed', failure: sides.failure };
  const fresh = freshness(totalSelectors(signal), signal.by, answers);
  if (fresh.kind === 'failed') return { kind: 'failed', failure: fresh.failure };
  const groups: HistoryGroup[] = [];
  for (const [key, { group, points: totals }] of sides.total) {
    const numerators = sides.numerator.get(key)?.points ?? [];
    const points: HistoryPoint[] = [];
    for (const { at, value: total } of totals) {
      const newestSampleAt = fresh.newest(group, at);
      if (newestSampleAt === undefined) continue;
      const good = goodOf(signal, total, valueAt(numerators, at));
      points.push({ at, newestSampleAt, good, total, numeratorSeen: numeratorSeenAt(sides.numerator, at) });
    }
    if (points.length > 0) groups.push({ group, points });
  }
  return { kind: 'history', groups };
}

function gaugeHistory(signal: GaugeSignal, answers: Answers): HistoryOutcome {
  const values = gaugeValues(signal, answers);
  if (values.kind === 'failed') return { kind: 'failed', failure: values.failure };
  const groups = values.groups.map(({ group, points }): HistoryGroup => ({
    group,
    points: points.map(({ at, value }) => ({ at, newestSampleAt: values.newestSampleAt(group, at), value })),
  }));
  return { kind: 'history', groups };
}
