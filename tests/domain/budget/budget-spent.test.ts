import { describe, expect, test } from '@jest/globals';
import {
  budgetSpent,
  describeBudgetSpent,
  type BudgetSpent,
  type IncidentSpell,
} from '../../../src/domain/budget/budget-spent.ts';
import { countWindow } from '../../../src/domain/budget/count-window.ts';
import type { BudgetLedger } from '../../../src/domain/budget/ledger.ts';
import { budgetAt, spentBetween } from '../../../src/domain/budget/read-budget.ts';
import type { RecordedCounts } from '../../../src/domain/budget/recorded-counts.ts';
import { aBudget, calendar, day, filled, hour, minute, monday, second, steady } from './budgets.ts';

const budget = aBudget();
const now = monday + 30 * day;

/** An incident that ended so long ago, and lasted so long. */
function spell(agoMs: number, lastedMs: number, at = now): IncidentSpell {
  return { from: at - agoMs - lastedMs, to: at - agoMs, recoveredAt: at - agoMs };
}

/** 30 days with so many errors, and other ones during the spell. */
function ledgerOf({ from, to }: IncidentSpell, badShare: number, otherwise = 0.0001, until = now): BudgetLedger {
  return filled(
    budget,
    steady(monday, from, 5 * minute, 10, otherwise),
    steady(from, to, 10 * second, 10, badShare),
    steady(to, until, 10 * second, 10, otherwise),
  );
}

/** What rules would have recorded of a ledger. */
function recordedOf(ledger: BudgetLedger, windowsMs: readonly number[]): RecordedCounts {
  const windows = windowsMs.map((windowMs) => ({ windowMs, ...countWindow(ledger, now - windowMs, now) }));
  return { at: now, windows };
}

describe('what an incident spent of an error budget', () => {
  const twentyMinutes = spell(10 * minute, 20 * minute);

  test('is what was spent between onset and recovery, with what was left then', () => {
    const ledger = ledgerOf(twentyMinutes, 0.5);
    const { from, to } = twentyMinutes;
    // 20 min of 30 days at 500 times the allowed rate; before it a tenth of the budget was gone.
    expect(budgetSpent(budget, ledger, twentyMinutes, now)).toEqual({
      budget: 'availability',
      spent: expect.closeTo((500 * 20) / (30 * 24 * 60), 3),
      remaining: expect.closeTo(0.9 - (500 * 20) / (30 * 24 * 60), 3),
    });
    expect(budgetSpent(budget, ledger, twentyMinutes, now)?.spent).toBeCloseTo(
      Number(spentBetween(budget, ledger, from, to, to)),
      9,
    );
  });

  test.each([107, 21])('is not blurred by where its ends lie, though it lasted only %d s', (seconds) => {
    const short = spell(10 * minute + 1_570, seconds * second);
    const none = steady(monday, short.from, 5 * minute, 10, 0);
    const ledger = filled(
      budget,
      none,
      steady(short.from, short.to, second, 10, 1),
      steady(short.to, now, second, 10, 0),
    );
    const truth = seconds / (0.001 * 30 * 24 * 3_600);
    expect(Math.abs((budgetSpent(budget, ledger, short, now)?.spent ?? NaN) / truth - 1)).toBeLessThan(0.001);
  });

  test('counts neither what was spent before it nor what after it', () => {
    const { from, to } = twentyMinutes;
    const ledger = filled(
      budget,
      steady(monday, from - 5 * minute, 5 * minute, 10, 0),
      steady(from - 5 * minute, from, 10 * second, 10, 0.9),
      steady(from, to, 10 * second, 10, 0.01),
      steady(to, now, 10 * second, 10, 0.9),
    );
    const spent = budgetSpent(budget, ledger, twentyMinutes, now);
    expect(spent?.spent).toBeCloseTo((10 * 20) / (30 * 24 * 60), 4);
    expect(spent?.remaining).toBeCloseTo(1 - (10 * 20 + 900 * 5) / (30 * 24 * 60), 3);
  });

  test.each([
    ['the signal kept to its objective meanwhile', ledgerOf(twentyMinutes, 0.0009), budget],
    ['the signal just met its objective', ledgerOf(twentyMinutes, 0.001), budget],
    ['nothing happened meanwhile', filled(budget, steady(monday, now - hour, 5 * minute, 10, 0.5)), budget],
    [
      'the period is not known well enough',
      filled(
        budget,
        steady(now - day, twentyMinutes.from, minute, 10, 0),
        steady(twentyMinutes.from, now, minute, 10, 1),
      ),
      budget,
    ],
    [
      'most of it was not seen',
      filled(
        budget,
        steady(monday, twentyMinutes.from + minute, minute, 10, 0.5),
        steady(twentyMinutes.to, now, minute, 10, 0),
      ),
      budget,
    ],
    [
      'it is excluded',
      ledgerOf(twentyMinutes, 0.5),
      aBudget({ exclusions: [{ kind: 'once', from: now - hour, to: now, because: 'move' }] }),
    ],
  ])('is nothing where %s', (_, ledger, declared) => {
    expect(budgetSpent(declared, ledger, twentyMinutes, now)).toBeUndefined();
  });

  test('is about so much where not all of it is counted yet', () => {
    const ledger = ledgerOf({ ...twentyMinutes, to: now - 12 * minute }, 0.5, 0.0001, now - 12 * minute);
    const late = spell(0, 20 * minute, now - 10 * minute);
    const known = budgetSpent(budget, ledger, late, now - 9 * minute);
    expect(known?.about).toBe(true);
    expect(known?.spent).toBeCloseTo((500 * 18) / (30 * 24 * 60), 3);
  });

  test('of slices is whole slices: one that it made bad is spent as a whole', () => {
    const sliced = aBudget({ method: { kind: 'timeslices', sliceMs: minute, target: 0.95 }, objective: 0.99 });
    const { from, to } = spell(10 * minute, 2 * minute);
    const ledger = filled(
      sliced,
      steady(monday, from, minute, 10, 0),
      steady(from, to, 10 * second, 10, 1),
      steady(to, now, 10 * second, 10, 0),
    );
    const inner = { from: from + 30 * second, to: to - 30 * second, recoveredAt: to };
    // Two minutes of the 432 that may be bad.
    expect(budgetSpent(sliced, ledger, inner, now)?.spent).toBeCloseTo(2 / 432, 5);
  });

  describe('in calendar periods', () => {
    const monthly = aBudget({ period: calendar('month') });
    const july = Date.UTC(2026, 6, 1);
    const around = (from: number, to: number): BudgetLedger =>
      filled(
        monthly,
        steady(Date.UTC(2026, 5, 1), from, 5 * minute, 10, 0),
        steady(from, to, 10 * second, 10, 0.5),
        steady(to, july + hour, 10 * second, 10, 0),
      );

    test('is of the month that service came back in, though it resolved in the next', () => {
      const [from, to] = [july - 30 * minute, july - 5 * minute];
      const spent = budgetSpent(monthly, around(from, to), { from, to, recoveredAt: to }, july + 5 * minute);
      expect(spent?.spent).toBeCloseTo((500 * 25) / (30 * 24 * 60), 3);
      expect(spent?.remaining).toBeCloseTo(1 - (500 * 25) / (30 * 24 * 60), 3);
    });

    test('leaves out what was spent of the month before', () => {
      const [from, to] = [july - 30 * minute, july + 10 * minute];
      const spent = budgetSpent(monthly, around(from, to), { from, to, recoveredAt: to }, july + 20 * minute);
      expect(spent?.spent).toBeCloseTo((500 * 10) / (31 * 24 * 60), 3);
      expect((spent?.spent ?? 0) + (spent?.remaining ?? 0)).toBeCloseTo(1, 6);
    });
  });

  describe('from recorded windows', () => {
    const windowsMs = [5 * minute, 30 * minute, hour, 6 * hour, 30 * day];

    test('is exact where a window is recorded', () => {
      const whole = spell(0, 30 * minute);
      const ledger = ledgerOf(whole, 0.5);
      const spent = budgetSpent(budget, recordedOf(ledger, windowsMs), whole, now);
      expect(spent).toEqual({
        ...(budgetSpent(budget, ledger, whole, now) as BudgetSpent),
        spent: expect.closeTo((500 * 30) / (30 * 24 * 60), 3),
        remaining: expect.closeTo(0.9 - (500 * 30) / (30 * 24 * 60), 3),
      });
    });

    test.each([
      ['a short one between two windows', 12 * minute, 4 * minute, 1],
      ['a long one', 20 * minute, 3 * hour, 0.2],
      ['one that failed a little', 10 * minute, 20 * minute, 0.01],
    ])('is about right for %s', (_, agoMs, lastedMs, badShare) => {
      const incident = spell(agoMs, lastedMs);
      const ledger = ledgerOf(incident, badShare, 0);
      const exact = budgetSpent(budget, ledger, incident, now)?.spent ?? NaN;
      const about = budgetSpent(budget, recordedOf(ledger, windowsMs), incident, now);
      expect(about?.about).toBe(true);
      // At most what is allowed around it in the windows that it lies in.
      expect(Math.abs((about?.spent ?? NaN) / exact - 1)).toBeLessThan(0.15);
    });

    test('is nothing where the signal kept to its objective, or nothing is recorded', () => {
      const incident = spell(10 * minute, 10 * minute);
      const kept = recordedOf(ledgerOf(incident, 0.0005, 0.0005), windowsMs);
      expect(budgetSpent(budget, kept, incident, now)).toBeUndefined();
      expect(budgetSpent(budget, { at: -Infinity, windows: [] }, incident, now)).toBeUndefined();
      const unreadable = { reason: 'stale', detail: 'the ruler is gone' } as const;
      const failing = recordedOf(ledgerOf(incident, 0.5), windowsMs);
      expect(budgetSpent(budget, { ...failing, unreadable }, incident, now)).toBeUndefined();
    });
  });

  test('left what the budget had then, and not what it has now', () => {
    const ledger = ledgerOf(twentyMinutes, 0.5);
    const then = budgetAt(budget, ledger, twentyMinutes.to);
    expect(then).toMatchObject({
      kind: 'value',
      remaining: budgetSpent(budget, ledger, twentyMinutes, now)?.remaining,
    });
  });
});

describe('in words', () => {
  test.each<readonly [BudgetSpent, string]>([
    [{ budget: 'success_rate', spent: 0.02778, remaining: 0.8722 }, 'spent 2.78% of it; 87.2% was left'],
    [{ budget: 'success_rate', spent: 1.5, remaining: 0, about: true }, 'spent about 150% of it; 0% was left'],
    [{ budget: 'success_rate', spent: 1.5, remaining: -0.51 }, 'spent 150% of it; it was overspent by 51%'],
  ])('%j', (spent, text) => {
    expect(describeBudgetSpent(spent)).toBe(`Error budget success rate: this incident ${text} when service was back`);
  });
});
