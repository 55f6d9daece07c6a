import type { ErrorBudget } from '../budget/objective.ts';
import { isBudgetUse } from '../service/condition.ts';
import type { Service, StopRule, Target } from '../service/service.ts';

/** The first target of each signal: the bound that its onset and recovery are measured against. */
export function targetsBySignal({ endState }: Pick<Service, 'endState'>): readonly Target[] {
  const first = new Map<string, Target>();
  for (const target of endState.targets) if (!first.has(target.signal)) first.set(target.signal, target);
  return [...first.values()];
}

/**
 * What the error budgets that rules look at promise of each event, as bounds: a signal may burn its budget with every
 * target met, or without having one. A healthy stretch as long as the rules' shortest window ends a breach. Of several
 * budgets of a signal the one that promises least: what is beyond that is beyond all of them.
 */
export function budgetBounds({ budgets }: Pick<Service, 'budgets'>, rules: readonly StopRule[]): readonly Target[] {
  const uses = rules.flatMap(({ when }) => when.uses).filter(isBudgetUse);
  const bounds = new Map<string, Target>();
  for (const budget of budgets) {
    const own = uses.filter((use) => use.budget === budget.name);
    if (own.length === 0) continue;
    const windows = own.flatMap(({ windowMs }) => windowMs ?? []);
    const bound: Target = {
      signal: budget.signal,
      bound: 'atLeast',
      value: shareOf(budget),
      ...(windows.length === 0 ? {} : { overMs: Math.min(...windows) }),
    };
    if (bound.value < (bounds.get(budget.signal)?.value ?? Infinity)) bounds.set(budget.signal, bound);
  }
  return [...bounds.values()];
}

/** The share of good events from which on the budget is not spent. */
function shareOf({ objective, method }: ErrorBudget): number {
  return method.kind === 'timeslices' ? method.target : objective;
}
