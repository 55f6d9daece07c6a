import type { Signal } from '../../domain/service/service.ts';

/** The signals a condition may look at, and of which kind each is. */
export type SignalKinds = ReadonlyMap<string, Signal['kind']>;

/** The error budgets a condition may look at, by name. */
export type BudgetsByName = ReadonlyMap<string, BudgetFacts>;

/** What a condition has to know of an error budget. */
export interface BudgetFacts {
  readonly signal: string;
  /** Absent where it cannot be read; that is reported elsewhere. */
  readonly objective?: number;
  /** No window of it may be longer, ms. */
  readonly periodMs?: number;
}

export const noBudgetsByName: BudgetsByName = new Map();

/** Names of a signal's budgets, as they were declared. */
export function budgetsOf(budgets: BudgetsByName, signal: string): readonly string[] {
  return [...budgets].flatMap(([name, facts]) => (facts.signal === signal ? [name] : []));
}
