import type { SignalOutcome, SignalRead } from '../../app/ports/source.ts';
import type { Ask, Question } from './batch.ts';
import { countedOutcome } from './counting.ts';
import { gaugedOutcome } from './gauging.ts';
import type { PlanMemory } from './plan-memory.ts';
import type { CountingSignal, GaugeSignal } from '../../domain/service/service.ts';
import { carefulQuestions, planCarefully } from './counting-plan.ts';
import type { PlannedStep } from './counting-plan.ts';

type ReadPlan = { readonly questions: readonly Question[] } & (
  | { readonly kind: 'counting'; readonly signal: CountingSignal; readonly steps: readonly PlannedStep[] }
  | { readonly kind: 'gauge'; readonly signal: GaugeSignal }
);

/** Reads signals at an instant: one round of questions, and a second one where a series is new or was reset. */
export async function readSignals(
  reads: readonly SignalRead[],
  at: number,
  ask: Ask,
  returnWindowMs: number,
  memory: PlanMemory,
): Promise<readonly SignalOutcome[]> {
  const plans = reads.map((read) => planRead(read, at, memory));
  const first = await ask(plans.flatMap(({ questions }) => questions));
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
    settled.push({ ...plan, steps });
  }
  const answers = further.length === 0 ? first : new Map([...first, ...(await ask(further))]);
  return settled.map((plan) =>
    plan.kind === 'gauge'
      ? gaugedOutcome(plan.signal, at, answers)
      : countedOutcome(plan.signal, plan.steps, at, answers),
  );
}

function planRead({ signal, steps }: SignalRead, at: number, memory: PlanMemory): ReadPlan {
  const questions = [...memory.beside(signal)];
  if (signal.kind === 'gauge') return { kind: 'gauge', signal, questions };
  const planned = steps.map((interval): PlannedStep => {
    const offsets = { from: Math.round(at - interval.from), to: Math.round(at - interval.to) };
    const remembered = memory.step(signal, offsets);
    questions.push(...remembered.questions);
    return { interval, offsets, plan: remembered.plan };
  });
  return { kind: 'counting', signal, steps: planned, questions };
}
