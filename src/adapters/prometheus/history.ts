import type { HistoryOutcome } from '../../app/ports/source.ts';
import type { HistoryGroup, HistoryPoint } from '../../domain/history.ts';
import type { Interval } from '../../domain/interval.ts';
import type { CountingSignal, GaugeSignal, Signal } from '../../domain/service.ts';
import type { Answers, Question } from './batch.ts';
import { goodOf, sidesOf } from './counting.ts';
import { freshness } from './freshness.ts';
import { gaugeQuestions, gaugeValues, sampleQuestions } from './gauging.ts';
import { mergeAnswers } from './range.ts';
import type { AskRange, Stretch } from './range.ts';
import { totalSelectors } from './selectors.ts';
import { planReturns, planStep, returnQuestions, stepQuestions } from './counting-plan.ts';
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
    const newAt = plan.kind === 'gauge' ? [] : newcomerTimes(plan.plan, first);
    if (plan.kind === 'gauge' || newAt.length === 0) {
      settled.push(plan);
      continue;
    }
    const withReturns = planReturns(plan.plan, plan.signal, offsets, returnWindowMs);
    for (const run of runsOf(newAt, stepMs)) {
      answers = mergeAnswers(answers, await ask(returnQuestions(withReturns), run));
    }
    settled.push({ ...plan, plan: withReturns });
  }
  return settled.map((plan) =>
    plan.kind === 'gauge' ? gaugeHistory(plan.signal, answers) : countingHistory(plan.signal, plan.plan, answers),
  );
}

function questionsOf(plan: HistoryPlan): readonly Question[] {
  if (plan.kind === 'gauge') return gaugeQuestions(plan.signal);
  return [...stepQuestions(plan.plan), ...sampleQuestions(totalSelectors(plan.signal), plan.signal.by)];
}

/** Ascending. */
function newcomerTimes(plan: StepPlan, answers: Answers): readonly number[] {
  const answer = answers.get(plan.newcomers);
  if (answer?.kind !== 'ok') return [];
  return answer.series.flatMap(({ points }) => points.map(({ at }) => at)).sort((a, b) => a - b);
}

/** Looking back is expensive, so it is asked only around the points where something is new. */
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
    const numerators = sides.numerator.get(key)?.points;
    const points: HistoryPoint[] = [];
    for (const [at, total] of totals) {
      const newestSampleAt = fresh.newest(group, at);
      if (newestSampleAt === undefined) continue;
      const good = goodOf(signal, total, numerators?.get(at));
      points.push({ at, newestSampleAt, good, total, numeratorSeen: sides.seenAt(at) });
    }
    if (points.length > 0) groups.push({ group, points: points.sort((a, b) => a.at - b.at) });
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
