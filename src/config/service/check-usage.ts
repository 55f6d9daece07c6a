import type { ErrorBudget } from '../../domain/budget/objective.ts';
import type { Signal, StopRule, Target } from '../../domain/service/service.ts';
import type { Report } from '../problem.ts';

/** What a service declares, once all of it can be read: only then is known what nobody asks for. */
interface Declared {
  readonly signals: readonly Signal[];
  readonly targets: readonly Target[];
  readonly budgets: readonly ErrorBudget[];
  readonly rules: readonly StopRule[];
}

/** Says which signals nobody asks for, and that a service pages nobody that has no rule, or only such as record. */
export function checkUsage({ signals, targets, budgets, rules }: Declared, report: Report): void {
  const used = new Set([
    ...targets.map(({ signal }) => signal),
    ...budgets.map(({ signal }) => signal),
    ...rules.flatMap(({ when }) => when.uses.map(({ signal }) => signal)),
  ]);
  for (const { name } of signals) {
    if (used.has(name)) continue;
    report({
      path: ['spec', 'signals', name],
      at: 'key',
      severity: 'warning',
      code: 'unused-signal',
      message: `no target, no error budget and no rule asks for \`${name}\`, so it is read in vain`,
      hint: 'give it a target or a rule, or leave it out',
    });
  }
  if (rules.some(({ shadow }) => shadow !== true)) return;
  if (rules.length > 0) {
    report({
      path: ['spec', 'stopTheLine'],
      at: 'key',
      severity: 'warning',
      code: 'only-shadow-rules',
      message: 'every rule of this service is a shadow: nothing ever stops its line, and nobody is ever paged',
      hint: 'take `shadow: true` from a rule once its record is as it should be',
    });
    return;
  }
  report({
    path: ['spec', 'stopTheLine'],
    at: 'key',
    severity: 'warning',
    code: 'no-rules',
    message: 'this service has no stop-the-line rule: nothing ever stops its line, and nobody is ever paged',
    hint:
      budgets.length === 0
        ? 'add a rule under stopTheLine; missed targets alone open no incident'
        : 'add a rule under stopTheLine, or burnRates: [page, ticket] to an error budget',
  });
}
