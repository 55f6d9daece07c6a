import { describe, expect, test } from '@jest/globals';
import { allowedShare, burnRate } from '../../../src/domain/budget/burn-rate.ts';
import { addStep, createLedger, fill } from '../../../src/domain/budget/ledger.ts';
import { aBudget, day, filled, hour, minute, monday, second, steady } from './budgets.ts';

const budget = aBudget();
const now = monday + day;

describe('a burn rate', () => {
  test.each([
    ['is 1 at the objective', 0.999, 0.001, 1],
    ['is 1000 when nothing succeeds at 99.9 %', 0.999, 1, 1_000],
    ['is 14.4 at 1.44 % errors', 0.999, 0.0144, 14.4],
    ['is finite for the hardest objective', 0.999999999, 1, 1e9],
  ])('%s', (_name, objective, badShare, burn) => {
    const ledger = filled(budget, steady(monday, now, 15 * second, 10, badShare));
    const reading = burnRate({ ...budget, objective }, ledger, hour, now);

    expect(reading.kind === 'value' && reading.value / burn).toBeCloseTo(1, 6);
    expect(reading).toMatchObject({ sampleAt: now, coverage: 1, total: expect.closeTo(36_000, 2) });
  });

  test('of 10 requests an hour with one failure is 100', () => {
    const ledger = filled(budget, steady(monday, now, 6 * minute, 1 / 360, 0));
    const last = { from: now, to: now + 6 * minute, good: 0, total: 1 };
    addStep(ledger, last);

    expect(burnRate(budget, ledger, hour, last.to)).toMatchObject({ value: expect.closeTo(100, 4), bad: 1 });
  });

  test('is not known of a young series, so that its first errors do not look like an hour of them', () => {
    const ledger = filled(budget, steady(now - 3 * minute, now, 15 * second, 10, 0.0333));

    expect(burnRate(budget, ledger, hour, now)).toMatchObject({
      kind: 'unknown',
      reason: 'short-history',
      coverage: 0.05,
    });
    expect(burnRate(budget, ledger, 5 * minute, now)).toMatchObject({ kind: 'unknown', reason: 'short-history' });
    fill(ledger, steady(now - 56 * minute, now - 3 * minute, 15 * second, 10, 0));
    expect(burnRate(budget, ledger, hour, now)).toMatchObject({ kind: 'value', value: expect.closeTo(1.784, 2) });
  });

  test('without traffic is unknown, never 0', () => {
    const ledger = filled(budget, steady(monday, now, minute, 0, 0));

    expect(burnRate(budget, ledger, hour, now)).toMatchObject({ kind: 'unknown', reason: 'no-traffic', coverage: 1 });
  });

  test('ends at the newest step while that is fresh, and loses its coverage when nothing comes in', () => {
    const ledger = filled(budget, steady(monday, now, 15 * second, 10, 0.01));

    expect(burnRate(budget, ledger, 5 * minute, now + minute)).toMatchObject({
      kind: 'value',
      sampleAt: now,
      coverage: 1,
    });
    expect(burnRate(budget, ledger, hour, now + 6 * minute + 1)).toMatchObject({
      kind: 'unknown',
      reason: 'short-history',
    });
    expect(burnRate(budget, ledger, 5 * minute, now + hour)).toMatchObject({ kind: 'unknown', reason: 'no-data' });
    expect(burnRate(budget, createLedger(budget), 5 * minute, now)).toMatchObject({
      kind: 'unknown',
      reason: 'no-data',
    });
  });

  test('after maintenance rises as after a quiet hour, and not with the first error', () => {
    const excluded = {
      ...budget,
      exclusions: [{ kind: 'once', from: now - 2 * hour, to: now, because: 'move' } as const],
    };
    const ledger = filled(excluded, steady(monday, now, 15 * second, 10, 0));
    for (const step of steady(now, now + minute, 15 * second, 10, 1)) addStep(ledger, step);

    expect(burnRate(excluded, ledger, hour, now)).toMatchObject({ kind: 'unknown', reason: 'no-data' });
    expect(burnRate(excluded, ledger, hour, now + minute)).toMatchObject({ value: expect.closeTo(1_000 / 60, 6) });
  });
});

test('the allowed share has no noise of its subtraction', () => {
  expect([0.999, 0.99, 0.9999, 0.95, 0.999999].map(allowedShare)).toEqual([0.001, 0.01, 0.0001, 0.05, 0.000001]);
});
