import type { HistoryOutcome, SampleTimes } from '../../app/ports/source.ts';
import type { HistoryGroup, HistoryPoint } from '../../domain/reading/history.ts';
import type { Interval } from '../../domain/interval.ts';
import type { CountingSignal, GaugeSignal, Signal } from '../../domain/service/service.ts';
import type { Answers, Question } from './batch.ts';
import { lookCloser } from './closer-look.ts';
import { goodOf, numeratorSeenAt, sidesOf } from './counting.ts';
import { freshness, sampleQuestions } from './freshness.ts';
import { gaugeQuestions, gaugeValues } from './gauging.ts';
import { valueAt } from './group-points.ts';
import { mergeAnswers } from './range.ts';
import type { AskRange } from './range.ts';
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
  asked: Answers,
  ask: AskRange,
): Promise<Answers> {
  const answers = new Map(asked);
  const told = countingPlans(plans).flatMap(({ signal, plan }) =>
    termsOf(plan)
      .filter(({ steady }) => !asked.has(steady))
      .map((planned) => ({ planned, by: signal.by })),
  );
  for (const { planned, by } of told) answers.set(planned.steady, stepsOfSums(planned.term, by, past, asked));
  const looks = countingPlans(plans).map(({ plan }) => ({
    times: unsteadyTimesOf(plan, answers),
    questions: termsOf(plan)
      .filter(({ steady }) => !asked.has(steady))
      .map(steadyQuestion),
  }));
  const closer = await lookCloser(looks, past.stepMs, ask);
  for (const { planned, by } of told) {
    const { steady } = planned;
    const [whole, part] = [answers.get(steady), closer.get(steady)];
    if (whole !== undefined && part !== undefined) answers.set(steady, inserted(whole, part, by));
  }
  return answers;
}

/** Adds what careful questions answer about the points at which the steady answers are infinite. */
async function withCarefulCounts(
  plans: readonly HistoryPlan[],
  stepMs: number,
  steady: Answers,
  ask: AskRange,
): Promise<Answers> {
  const looks = countingPlans(plans).map(({ plan }) => ({
    times: unsteadyTimesOf(plan, steady),
    questions: carefulQuestions(plan),
  }));
  return mergeAnswers(steady, await lookCloser(looks, stepMs, ask));
}

function countingPlans(plans: readonly HistoryPlan[]): readonly Extract<HistoryPlan, { kind: 'counting' }>[] {
  return plans.filter((plan) => plan.kind === 'counting');
}

/** Ascending. */
function unsteadyTimesOf(plan: StepPlan, answers: Answers): readonly number[] {
  return termsOf(plan)
    .flatMap(({ steady }) => unsteadyTimes(answers.get(steady)))
    .sort((a, b) => a - b);
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
