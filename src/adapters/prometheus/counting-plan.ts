import type { Interval } from '../../domain/interval.ts';
import type { CounterTerm, CountingSignal } from '../../domain/service.ts';
import type { Question } from './batch.ts';
import { countedBefore, increments, newcomers } from './promql.ts';
import type { StepOffsets } from './promql.ts';

/** The expressions that count one term over a step. */
export interface TermPlan {
  readonly sign: 1 | -1;
  readonly selector: string;
  readonly counts: string;
  /** What the counts hold too much; asked only when some series is new. Absent when it cannot be asked. */
  readonly before?: string;
}

/** Everything a counting signal asks about one step. */
export interface StepPlan {
  readonly total: readonly TermPlan[];
  readonly numerator: readonly TermPlan[];
  readonly newcomers: string;
}

/** A step on the source's clock, and how to ask for it. */
export interface PlannedStep {
  readonly interval: Interval;
  readonly offsets: StepOffsets;
  readonly plan: StepPlan;
}

export function planStep(signal: CountingSignal, step: StepOffsets): StepPlan {
  const planTerm = (term: CounterTerm): TermPlan => ({
    sign: term.sign,
    selector: term.selector,
    counts: increments(term, signal.by, step),
  });
  return {
    total: signal.totalTerms.map(planTerm),
    numerator: signal.numeratorTerms.map(planTerm),
    newcomers: newcomers([...signal.totalTerms, ...signal.numeratorTerms], step),
  };
}

/** The same plan once a series of it turned out to be new: it also asks whether that one has been there before. */
export function planReturns(
  plan: StepPlan,
  signal: CountingSignal,
  step: StepOffsets,
  returnWindowMs: number,
): StepPlan {
  const withBefore = (terms: readonly TermPlan[], declared: readonly CounterTerm[]): readonly TermPlan[] =>
    terms.map((term, index) => {
      const declaration = declared[index];
      const before = declaration && countedBefore(declaration, signal.by, step, returnWindowMs);
      return before === undefined ? term : { ...term, before };
    });
  return {
    ...plan,
    total: withBefore(plan.total, signal.totalTerms),
    numerator: withBefore(plan.numerator, signal.numeratorTerms),
  };
}

export function stepQuestions(plan: StepPlan): readonly Question[] {
  const terms = [...plan.total, ...plan.numerator];
  const counts = terms.map(({ counts, selector }): Question => ({ expr: counts, about: selector, origin: 'made' }));
  return [...counts, { expr: plan.newcomers, about: terms[0]?.selector ?? '', origin: 'made' }];
}

export function returnQuestions(plan: StepPlan): readonly Question[] {
  return [...plan.total, ...plan.numerator].flatMap(({ before, selector }): readonly Question[] =>
    before === undefined ? [] : [{ expr: before, about: selector, origin: 'made' }],
  );
}
