import type { ErrorBudget } from '../../domain/budget/objective.ts';
import type { Report } from '../problem.ts';
import type { Part } from '../service/read-parts.ts';

/** Says which budgets of a service cannot come from recording rules, as the service says that they do; or that it has none. */
export function checkRecordable(budgets: readonly Part<ErrorBudget>[], declared: number, report: Report): void {
  if (declared === 0) {
    const message = 'this service has no error budget that could come from recording rules';
    const hint = 'declare one under errorBudgets, or leave it out';
    report({ path: ['spec', 'errorBudgetsFrom'], severity: 'warning', code: 'no-error-budgets', message, hint });
  }
  for (const { value: budget, path } of budgets) {
    const refuse = (field: string, message: string, instead: string): void => {
      report({
        path: [...path, field],
        code: 'budget-not-recordable',
        message,
        hint: `${instead}, or leave out errorBudgetsFrom, so that Andon counts itself`,
      });
    };
    if (budget.period.kind === 'calendar') {
      const message = `the budget of a calendar ${budget.period.unit} cannot come from recording rules: PromQL knows no calendar`;
      refuse('period', message, 'take a rolling period such as 30d');
    }
    if (budget.method.kind !== 'occurrences')
      refuse('method', 'slices of time cannot come from recording rules, which count events', 'leave out `method`');
    if (budget.exclusions.length > 0) {
      const message = 'recording rules count these stretches too: PromQL cannot take time out of a window';
      refuse('exclude', message, 'leave out `exclude`');
    }
  }
}
