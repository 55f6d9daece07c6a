import { bareSelector, metricName } from '../../domain/service/bare-selector.ts';
import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import type { Report } from '../problem.ts';

/** Says when a gauge is the bare value of what is a counter by its name. */
export function checkGauge(query: string, selectors: readonly string[], path: DeclarationPath, report: Report): void {
  const selector = bareSelector({ query: query.trim(), selectors });
  const name = selector === undefined ? undefined : metricName(selector);
  if (selector === undefined || name?.endsWith('_total') !== true) return;
  const from = query.indexOf(selector);
  report({
    path,
    within: { from, to: from + selector.length },
    severity: 'warning',
    code: 'gauge-of-a-counter',
    message: `\`${name}\` is a counter by its name: its value only grows, until its process starts anew`,
    hint: `take its rate, as in sum(rate(${selector}[5m])); or declare a ratio, which counts events`,
  });
}
