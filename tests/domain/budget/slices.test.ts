import { describe, expect, test } from '@jest/globals';
import { burnRate } from '../../../src/domain/budget/burn-rate.ts';
import { countWindow } from '../../../src/domain/budget/count-window.ts';
import { forgetStretch } from '../../../src/domain/budget/forget-stretch.ts';
import { addStep, createLedger, fill, missing } from '../../../src/domain/budget/ledger.ts';
import { budgetAt } from '../../../src/domain/budget/read-budget.ts';
import { aBudget, day, filled, hour, minute, monday, second, steady } from './budgets.ts';

const byTarget = aBudget({ objective: 0.99, method: { kind: 'timeslices', sliceMs: minute, target: 0.95 } });
const byRatio = aBudget({ objective: 0.99, method: { kind: 'ratio-timeslices', sliceMs: 5 * minute } });

describe('slices', () => {
  test('count as good or bad by their target, whatever their traffic; those without count as neither', () => {
    const ledger = filled(
      byTarget,
      steady(monday, monday + 10 * minute, 15 * second, 1_000, 0.05),
      steady(monday + 10 * minute, monday + 15 * minute, 15 * second, 1, 0.06),
      steady(monday + 15 * minute, monday + 60 * minute, 15 * second, 0, 0),
    );

    expect(countWindow(ledger, monday, monday + hour)).toMatchObject({
      good: expect.closeTo(10, 5),
      bad: expect.closeTo(5, 5),
      total: expect.closeTo(15, 5),
      coveredMs: hour,
    });
  });

  test('count by their ratio where that is asked: a mean of ratios', () => {
    const ledger = filled(
      byRatio,
      steady(monday, monday + hour, minute, 1_000, 0.2),
      steady(monday + hour, monday + 4 * hour, minute, 1, 0),
    );
    const { bad, total } = countWindow(ledger, monday, monday + 4 * hour);

    expect(total).toBeCloseTo(48, 4);
    expect(bad / total).toBeCloseTo(0.05, 6);
  });

  test('count once they are wholly known, in whatever order their parts come', () => {
    const ledger = createLedger(byTarget);
    const parts = steady(monday, monday + minute, 7 * second, 10, 0.5);
    for (const [index, part] of parts.toReversed().entries()) {
      fill(ledger, [part, part]);
      const isLast = index === parts.length - 1;
      expect(countWindow(ledger, monday, monday + minute).bad).toBeCloseTo(isLast ? 1 : 0, 6);
      expect(missing(ledger, monday, monday + minute)).toEqual(isLast ? [] : [{ from: monday, to: part.from }]);
    }
  });

  test('longer than a step share it, and a step longer than a slice is all of them', () => {
    const ledger = filled(byTarget, [{ from: monday, to: monday + 10 * minute, good: 0, total: 50 }]);

    expect(countWindow(ledger, monday, monday + 10 * minute).bad).toBeCloseTo(10, 5);
  });

  test('that cannot be are reported', () => {
    const ledger = filled(
      byTarget,
      steady(monday, monday + hour, minute, 1, 0),
      steady(monday + hour, monday + 2 * hour, minute, 1, -1),
    );

    expect(countWindow(ledger, monday, monday + 2 * hour)).toMatchObject({
      good: expect.closeTo(60, 5),
      total: expect.closeTo(60, 5),
      impossibleMs: hour,
    });
  });

  test('are judged live a few steps later, and burn the budget', () => {
    const ledger = filled(byTarget, steady(monday, monday + 3 * hour, minute, 10, 0));
    const live = steady(monday + 3 * hour, monday + 4 * hour, 15 * second, 10, 0.06);
    for (const step of live) addStep(ledger, step);

    expect(burnRate(byTarget, ledger, 30 * minute, monday + 4 * hour)).toMatchObject({
      kind: 'value',
      value: expect.closeTo(100, 3),
    });
    expect(missing(ledger, monday, monday + 4 * hour)).toEqual([]);
  });

  test('are forgotten whole', () => {
    const ledger = filled(byTarget, steady(monday, monday + hour, minute, 10, 1));
    forgetStretch(ledger, monday + 30 * second, monday + 31 * second);

    expect(missing(ledger, monday, monday + hour)).toEqual([{ from: monday, to: monday + minute }]);
    expect(countWindow(ledger, monday, monday + hour).bad).toBeCloseTo(59, 4);
  });

  test('cut by gaps again and again are gaps, and do not pile up', () => {
    const ledger = createLedger(byTarget);
    for (let at = monday; at < monday + 5 * hour; at += minute)
      fill(ledger, [{ from: at, to: at + 30 * second, good: 1, total: 1 }]);

    expect(ledger.openSlices.size).toBeLessThanOrEqual(64);
    expect(countWindow(ledger, monday, monday + 5 * hour)).toMatchObject({ total: 0, coveredMs: 0 });
  });
});

test('a budget of slices is a share of time', () => {
  // 432 of 43,200 one-minute slices may be bad in 30 days; here are 108.
  const ledger = filled(
    byTarget,
    steady(monday, monday + 108 * minute, minute, 1, 1),
    steady(monday + 108 * minute, monday + 30 * day, 15 * minute, 1_000, 0.01),
  );

  expect(budgetAt(byTarget, ledger, monday + 30 * day)).toMatchObject({
    remaining: expect.closeTo(0.75, 4),
    allowedBad: expect.closeTo(432, 2),
    bad: expect.closeTo(108, 3),
    total: expect.closeTo(43_200, 1),
  });
});
