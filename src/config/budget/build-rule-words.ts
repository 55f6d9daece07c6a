import type { BurnRuleWords, ErrorBudget } from '../../domain/budget/objective.ts';
import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import type { ErrorBudgetFile } from '../budget-file.ts';
import { show } from '../fields.ts';
import type { Report } from '../problem.ts';

/**
 * What the items of `burnRates` say about the rules that they come to. The items of a severity make one rule, so what they
 * say is put together; two that say different things about the same are reported. `shadow`: of the rules that only record.
 */
export function buildRuleWords(
  burnRates: ErrorBudgetFile['burnRates'],
  path: DeclarationPath,
  report: Report,
  shadow = false,
): NonNullable<ErrorBudget['ruleWords']> | undefined {
  const words = (['page', 'ticket'] as const).flatMap((severity) => {
    const labels = new Map<string, string>();
    const single = new Map<string, string>();
    burnRates.forEach((item, index) => {
      if (typeof item === 'string' || item.severity !== severity || item.shadow !== shadow) return;
      const say = (said: Map<string, string>, key: string, value: string, at: DeclarationPath): void => {
        const before = said.get(key);
        if (before === undefined || before === value) said.set(key, value);
        else report(contradiction(severity, at, before));
      };
      for (const [name, value] of Object.entries(item.labels)) say(labels, name, value, ['labels', name]);
      for (const key of ['summary', 'runbook'] as const)
        if (item[key] !== undefined) say(single, key, item[key], [key]);

      function contradiction(of: string, at: DeclarationPath, before: string) {
        const message = `another ${of} tier of this budget says ${show(before)}, and both are one rule`;
        const hint = 'say it at one of them';
        return { path: [...path, index, ...at], code: 'burn-rate-words', message, hint };
      }
    });
    if (labels.size === 0 && single.size === 0) return [];
    const said: BurnRuleWords = { labels: Object.fromEntries(labels), ...Object.fromEntries(single) };
    return [[severity, said] as const];
  });
  return words.length === 0 ? undefined : Object.fromEntries(words);
}
