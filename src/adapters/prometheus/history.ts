import type { HistoryOutcome, SampleTimes } from '../../app/ports/source.ts';
import type { HistoryGroup, HistoryPoint } from '../../domain/reading/history.ts';
import type { Interval } from '../../domain/interval.ts';
import type { CountingSignal, GaugeSignal, Signal } from '../../domain/service/service.ts';
import type { Answer, Answers, Question } from './batch.ts';
import { bucketPresence, presenceQuestions } from './bucket-presence.ts';
import { lookCloser } from './closer-look.ts';
import { goodOf, numeratorSeenAt, sidesOf } from './counting.ts';
import { freshness, sampleQuestions } from './freshness.ts';
import type { Freshness } from './freshness.ts';
import type { Failed } from './failure.ts';
import { gaugeQuestions, gaugeValues } from './gauging.ts';
import { valueAt } from './group-points.ts';
import type { GroupedPoints } from './group-points.ts';
import { countPast } from './past-counts.ts';
import type { PastPlan } from './past-counts.ts';
import { isPlain } from './promql.ts';
import type { AskRange } from './range.ts';
import { totalSelectors } from './selectors.ts';
import { stepFreshness, stepQuestions, untoldTimes } from './step-freshness.ts';
import type { StepFreshness } from './step-freshness.ts';
import { tally } from './tally.ts';

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
  const counting = signals.filter((signal) => signal.kind !== 'gauge');
  const beside = signals.flatMap((signal) => besideCounts(signal, past));
  const counts = await countPast(counting, { from, points, stepMs }, beside, ask, returnWindowMs);
  const answers = await withSampledSteps(counts.plans, past, counts.answers, ask);
  const plans = new Map(counts.plans.map((plan) => [plan.signal, plan]));
  return signals.map((signal) => {
    if (signal.kind === 'gauge') return gaugeHistory(signal, past, answers);
    const plan = plans.get(signal);
    return plan === undefined ? { kind: 'history', groups: [] } : countingHistory(plan, past, answers);
  });
}

/** What is asked at each point besides what counts: a gauge's value, which series have a bucket, and when samples landed. */
function besideCounts(signal: Signal, { stepMs, sampleTimes }: Past): readonly Question[] {
  if (signal.kind === 'gauge') return gaugeQuestions(signal);
  const selectors = totalSelectors(signal);
  const buckets = presenceQuestions(signal);
  if (sampleTimes === 'exact') return [...buckets, ...sampleQuestions(selectors, signal.by)];
  return countsTellSamples(signal) ? buckets : [...buckets, ...stepQuestions(selectors, signal.by, stepMs)];
}

/** Whether what a plain counter counted tells that it had a sample: its value changed. */
function countsTellSamples({ totalTerms }: CountingSignal): boolean {
  return totalTerms.every(isPlain);
}

/** The answers, and those that tell whether samples landed in steps in which nothing was counted. */
async function withSampledSteps(
  plans: readonly PastPlan[],
  { stepMs, sampleTimes }: Past,
  answers: Answers,
  ask: AskRange,
): Promise<Answers> {
  if (sampleTimes === 'exact') return answers;
  const looks = plans
    .filter(({ signal }) => countsTellSamples(signal))
    .map((plan) => ({
      times: untoldTimes(totalsOf(plan, answers)),
      // In long steps the series that are shown tell it, which was asked already.
      questions: stepQuestions(totalSelectors(plan.signal), plan.signal.by, stepMs).filter(
        ({ expr }) => !answers.has(expr),
      ),
    }));
  const unasked = new Map<string, Answer>();
  for (const { expr } of looks.flatMap(({ questions }) => questions)) unasked.set(expr, { kind: 'ok', series: [] });
  return new Map([...unasked, ...(await lookCloser(looks, stepMs, ask)), ...answers]);
}

/** What the terms of a total counted, those that could be told. */
function totalsOf({ signal, plan }: PastPlan, answers: Answers): readonly GroupedPoints[] {
  return plan.total.flatMap((term) => {
    const counted = tally([term], signal.by, answers);
    return counted.kind === 'failed' ? [] : [counted.groups];
  });
}

function countingHistory(planned: PastPlan, past: Past, answers: Answers): HistoryOutcome {
  const { signal, plan } = planned;
  const sides = sidesOf(signal, plan, answers);
  if (sides.kind === 'failed') return { kind: 'failed', failure: sides.failure };
  const fresh = freshnessOf(planned, past, answers);
  if (fresh.kind === 'failed') return { kind: 'failed', failure: fresh.failure };
  const isPresent = bucketPresence(signal, past.stepMs, answers);
  const groups: HistoryGroup[] = [];
  for (const [key, { group, points: totals }] of sides.total) {
    const numerators = sides.numerator.get(key)?.points ?? [];
    const points: HistoryPoint[] = [];
    for (const { at, value: total } of totals) {
      if (at <= past.from) continue;
      const newestSampleAt = fresh.newest(group, at);
      if (newestSampleAt === undefined) continue;
      const good = goodOf(signal, total, valueAt(numerators, at));
      const numeratorSeen = numeratorSeenAt(sides.numerator, at);
      const lacksBucket = isPresent(key, at) === false;
      points.push({ at, newestSampleAt, good, total, numeratorSeen, ...(lacksBucket ? { lacksBucket } : {}) });
    }
    if (points.length > 0) groups.push({ group, points });
  }
  return { kind: 'history', groups };
}

function freshnessOf(planned: PastPlan, past: Past, answers: Answers): Freshness | StepFreshness | Failed {
  const { signal } = planned;
  const selectors = totalSelectors(signal);
  if (past.sampleTimes === 'exact') return freshness(selectors, signal.by, answers);
  const told = countsTellSamples(signal) ? totalsOf(planned, answers) : [];
  return stepFreshness(selectors, signal.by, past, answers, told);
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
