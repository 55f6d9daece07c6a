import type { SignalOutcome, SignalRead } from '../../app/ports/source.ts';
import type { Ask, Question } from './batch.ts';
import { countedOutcome } from './counting.ts';
import { gaugedOutcome, gaugeQuestions, sampleQuestions } from './gauging.ts';
import { totalSelectors } from './selectors.ts';
import type { CountingSignal, GaugeSignal } from '../../domain/service.ts';
import { carefulQuestions, planCarefully, planStep, steadyQuestions } from './counting-plan.ts';
import type { PlannedStep } from './counting-plan.ts';

type ReadPlan =
  | { readonly kind: 'counting'; readonly signal: CountingSignal; readonly steps: readonly PlannedStep[] }
  | { readonly kind: 'gauge'; readonly signal: GaugeSignal };

/** Reads signals at an instant: one round of questions, and a second one where a series is new or was reset. */
export async function readSignals(
  reads: readonly SignalRead[],
  at: number,
  ask: Ask,
  returnWindowMs: number,
): Promise<readonly SignalOutcome[]> {
  const plans = reads.map((read) => planRead(read, at));
  const first = await ask(plans.flatMap(questionsOf));
  const further: Question[] = [];
  const settled: ReadPlan[] = [];
  for (const plan of plans) {
    if (plan.kind === 'gauge') {
      settled.push(plan);
      continue;
    }
    const steps: PlannedStep[] = [];
    for (const { interval, offsets, plan: steady } of plan.steps) {
      const careful = planCarefully(steady, plan.signal.by, offsets, first, returnWindowMs);
      if (careful !== undefined) further.push(...carefulQuestions(careful));
      steps.push({ interval, offsets, plan: careful ?? steady });
    }
    settled.push({ kind: 'counting', signal: plan.signal, steps });
  }
  const answers = further.length === 0 ? first : new Map([...first, ...(await ask(further))]);
  return settled.map((plan) =>
    plan.kind === 'gauge'
      ? gaugedOutcome(plan.signal, at, answers)
      : countedOutcome(plan.signal, plan.steps, at, answers),
  );
}

function planRead({ signal, steps }: SignalRead, at: number): ReadPlan {
  if (signal.kind === 'gauge') return { kind: 'gauge', signal };
  const planned = steps.map((interval) => {
    const offsets = { from: Math.round(at - interval.from), to: Math.round(at - interval.to) };
    return { interval, offsets, plan: planStep(signal, offsets) };
  });
  return { kind: 'counting', signal, steps: planned };
}

function questionsOf(plan: ReadPlan): readonly Question[] {
  if (plan.kind === 'gauge') return gaugeQuestions(plan.signal);
  const samples = sampleQuestions(totalSelectors(plan.signal), plan.signal.by);
  return [...plan.steps.flatMap((step) => steadyQuestions(step.plan)), ...samples];
}
