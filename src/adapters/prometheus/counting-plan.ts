import type { Interval } from '../../domain/interval.ts';
import type { CounterTerm, CountingSignal } from '../../domain/service/service.ts';
import type { Answer, Answers, Question } from './batch.ts';
import { countedBefore } from './counted-before.ts';
import { increments, steadyIncrements } from './promql.ts';
import type { StepOffsets } from './promql.ts';

/** The expressions that count one term over a step. */
export interface TermPlan {
  readonly term: CounterTerm;
  /** What is asked first; infinite where some series is new or was reset. */
  readonly steady: string;
  /** What is asked where it is infinite. */
  readonly careful?: CarefulPlan;
}

export interface CarefulPlan {
  readonly counts: string;
  /** What the counts hold too much. */
  readonly before: string;
}

/** Everything a counting signal asks about one step. */
export interface StepPlan {
  readonly total: readonly TermPlan[];
  readonly numerator: readonly TermPlan[];
}

/** A step on the source's clock, and how to ask for it. */
export interface PlannedStep {
  readonly interval: Interval;
  readonly offsets: StepOffsets;
  readonly plan: StepPlan;
}

export function planStep(signal: CountingSignal, step: StepOffsets): StepPlan {
  const planTerm = (term: CounterTerm): TermPlan => ({ term, steady: steadyIncrements(term, signal.by, step) });
  return { total: signal.totalTerms.map(planTerm), numerator: signal.numeratorTerms.map(planTerm) };
}

/** The same plan with a careful question for each term whose series came, went or were reset; undefined if none did. */
export function planCarefully(
  plan: StepPlan,
  by: readonly string[],
  step: StepOffsets,
  answers: Answers,
  returnWindowMs: number,
): StepPlan | undefined {
  const siblings = plan.total.map(({ term }) => term);
  let isUnsteady = false;
  const carefully = (terms: readonly TermPlan[]): readonly TermPlan[] =>
    terms.map((planned) => {
      if (timesOf(answers.get(planned.steady), isInfinite).length === 0) return planned;
      isUnsteady = true;
      const { term, steady } = planned;
      const before = countedBefore(term, siblings, by, step, returnWindowMs);
      const counts = increments(term, by, step);
      return { term, steady, careful: { counts, before } };
    });
  const careful = { total: carefully(plan.total), numerator: carefully(plan.numerator) };
  return isUnsteady ? careful : undefined;
}

/** Times of the points of an answer whose value is so, ms; ascending for each of its groups. */
export function timesOf(answer: Answer | undefined, isSo: (value: number) => boolean): readonly number[] {
  if (answer?.kind !== 'ok') return [];
  const times: number[] = [];
  for (const { points } of answer.series) for (const { at, value } of points) if (isSo(value)) times.push(at);
  return times;
}

/** Whether a steady answer asks for a careful one. */
export function isInfinite(value: number): boolean {
  return value === Number.POSITIVE_INFINITY;
}

export function steadyQuestions(plan: StepPlan): readonly Question[] {
  return termsOf(plan).map(steadyQuestion);
}

export function steadyQuestion({ steady, term }: TermPlan): Question {
  return about(term, steady);
}

export function carefulQuestions(plan: StepPlan): readonly Question[] {
  const questions: Question[] = [];
  for (const { careful, term } of termsOf(plan)) {
    if (careful === undefined) continue;
    questions.push(about(term, careful.counts), about(term, careful.before));
  }
  return questions;
}

export function termsOf({ total, numerator }: StepPlan): readonly TermPlan[] {
  return [...total, ...numerator];
}

/** A question that Andon makes of a term. */
export function about({ selector }: CounterTerm, expr: string): Question {
  return { expr, about: selector, origin: 'made' };
}
