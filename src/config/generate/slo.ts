import type { ErrorBudget } from '../../domain/budget/objective.ts';
import type { CountingSignal, Service } from '../../domain/service/service.ts';
import type { Severity } from '../../domain/service/severity.ts';

/** An error budget under the names that Sloth has for its parts. */
export interface Slo {
  readonly service: Service;
  readonly budget: ErrorBudget;
  readonly signal: CountingSignal;
  /** `sloth_id`: unique among all rule files. */
  readonly id: string;
  readonly periodMs: number;
}

/**
 * Labels of every rule of a budget, with a severity also those of the alert. What people declared does not stand in the way
 * of the groups' and of Sloth's own.
 */
export function sloLabels({ service, budget, signal, id }: Slo, severity?: Severity): Readonly<Record<string, string>> {
  const said = severity === undefined ? {} : budget.ruleWords?.[severity]?.labels;
  const own = Object.entries({ ...service.labels, ...said }).filter(([label, value]) =>
    isKept(label, value, signal.by),
  );
  return {
    ...Object.fromEntries(own),
    sloth_id: id,
    sloth_service: service.name,
    sloth_slo: budget.name,
  };
}

/** Whether a label of a service can stand beside the labels that split a signal and those that rules need, and is no template. */
export function isKept(label: string, value: string, by: readonly string[]): boolean {
  return !by.includes(label) && !/^(?:sloth|slo)_/.test(label) && !value.includes('{{');
}

/** The share of bad events over a window, under Sloth's name. */
export function ratioMetric(window: string): string {
  return `slo:sli_error:ratio_rate${window}`;
}
