import type { ErrorBudget } from '../../domain/budget/objective.ts';
import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import type { Service } from '../../domain/service/service.ts';
import type { Problem } from '../problem.ts';
import { isKept } from './slo.ts';

/** What a service declares that recording and alerting rules cannot say, each with where it stands. */
export function inexpressible(service: Service): readonly Problem[] {
  return [...ofBudgets(service), ...ofRules(service), ...ofLabels(service)];
}

function ofBudgets({ budgets }: Service): readonly Problem[] {
  return budgets.flatMap((budget, index): readonly Problem[] => {
    const path = ['spec', 'errorBudgets', index];
    const problems: Problem[] = [];
    if (budget.period.kind === 'calendar') {
      problems.push({
        path: [...path, 'period'],
        code: 'not-in-rules',
        message: `no rules for \`${budget.name}\`: PromQL knows no calendar, and this budget is one of a ${budget.period.unit}`,
        hint: 'Andon itself judges it; for rules declare a second budget with a rolling period such as 30d',
      });
    }
    if (budget.method.kind !== 'occurrences') {
      problems.push({
        path: [...path, 'method'],
        code: 'not-in-rules',
        message: `no rules for \`${budget.name}\`: rules count events, and this budget counts slices of time`,
        hint: 'Andon itself judges it; for rules declare a second budget without method',
      });
    }
    if (problems.length === 0 && budget.exclusions.length > 0) {
      problems.push({
        path: [...path, 'exclude'],
        code: 'not-in-rules',
        message: `the rules of \`${budget.name}\` count the stretches that the budget excludes`,
        hint: 'PromQL cannot take time out of a window; silence the alerts in Alertmanager meanwhile',
      });
    }
    if (budget.tiers.some(({ shadow }) => shadow === true)) {
      problems.push({
        path: [...path, 'burnRates'],
        code: 'not-in-rules',
        message: `no alert for the tiers of \`${budget.name}\` that only record (\`shadow: true\`)`,
        hint: 'Andon itself records what they would have stopped; an alert pages',
      });
    }
    return problems;
  });
}

function ofRules({ rules }: Service): readonly Problem[] {
  return rules
    .filter(({ when }) => when.tiers === undefined)
    .map(({ name }, index) => ({
      path: ['spec', 'stopTheLine', index],
      code: 'not-in-rules',
      message: `no rule for \`${name}\`: a condition knows holds, missing data and incidents, which PromQL does not`,
      hint: 'Andon itself judges it; only error budgets become rules',
    }));
}

function ofLabels({ labels, signals, budgets }: Service): readonly Problem[] {
  const by = budgets.flatMap((budget) => splitOf(budget, signals));
  const ofService = budgets.length === 0 ? [] : leftLabels('service', labels, by, ['metadata', 'labels']);
  const ofRules = budgets.flatMap((budget, index) =>
    Object.entries(budget.ruleWords ?? {}).flatMap(([severity, words]) =>
      // Which item of the list said it is not known any more.
      leftLabels(`${severity} rule of \`${budget.name}\``, words.labels, splitOf(budget, signals)).map((problem) => ({
        ...problem,
        path: ['spec', 'errorBudgets', index, 'burnRates'],
      })),
    ),
  );
  return [...ofService, ...ofRules];
}

function splitOf(budget: ErrorBudget, signals: Service['signals']): readonly string[] {
  return signals.find(({ name }) => name === budget.signal)?.by ?? [];
}

function leftLabels(
  of: string,
  labels: Readonly<Record<string, string>>,
  by: readonly string[],
  path: DeclarationPath = [],
): readonly Problem[] {
  return Object.entries(labels)
    .filter(([label, value]) => !isKept(label, value, by))
    .map(([label, value]) => {
      const because = by.includes(label)
        ? 'a signal is split by it'
        : value.includes('{{')
          ? 'rules would take it for a template'
          : 'rules have such labels of their own';
      const message = `the label \`${label}\` of the ${of} is left out of the rules: ${because}`;
      return { path: [...path, label], code: 'not-in-rules', message };
    });
}
