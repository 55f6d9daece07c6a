import { describe, expect, test } from '@jest/globals';
import { exhaustedIn } from '../../../src/domain/budget/exhaustion.ts';
import { addStep, createLedger } from '../../../src/domain/budget/ledger.ts';
import { aBudget, calendar, day, filled, hour, minute, monday, second, steady } from './budgets.ts';

const budget = aBudget();
const now = monday + 30 * day;

/** A month without errors, and a last minute that burns so many times too fast. */
function untouched(burn: number) {
  const ledger = filled(budget, steady(monday, now, 15 * minute, 10, 0));
  for (const step of steady(now, now + second, second, 10, burn / 1_000)) addStep(ledger, step);
  return exhaustedIn(budget, ledger, now + second, second);
}

describe('an untouched budget of 30 days', () => {
  test.each([
    [1, 30 * day],
    [2, 15 * day],
    [10, 3 * day],
    [35, 20.57 * hour],
    [1_000, 43.2 * minute],
  ])('at a burn of %d', (burn, ms) => {
    const reading = untouched(burn);

    expect(reading.kind === 'in' && reading.ms / ms).toBeCloseTo(1, 3);
  });

  test.each([0, 0.5, 0.99])('never goes at a burn of %d', (burn) => {
    expect(untouched(burn)).toEqual({ kind: 'never' });
  });

  test('that burns 5 % in an hour lasts 19 hours more', () => {
    const ledger = filled(
      budget,
      steady(monday, now - hour, 15 * minute, 10, 0),
      steady(now - hour, now, minute, 10, 0.036),
    );
    const reading = exhaustedIn(budget, ledger, now, hour);

    expect(reading.kind === 'in' && reading.ms / hour).toBeCloseTo(19, 1);
  });
});

describe('a budget that was spent', () => {
  const after = (oldShare: number, recentShare: number, lastShare: number) => {
    const ledger = filled(
      budget,
      steady(monday, monday + 3 * day, 15 * minute, 10, oldShare),
      steady(monday + 3 * day, now - day, 15 * minute, 10, 0),
      steady(now - day, now - hour, minute, 10, recentShare),
      steady(now - hour, now, minute, 10, lastShare),
    );
    return exhaustedIn(budget, ledger, now, hour);
  };

  test('is gone', () => {
    expect(after(0, 0.05, 0)).toEqual({ kind: 'in', ms: 0 });
  });

  test('long ago recovers while the burn goes on', () => {
    // Half was spent in the first three days: a burn of 4 costs 4/30 a day, and a sixth comes back each of these days.
    const reading = after(0.005, 0, 0.004);

    expect(reading.kind === 'in' && reading.ms / day).toBeCloseTo((1 - 4 / 720) / (4 / 30), 1);
    expect(after(0.0099, 0, 0.004)).toMatchObject({ kind: 'in', ms: expect.closeTo(7.45 * day, -7) });
  });

  test('lately may go at a burn that an untouched one would bear for ever', () => {
    const reading = after(0, 0.029, 0.0009);

    expect(reading.kind === 'in' && reading.ms / day).toBeGreaterThan(1);
    expect(reading.kind === 'in' && reading.ms / day).toBeLessThan(4);
  });

  test('steadily below the objective never goes', () => {
    const ledger = filled(budget, steady(monday, now, 15 * minute, 10, 0.0009));

    expect(exhaustedIn(budget, ledger, now, hour)).toEqual({ kind: 'never' });
  });
});

describe('a calendar budget', () => {
  const june = Date.UTC(2026, 5, 1);
  const monthly = aBudget({ period: calendar('month') });

  test('lasts to the end of its period or not', () => {
    const ledger = (share: number) => filled(monthly, steady(june, june + 10 * day, 15 * minute, 10, share));
    const at = june + 10 * day;

    expect(exhaustedIn(monthly, ledger(0.002), at, hour)).toMatchObject({
      kind: 'in',
      ms: expect.closeTo(5 * day, -4),
    });
    expect(exhaustedIn(monthly, ledger(0.0009), at, hour)).toEqual({ kind: 'never' });
  });
});

test('what cannot be judged is passed on', () => {
  expect(exhaustedIn(budget, createLedger(budget), now, hour)).toMatchObject({ kind: 'unknown', reason: 'no-data' });
  const idle = filled(budget, steady(monday, now - hour, hour, 10, 0), steady(now - hour, now, minute, 0, 0));
  expect(exhaustedIn(budget, idle, now, 30 * minute)).toMatchObject({ kind: 'unknown', reason: 'no-traffic' });
});
