import { describe, expect, test } from '@jest/globals';
import { neverSeconds, noBudgets, readBudgetUse } from '../../../src/domain/budget/budget-readings.ts';
import { createLedger } from '../../../src/domain/budget/ledger.ts';
import type { BudgetUse } from '../../../src/domain/service/condition.ts';
import { aBudget, day, filled, hour, minute, monday, steady } from './budgets.ts';

const budget = aBudget({ name: 'availability', signal: 'requests' });
const use = (fold: BudgetUse['fold'], windowMs?: number): BudgetUse => ({
  signal: 'requests',
  budget: 'availability',
  fold,
  ...(windowMs === undefined ? {} : { windowMs }),
});
const half = filled(budget, steady(monday - 31 * day, monday, 5 * minute, 10, 0.0005));
const twice = filled(budget, steady(monday - 31 * day, monday, 5 * minute, 10, 0.002));

describe('a budget, read for a condition', () => {
  test('burns by its window, with the counts behind it', () => {
    const reading = readBudgetUse(budget, half, use('burn-rate', hour), monday);
    expect(reading).toMatchObject({ kind: 'value', sampleAt: monday, total: expect.closeTo(36_000, 0) });
    expect(reading.kind === 'value' && reading.value).toBeCloseTo(0.5, 6);
    expect(reading.kind === 'value' && (reading.total ?? 0) - (reading.good ?? 0)).toBeCloseTo(18, 3);
  });

  test('has a share left, which falls below 0', () => {
    const [some, none] = [half, twice].map((ledger) => readBudgetUse(budget, ledger, use('budget-remaining'), monday));
    expect(some?.kind === 'value' && some.value).toBeCloseTo(0.5, 4);
    expect(none?.kind === 'value' && none.value).toBeCloseTo(-1, 4);
  });

  test('is exhausted in seconds: at once when it is gone, and never is longer than any bound', () => {
    const read = (ledger: typeof half) => readBudgetUse(budget, ledger, use('budget-exhausted-in', hour), monday);
    expect(read(twice)).toMatchObject({ kind: 'value', value: 0 });
    expect(read(half)).toMatchObject({ kind: 'value', value: neverSeconds });
    expect(neverSeconds).toBeGreaterThan((1000 * 366 * day) / 1000);

    const failing = filled(
      budget,
      steady(monday - 31 * day, monday - hour, 5 * minute, 10, 0),
      steady(monday - hour, monday, minute, 10, 1),
    );
    const soon = read(failing);
    // Everything fails: 30 days × 0.1 % of the budget are 2592 s, of which an hour would be more than all.
    expect(soon).toMatchObject({ kind: 'value', value: 0 });
  });

  test.each(['burn-rate', 'budget-remaining', 'budget-exhausted-in'] as const)(
    'without history is unknown as %s, with its name',
    (fold) => {
      expect(readBudgetUse(budget, createLedger(budget), use(fold, hour), monday)).toMatchObject({
        kind: 'unknown',
        reason: 'no-data',
        detail: expect.stringContaining('availability'),
      });
    },
  );

  test('that nobody keeps a ledger of is unknown too', () => {
    expect(noBudgets.read(use('burn-rate', hour), {}, monday)).toEqual({
      kind: 'unknown',
      reason: 'short-history',
      detail: 'the budget availability is not known yet',
    });
  });
});
