import type { BudgetView } from '../../app/budgets/budget-view.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import { groupKey } from '../../domain/service/group.ts';
import type { Instruments } from './instruments.ts';

/** Takes back what the gauges of error budgets said. */
export function resetBudgets(metrics: Instruments): void {
  const { objective, budgetRemaining, budgetExhausted, burnRate, periodSuccess } = metrics;
  const { budgetCoverage, budgetKnown, budgetExcluded, budgetUnknown } = metrics;
  for (const gauge of [objective, budgetRemaining, periodSuccess, budgetCoverage, budgetKnown, budgetExcluded])
    gauge.reset();
  for (const gauge of [budgetExhausted, burnRate, budgetUnknown]) gauge.reset();
}

/** Writes the gauges of one error budget and group; what is not known is absent. */
export function writeBudget(metrics: Instruments, service: string, view: BudgetView): void {
  const { budget, signal, group, objective, reading, burnRates, exhaustion, known, excluded } = view;
  const labels = { service, group: groupKey(group), signal, budget };
  metrics.objective.set(labels, objective);
  metrics.budgetKnown.set(labels, known);
  metrics.budgetCoverage.set(labels, reading.coverage);
  const excludedMs =
    reading.kind === 'value' ? reading.excludedMs : excluded.reduce((sum, { from, to }) => sum + to - from, 0);
  metrics.budgetExcluded.set(labels, excludedMs / 1000);
  if (reading.kind === 'value') {
    metrics.budgetRemaining.set(labels, reading.remaining);
    metrics.periodSuccess.set(labels, reading.ratio);
  } else metrics.budgetUnknown.set({ ...labels, reason: reading.reason }, 1);
  for (const { windowMs, reading: burn } of burnRates)
    if (burn.kind === 'value') metrics.burnRate.set({ ...labels, window: formatDuration(windowMs) }, burn.value);
  const window = formatDuration(exhaustion.windowMs);
  if (exhaustion.in.kind === 'in') metrics.budgetExhausted.set({ ...labels, window }, exhaustion.in.ms / 1000);
  if (exhaustion.in.kind === 'never') metrics.budgetExhausted.set({ ...labels, window }, Infinity);
}
