import type { CountingSignal, GaugeSignal, Signal } from '../../domain/service/service.ts';
import type { Question } from './batch.ts';
import { planStep, steadyQuestions } from './counting-plan.ts';
import type { StepPlan } from './counting-plan.ts';
import { oldestQuestions, sampleQuestions } from './freshness.ts';
import { gaugeQuestions } from './gauging.ts';
import type { StepOffsets } from './promql.ts';
import { awaitedSelectors, totalSelectors } from './selectors.ts';

/** A step's plan and what it asks first. */
export interface RememberedStep {
  readonly plan: StepPlan;
  readonly questions: readonly Question[];
}

/** Plans and questions by signal. Polls come at even distances, so most of them ask the same texts as the one before. */
export interface PlanMemory {
  step(signal: CountingSignal, offsets: StepOffsets): RememberedStep;
  /** What a signal asks besides its steps: sample times, and a gauge's value. */
  beside(signal: Signal): readonly Question[];
}

/** Steps kept for each signal: the usual one and that of a poll that came a little sooner or later. */
const stepsKept = 2;

export function createPlanMemory(): PlanMemory {
  const steps = new WeakMap<CountingSignal, Map<string, RememberedStep>>();
  const beside = new WeakMap<Signal, readonly Question[]>();
  return {
    step(signal, offsets) {
      const known = steps.get(signal) ?? new Map<string, RememberedStep>();
      steps.set(signal, known);
      const key = `${offsets.from} ${offsets.to}`;
      const found = known.get(key) ?? remember(signal, offsets);
      // Behind the others again, so that the one that was not used for longest goes first.
      known.delete(key);
      known.set(key, found);
      const [oldest] = known.keys();
      if (known.size > stepsKept && oldest !== undefined) known.delete(oldest);
      return found;
    },
    beside(signal) {
      const known = beside.get(signal);
      if (known !== undefined) return known;
      const questions = signal.kind === 'gauge' ? gaugeQuestions(signal) : sampleTimesOf(signal);
      beside.set(signal, questions);
      return questions;
    },
  };
}

function remember(signal: CountingSignal, offsets: StepOffsets): RememberedStep {
  const plan = planStep(signal, offsets);
  return { plan, questions: steadyQuestions(plan) };
}

function sampleTimesOf(signal: Exclude<Signal, GaugeSignal>): readonly Question[] {
  return [
    ...sampleQuestions(totalSelectors(signal), signal.by),
    ...oldestQuestions(awaitedSelectors(signal), signal.by),
  ];
}
