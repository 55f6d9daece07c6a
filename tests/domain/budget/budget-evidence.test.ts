import { describe, expect, test } from '@jest/globals';
import { budgetEvidence } from '../../../src/domain/budget/budget-evidence.ts';
import { presetTiers } from '../../../src/domain/budget/burn-tiers.ts';
import type { BudgetUse } from '../../../src/domain/service/condition.ts';
import { aBudget, day, filled, hour, minute, monday, second, steady } from './budgets.ts';

const budget = aBudget({ objective: 0.99, tiers: presetTiers('page', 30 * day) });
const now = monday + 30 * day;
const incidentMs = 30 * minute;
const ledger = filled(
  budget,
  steady(monday, now - incidentMs, 5 * minute, 10, 0.001),
  steady(now - incidentMs, now, 10 * second, 10, 0.4),
);
const use = (windowMs: number): BudgetUse => ({ signal: 'requests', fold: 'burn-rate', windowMs, budget: budget.name });

describe('what a rule saw of an error budget', () => {
  test('names the windows that fired, what the incident spent, what is left, and when it is gone', () => {
    const text = budgetEvidence(budget, ledger, [hour, 5 * minute, 6 * hour, 30 * minute].map(use), {
      since: now - incidentMs,
      now,
    });
    // Half an hour of 30 days at forty times the allowed rate: 1/1440 × 40 of the budget.
    expect(text).toBe(
      'Error budget availability: burns at 20.1x over 1h and 40x over 5m (fires above 14.4x); ' +
        'this incident has spent 2.78% of it; 87.2% is left; at this rate it is gone in 1d7h29m',
    );
  });

  test('says the rate of each window that a condition of its own asks for', () => {
    expect(budgetEvidence({ ...budget, tiers: [] }, ledger, [use(5 * minute)], { since: now, now })).toBe(
      'Error budget availability: burns at 40x over 5m; 87.2% is left; at this rate it is gone in 15h44m',
    );
  });

  test('never rounds a rate into the factor that it is above', () => {
    const barely = filled(budget, steady(monday, now, 5 * minute, 10, 0.1440002));
    expect(budgetEvidence(budget, barely, [use(hour), use(5 * minute)], { since: now, now })).toMatch(
      /^Error budget availability: burns at 14\.40002x over 1h and 14\.40002x over 5m \(fires above 14\.4x\)/,
    );
  });

  test('never rounds a rate, or what is left, into a number of the condition', () => {
    const nearly = filled(budget, steady(monday, now, 5 * minute, 10, 0.143_96));
    const told = (bounds?: readonly number[]) =>
      budgetEvidence({ ...budget, tiers: [] }, nearly, [use(hour)], { since: now, now, ...(bounds && { bounds }) });
    expect(told()).toContain('burns at 14.4x over 1h; it is overspent by 1340%');
    expect(told([14.4, -13.4])).toContain('burns at 14.396x over 1h; it is overspent by 1339.6%');
  });

  test('says of a budget that is gone by how much it is overspent', () => {
    const spent = filled(budget, steady(monday, now, 5 * minute, 10, 0.02));
    expect(budgetEvidence(budget, spent, [use(hour)], { since: now, now })).toBe(
      'Error budget availability: burns at 2x over 1h; it is overspent by 100%',
    );
  });

  test('leaves out what is not known', () => {
    const young = filled(budget, steady(now - hour, now, 10 * second, 10, 0.4));
    expect(budgetEvidence(budget, young, [use(hour), use(5 * minute)], { since: now - incidentMs, now })).toBe(
      'Error budget availability: burns at 40x over 1h and 40x over 5m (fires above 14.4x)',
    );
  });
});
