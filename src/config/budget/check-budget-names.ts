import type { ErrorBudget } from '../../domain/budget/objective.ts';
import type { ErrorBudgetFile } from '../budget-file.ts';
import type { Report } from '../problem.ts';
import type { StopRuleFile } from '../rule-file.ts';
import type { Part } from '../service/read-parts.ts';
import { budgetName } from './build-budget.ts';
import { budgetRuleName } from './budget-rule.ts';

/** Says when two budgets have one name, or when a rule that is made of one has the name of another rule. */
export function checkBudgetNames(
  declared: readonly Part<ErrorBudgetFile>[],
  built: readonly Part<ErrorBudget>[],
  rules: readonly Part<StopRuleFile>[],
  report: Report,
): void {
  const names = new Set<string>();
  for (const { value, path } of declared) {
    const name = budgetName(value);
    if (names.has(name)) {
      report({
        path: [...path, value.name === undefined ? 'signal' : 'name'],
        code: 'duplicate-budget',
        message: `there are two error budgets \`${name}\``,
        hint: 'give one of them another `name`',
      });
    }
    names.add(name);
  }
  const ruleNames = new Map(
    rules.flatMap(({ value }) => [value.name, ...value.formerly].map((name) => [name, `a rule \`${name}\``] as const)),
  );
  const madeOf = new Map<string, string>();
  for (const { value: budget, path } of built) {
    for (const made of new Set(budget.tiers.map((tier) => budgetRuleName(budget.name, tier.severity, tier.shadow)))) {
      const before = madeOf.get(made);
      const other = ruleNames.get(made) ?? (before === undefined ? undefined : `the budget \`${before}\``);
      madeOf.set(made, budget.name);
      // Two budgets of one name are reported as such.
      if (other === undefined || before === budget.name) continue;
      report({
        path: [...path, 'burnRates'],
        code: 'duplicate-rule',
        message: `\`burnRates\` makes a rule \`${made}\`, as ${other} does`,
        hint: 'rename the rule, or give the budget another `name`',
      });
    }
  }
}
