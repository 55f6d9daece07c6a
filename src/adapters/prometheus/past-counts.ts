import type { CountingSignal } from '../../domain/service/service.ts';
import type { Answer, Answers, Question } from './batch.ts';
import { lookCloser } from './closer-look.ts';
import { about, isInfinite, planCarefully, planStep, steadyQuestion, termsOf, timesOf } from './counting-plan.ts';
import type { StepPlan, TermPlan } from './counting-plan.ts';
import {
  calmQuestion,
  calmStretch,
  countedSteps,
  resetQuestions,
  restlessTimes,
  sumQuestions,
} from './past-counter.ts';
import type { PastCounter, PastSteps } from './past-counter.ts';
import { isPlain, newcomers } from './promql.ts';
import { mergeAnswers } from './range.ts';
import type { AskRange } from './range.ts';
import { isPartOf } from './selector-part.ts';

/** A counting signal, and how its steps are told from answers. */
export interface PastPlan {
  readonly signal: CountingSignal;
  readonly plan: StepPlan;
}

export interface PastCounts {
  readonly plans: readonly PastPlan[];
  readonly answers: Answers;
}

const nothing: Answers = new Map();
const nobody: Answer = { kind: 'ok', series: [] };

/**
 * Asks what signals counted at each step of a past. `beside`: what else is asked about the same points. Most steps are
 * told by sums at their ends; the others take closer looks, each more expensive than the one before and about fewer steps:
 * at what was reset, at what came or went, and at what newcomers had counted before.
 */
export async function countPast(
  signals: readonly CountingSignal[],
  past: PastSteps,
  beside: readonly Question[],
  ask: AskRange,
  returnWindowMs: number,
): Promise<PastCounts> {
  // A point counts the step that ends there, so the step's offsets are the same at each.
  const offsets = { from: past.stepMs, to: 0 };
  const plans = signals.map((signal): PastPlan => ({ signal, plan: planStep(signal, offsets) }));
  const steady = await steadyCounts(plans, past, beside, ask);
  const careful = plans.map(({ signal, plan }): PastPlan => {
    const carefully = planCarefully(plan, signal.by, offsets, steady, returnWindowMs);
    return { signal, plan: carefully ?? plan };
  });
  return { plans: careful, answers: await withCarefulCounts(careful, past, steady, ask) };
}

/** Answers to the steady questions: worked out from sums where that is possible, and infinite where it takes a closer look. */
async function steadyCounts(
  plans: readonly PastPlan[],
  past: PastSteps,
  beside: readonly Question[],
  ask: AskRange,
): Promise<Answers> {
  const { from, points, stepMs } = past;
  const counters = plans.flatMap(countersOf);
  const others = plans.flatMap(({ plan }) => termsOf(plan).filter(({ term }) => !isPlain(term)));
  const questions = [...counters.flatMap(({ counter }) => sumQuestions(counter)), ...others.map(steadyQuestion)];
  const [atEach, calm] = await Promise.all([
    // The first point is where the first step begins.
    ask([...questions, ...beside], { start: from, points: points + 1, stepMs }),
    counters.length === 0
      ? nothing
      : ask(
          counters.map(({ counter }) => calmQuestion(counter, past)),
          calmStretch(past),
        ),
  ]);
  const asked = mergeAnswers(atEach, calm);
  const looks = counters.map(({ counter }) => ({
    times: restlessTimes(counter, past, asked),
    questions: resetQuestions(counter, stepMs),
  }));
  const resets = await lookCloser(looks, stepMs, ask);
  const answers = new Map(asked);
  for (const { counter, planned } of counters) {
    for (const [index, steps] of countedSteps(counter, past, asked, resets).entries()) {
      const steady = planned[index]?.steady;
      // Signals may share a term. Whichever way it was told is right.
      if (steady !== undefined && answers.get(steady)?.kind !== 'ok') answers.set(steady, steps);
    }
  }
  return answers;
}

interface PlannedCounter {
  readonly counter: PastCounter;
  /** The plans of its term and of its parts. */
  readonly planned: readonly TermPlan[];
}

/** The counters behind the plain terms of a signal: those of its total, and what is no part of one of them. */
function countersOf({ signal, plan }: PastPlan): readonly PlannedCounter[] {
  const found: { readonly whole: TermPlan; readonly parts: TermPlan[] }[] = [];
  for (const planned of plan.total.filter(({ term }) => isPlain(term))) found.push({ whole: planned, parts: [] });
  for (const planned of plan.numerator.filter(({ term }) => isPlain(term))) {
    const home = found.find(({ whole }) => isPartOf(planned.term.selector, whole.term.selector));
    if (home === undefined) found.push({ whole: planned, parts: [] });
    else home.parts.push(planned);
  }
  return found.map(({ whole, parts }) => ({
    counter: { term: whole.term, parts: parts.map(({ term }) => term), by: signal.by },
    planned: [whole, ...parts],
  }));
}

/** Adds what careful questions answer about the points at which the steady answers are infinite. */
async function withCarefulCounts(
  plans: readonly PastPlan[],
  { stepMs }: PastSteps,
  steady: Answers,
  ask: AskRange,
): Promise<Answers> {
  const terms = plans.flatMap(({ signal, plan }) =>
    termsOf(plan).flatMap(({ term, steady: asked, careful }) => {
      if (careful === undefined) return [];
      const came = newcomers(term, signal.by, { from: stepMs, to: 0 });
      return [{ ...careful, term, came, times: timesOf(steady.get(asked), isInfinite) }];
    }),
  );
  const counts = await lookCloser(
    terms.map(({ term, times, counts: expr, came }) => ({ times, questions: [about(term, expr), about(term, came)] })),
    stepMs,
    ask,
  );
  // What newcomers had counted before takes the source hours back, so it is asked only where there are any.
  const before = await lookCloser(
    terms.map(({ term, before: expr, came }) => ({
      times: timesOf(counts.get(came), (count) => count > 0),
      questions: [about(term, expr)],
    })),
    stepMs,
    ask,
  );
  const unasked = new Map<string, Answer>();
  for (const { before: expr, came } of terms) {
    const seen = counts.get(came);
    if (!before.has(expr)) unasked.set(expr, seen?.kind === 'failed' ? seen : nobody);
  }
  return new Map([...steady, ...counts, ...before, ...unasked]);
}
