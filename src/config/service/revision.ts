import { hashText } from '../../domain/text/hash.ts';
import type { ErrorBudget } from '../../domain/budget/objective.ts';
import type { Service } from '../../domain/service/service.ts';

/**
 * Names what was declared by its content. Two declarations have the same revision when they measure, promise and stop the
 * same; comments, the order of keys, white space and who is told do not matter.
 */
export function revisionOf({
  signals,
  endState,
  budgets,
  budgetsFrom,
  rules,
}: Pick<Service, 'signals' | 'endState' | 'budgets' | 'budgetsFrom' | 'rules'>): string {
  // Every object here was put together by our own code, so its keys stand in one order whatever the file's order was.
  const essence = {
    signals: byName(signals).map((signal) => ({ ...signal, description: undefined, maxGroups: undefined })),
    endState,
    // Declarations without budgets keep the revision that they had before there were any.
    ...(budgets.length === 0 ? {} : { budgets: byName(budgets).map(budgetEssence) }),
    ...(budgetsFrom === undefined ? {} : { budgetsFrom }),
    rules: rules.map(({ name, when, forMs, severity, onUnknown, shadow }) => ({
      name,
      forMs,
      severity,
      onUnknown,
      when: when.text.replaceAll(/\s+/g, ' ').trim(),
      ...(shadow === true ? { shadow } : {}),
    })),
  };
  return hashText(JSON.stringify(essence));
}

/** The tiers stand in the rules that are made of them. Functions, as a zone's offset is one, leave no trace in JSON. */
function budgetEssence(budget: ErrorBudget): unknown {
  return {
    ...budget,
    tiers: undefined,
    ruleWords: undefined,
    shadowWords: undefined,
    exclusions: budget.exclusions.map((each) => ({ ...each, because: undefined })),
  };
}

function byName<T extends { readonly name: string }>(all: readonly T[]): readonly T[] {
  return [...all].sort((a, b) => (a.name < b.name ? -1 : 1));
}
