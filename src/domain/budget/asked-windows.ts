import { isBudgetUse } from '../service/condition.ts';
import type { Service } from '../service/service.ts';
import type { ErrorBudget } from './objective.ts';

/** A rate that is neither the newest minutes' nor all of history's, for budgets without tiers, ms. */
export const usualWindowMs = 3_600_000;

/** The windows that a budget is read over besides its period: those of its tiers, and those that conditions ask for, shortest first. */
export function askedWindows(
  { rules }: Pick<Service, 'rules'>,
  { name, tiers }: Pick<ErrorBudget, 'name' | 'tiers'>,
): readonly number[] {
  const windows = [
    ...tiers.flatMap(({ longMs, shortMs }) => [shortMs, longMs]),
    ...rules.flatMap(({ when }) =>
      when.uses.flatMap((use) => (isBudgetUse(use) && use.budget === name ? (use.windowMs ?? []) : [])),
    ),
  ];
  return [...new Set(windows.length === 0 ? [usualWindowMs] : windows)].sort((a, b) => a - b);
}
