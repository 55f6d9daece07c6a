import type { HistoryOutcome, SampleTimes } from '../../app/ports/source.ts';
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
import { inserted, pastQuestions, stepsOfSums } from './past-counter.ts';
import { stepFreshness, stepQuestions } from './step-freshness.ts';
import { carefulQuestions, planCarefully, planStep, steadyQuestion, termsOf, unsteadyTimes } from './counting-plan.ts';
import type { StepPlan } from './counting-plan.ts';

type HistoryPlan =
  | { readonly kind: 'counting'; readonly signal: CountingSignal; readonly plan: StepPlan }
  | { readonly kind: 'gauge'; readonly signal: GaugeSignal };

/** A past to read, and how. */
export interface Past extends Interval {
  readonly stepMs: number;
  readonly sampleTimes: SampleTimes;
}

/** Reads what signals did over a past stretch, a point for each step, counted just as `readSignals` counts it. */
export async function readHistory(
  signals: readonly Signal[],
  past: Past,
  ask: AskRange,
  returnWindowMs: number,
): Promise<readonly HistoryOutcome[]> {
  const { from, to, stepMs } = past;
  const points = Math.floor((to - from) / stepMs);
  if (points < 1) return signals.map(() => ({ kind: 'history', groups: [] }));
  // A point counts the step that ends there, so the step's offsets are the same at each.
  const offsets = { from: stepMs, to: 0 };
  const plans = signals.map((signal): HistoryPlan =>
    signal.kind === 'gauge' ? { kind: 'gauge', signal } : { kind: 'counting', signal, plan: planStep(signal, offsets) },
  );
  // The first point is where the first step begins.
  const asked = await ask(
    plans.flatMap((plan) => questionsOf(plan, past)),
    { start: from, points: points + 1, stepMs },
  );
  const steady = await withClosedSteps(plans, past, asked, ask);
  const settled = plans.map((plan): HistoryPlan => {
    if (plan.kind === 'gauge') return plan;
    const careful = planCarefully(plan.plan, plan.signal.by, offsets, steady, returnWindowMs);
    return careful === undefined ? plan : { ...plan, plan: careful };
  });
  const answers = await withCarefulCounts(settled, stepMs, steady, ask);
  return settled.map((plan) =>
    plan.kind === 'gauge'
      ? gaugeHistory(plan.signal, past, answers)
      : countingHistory(plan.signal, plan.plan, past, answers),
  );
}

function questionsOf(plan: HistoryPlan, { stepMs, sampleTimes }: Past): readonly Question[] {
  if (plan.kind === 'gauge') return gaugeQuestions(plan.signal);
  const { signal } = plan;
  const counts = termsOf(plan.plan).flatMap(
    (planned) => pastQuestions(planned.term, signal.by, stepMs) ?? [steadyQuestion(planned)],
  );
  const selectors = totalSelectors(signal);
  const times =
    sampleTimes === 'exact' ? sampleQuestions(selectors, signal.by) : stepQuestions(selectors, signal.by, stepMs);
  return [...counts, ...times];
}

/** The answers, and those to the steady questions: worked out from sums, and asked where sums do not tell. */
async function withClosedSteps(
  plans: readonly HistoryPlan[],
  past: Past,
  answers: Answers,
  ask: AskRange,
): Promise<Answers> {
  const all = new Map(answers);
  for (const plan of plans) {
    if (plan.kind === 'gauge') continue;
    const { by } = plan.signal;
    for (const planned of termsOf(plan.plan)) {
      const { steady, term } = planned;
      if (all.has(steady)) continue;
      let told = stepsOfSums(term, by, past, answers);
      for (const run of runsOf(unsteadyTimes(told), past.stepMs))
        told = inserted(told, (await ask([steadyQuestion(planned)], run)).get(steady), by);
      all.set(steady, told);
    }
  }
  return all;
}

/** Adds what careful questions answer about the points at which the steady answers are infinite. */
async function withCarefulCounts(
  plans: readonly HistoryPlan[],
  stepMs: number,
  steady: Answers,
  ask: AskRange,
): Promise<Answers> {
  let all = steady;
  for (const plan of plans) {
    const questions = plan.kind === 'gauge' ? [] : carefulQuestions(plan.plan);
    if (plan.kind === 'gauge' || questions.length === 0) continue;
    for (const run of runsOf(unsteadyTimesOf(plan.plan, steady), stepMs))
      all = mergeAnswers(all, await ask(questions, run));
  }
  return all;
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

function countingHistory(signal: CountingSignal, plan: StepPlan, past: Past, answers: Answers): HistoryOutcome {
  const sides = sidesOf(signal, plan, answers);
  if (sides.kind === 'failed') return { kind: 'failed', failure: sides.failure };
  const selectors = totalSelectors(signal);
  const fresh =
    past.sampleTimes === 'exact'
      ? freshness(selectors, signal.by, answers)
      : stepFreshness(selectors, signal.by, past, answers);
  if (fresh.kind === 'failed') return { kind: 'failed', failure: fresh.failure };
  const groups: HistoryGroup[] = [];
  for (const [key, { group, points: totals }] of sides.total) {
    const numerators = sides.numerator.get(key)?.points ?? [];
    const points: HistoryPoint[] = [];
    for (const { at, value: total } of totals) {
      if (at <= past.from) continue;
      const newestSampleAt = fresh.newest(group, at);
      if (newestSampleAt === undefined) continue;
      const good = goodOf(signal, total, valueAt(numerators, at));
      points.push({ at, newestSampleAt, good, total, numeratorSeen: numeratorSeenAt(sides.numerator, at) });
    }
    if (points.length > 0) groups.push({ group, points });
  }
  return { kind: 'history', groups };
}

function gaugeHistory(signal: GaugeSignal, { from }: Past, answers: Answers): HistoryOutcome {
  const values = gaugeValues(signal, answers);
  if (values.kind === 'failed') return { kind: 'failed', failure: values.failure };
  const groups = values.groups.map(({ group, points }): HistoryGroup => ({
    group,
    points: points
      .filter(({ at }) => at > from)
      .map(({ at, value }) => ({ at, newestSampleAt: values.newestSampleAt(group, at), value })),
  }));
  return { kind: 'history', groups };
}
