import { describe, expect, test } from '@jest/globals';
import { createLedger } from '../../../src/domain/budget/ledger.ts';
import { budgetAt, spentBetween } from '../../../src/domain/budget/read-budget.ts';
import { aBudget, calendar, day, filled, hour, minute, monday, steady } from './budgets.ts';

const budget = aBudget();
const end = monday + 30 * day;
const value = (fields: object): object => expect.objectContaining({ kind: 'value', ...fields }) as object;

describe('a rolling budget', () => {
  test.each([
    ['untouched without errors', 0, 1],
    ['half gone at half of what is allowed', 0.0005, 0.5],
    ['gone at the objective', 0.001, 0],
    ['overspent beyond it', 0.002, -1],
  ])('is %s', (_name, badShare, remaining) => {
    const ledger = filled(budget, steady(monday, end, 15 * minute, 10, badShare));

    expect(budgetAt(budget, ledger, end)).toEqual(
      value({ remaining: expect.closeTo(remaining, 5), spent: expect.closeTo(1 - remaining, 5), coverage: 1 }),
    );
  });

  test('weighs events, not times: quiet nights do not hide bad days', () => {
    // 1 h a day at 1000 a second with 1 % errors, 23 h at 1 a second without: 0.978 %, not the mean of ratios, 0.042 %.
    const steps = Array.from({ length: 30 }, (_, index) => monday + index * day).flatMap((from) => [
      ...steady(from, from + hour, 15 * minute, 1_000, 0.01),
      ...steady(from + hour, from + day, 15 * minute, 1, 0),
    ]);
    const reading = budgetAt(budget, filled(budget, steps), end);

    expect(reading).toEqual(value({ ratio: expect.closeTo(1 - 0.00978, 5), spent: expect.closeTo(9.78, 1) }));
  });

  test('of half a day at 10 a second and half at 1000 with 0.5 % errors has lost 0.495 %', () => {
    const steps = Array.from({ length: 60 }, (_, index) => monday + (index * day) / 2).flatMap((from, index) =>
      steady(from, from + day / 2, 15 * minute, index % 2 === 0 ? 1_000 : 10, index % 2 === 0 ? 0.005 : 0),
    );

    expect(budgetAt(budget, filled(budget, steps), end)).toEqual(value({ ratio: expect.closeTo(1 - 0.00495, 5) }));
  });

  test.each([
    ['an hour of complete outage costs 138.9 % of it', 0.999, hour, 1.389],
    ['an hour of complete outage costs 1.39 % of it at 90 %', 0.9, hour, 0.0139],
    ['25.9 s of outage are all of it at 99.999 %', 0.99999, 25_920, 1],
  ])('%s', (_name, objective, outage, share) => {
    const changed = { ...budget, objective };
    const from = end - 2 * hour;
    const ledger = filled(
      changed,
      steady(monday, from, 15 * minute, 10, 0),
      steady(from, from + outage, 10_000, 10, 1),
      steady(from + outage, end, 10_000, 10, 0),
    );

    expect(spentBetween(changed, ledger, from, from + hour, end)).toBeCloseTo(share, 3);
    expect(budgetAt(changed, ledger, end)).toEqual(value({ spent: expect.closeTo(share, 3) }));
  });

  test('of 10 requests an hour allows 7 failures', () => {
    const ledger = filled(budget, steady(monday, end, hour, 10 / 3_600, 0));

    expect(budgetAt(budget, ledger, end)).toEqual(value({ allowedBad: expect.closeTo(7.2, 4) }));
    const failed = filled(budget, steady(monday, end - hour, hour, 10 / 3_600, 0), [
      { from: end - hour, to: end, good: 9, total: 10 },
    ]);
    expect(budgetAt(budget, failed, end)).toEqual(value({ spent: expect.closeTo(0.139, 3) }));
  });

  test('follows a changed objective at once, without infinities', () => {
    const ledger = filled(budget, steady(monday, end, 15 * minute, 10, 0.001));

    for (const [objective, spent] of [
      [0.99, 0.1],
      [0.9999, 10],
      [0.999999999, 1e6],
      [0.5, 0.002],
    ] as const)
      expect(budgetAt({ ...budget, objective }, ledger, end)).toEqual(value({ spent: expect.closeTo(spent, 1) }));
  });

  test('leaves out what is excluded, in time and events', () => {
    const outage = { kind: 'once', from: monday + day, to: monday + 2 * day, because: 'move' } as const;
    const ledger = filled(
      budget,
      steady(monday, monday + day, 15 * minute, 10, 0.0005),
      steady(monday + day, monday + 2 * day, 15 * minute, 10, 0.9),
      steady(monday + 2 * day, end, 15 * minute, 10, 0.0005),
    );

    expect(budgetAt(budget, ledger, end)).toEqual(value({ remaining: expect.closeTo(1 - 15.49 * 2, -1) }));
    expect(budgetAt({ ...budget, exclusions: [outage] }, ledger, end)).toEqual(
      value({ remaining: expect.closeTo(0.5, 4), excludedMs: day, coverage: 1 }),
    );
  });
});

describe('a budget that cannot be judged says why', () => {
  const unknown = (reason: string, detail: RegExp, fields: object = {}): object =>
    expect.objectContaining({ kind: 'unknown', reason, detail: expect.stringMatching(detail), ...fields }) as object;

  test('an empty ledger', () => {
    expect(budgetAt(budget, createLedger(budget), end)).toEqual(unknown('no-data', /no counts/, { coverage: 0 }));
  });

  test('a short history, with what was counted so far', () => {
    const ledger = filled(budget, steady(end - 3 * day, end, 15 * minute, 10, 0.1));

    expect(budgetAt(budget, ledger, end)).toEqual(
      unknown('short-history', /cover 10(\.\d)?% of the 30d/, {
        coverage: expect.closeTo(0.1, 6),
        total: expect.closeTo(2_592_000, 0),
      }),
    );
  });

  test('a calendar period that is not over, in words that people read', () => {
    const monthly = aBudget({ period: calendar('month', 'UTC') });
    const now = Date.UTC(2026, 5, 23, 10, 14, 39, 705);
    const ledger = filled(monthly, steady(now - hour, now, 15 * minute, 10, 0));

    expect(budgetAt(monthly, ledger, now)).toEqual(unknown('short-history', /cover 0(\.\d)?% of the 22d10h15m before/));
  });

  test('a period without traffic', () => {
    const ledger = filled(budget, steady(monday, end, hour, 0, 0));

    expect(budgetAt(budget, ledger, end)).toEqual(unknown('no-traffic', /no events/, { coverage: 1 }));
  });

  test('more good events than events', () => {
    const ledger = filled(budget, steady(monday, end, hour, 10, -0.5));

    expect(budgetAt(budget, ledger, end)).toEqual(unknown('impossible', /more good events than events/));
    expect(budgetAt(budget, filled(budget, steady(monday, end, hour, 10, -0.01)), end)).toEqual(
      unknown('impossible', /good of .* events/),
    );
  });

  test('a period that is excluded altogether', () => {
    const ledger = filled(budget, steady(monday, end, hour, 10, 0));
    const all = { kind: 'once', from: 0, to: end, because: 'not launched' } as const;

    expect(budgetAt({ ...budget, exclusions: [all] }, ledger, end)).toEqual(unknown('no-data', /excluded/));
  });
});

describe('a calendar budget', () => {
  const june = Date.UTC(2026, 5, 1);
  const monthly = aBudget({ period: calendar('month') });

  test('begins at 100 %, is half gone in the middle of a month that just keeps its objective, and gone at its end', () => {
    const ledger = filled(monthly, steady(june, june + 30 * day, 15 * minute, 10, 0.001));

    for (const [days, remaining] of [
      [0.01, 0.9997],
      [15, 0.5],
      [29.99, 0.0003],
    ] as const)
      expect(budgetAt(monthly, ledger, june + days * day)).toEqual(
        value({
          remaining: expect.closeTo(remaining, 4),
          ratio: expect.closeTo(0.999, 6),
          periodFrom: june,
          periodTo: june + 30 * day,
        }),
      );
  });

  test('costs the same for the same outage on the first day as on the last', () => {
    const on = (from: number) => {
      const ledger = filled(
        monthly,
        steady(june, from, 15 * minute, 10, 0),
        steady(from, from + 15 * minute, minute, 10, 1),
        steady(from + 15 * minute, june + 30 * day, 15 * minute, 10, 0),
      );
      return budgetAt(monthly, ledger, from + hour);
    };

    expect(on(june + hour)).toEqual(value({ spent: expect.closeTo(15 / 43.2, 3) }));
    expect(on(june + 29 * day)).toEqual(value({ spent: expect.closeTo(15 / 43.2, 3) }));
  });

  test('is new on the first of the month, as soon as there is a step of it', () => {
    const july = june + 30 * day;
    const ledger = filled(monthly, steady(june, july, hour, 1, 0.1), steady(july, july + 30_000, 15_000, 1, 0.1));

    expect(budgetAt(monthly, ledger, july - 1)).toEqual(value({ periodTo: july, spent: expect.closeTo(100, 0) }));
    expect(budgetAt(monthly, ledger, july + 31_000)).toEqual(value({ periodFrom: july, total: expect.closeTo(30, 4) }));
    const late = filled(monthly, steady(june, july - 20_000, hour, 1, 0.1));
    expect(budgetAt(monthly, late, july + 1_000)).toMatchObject({
      kind: 'unknown',
      reason: 'no-data',
      periodFrom: july,
    });
  });

  test('spreads what is allowed over the time ahead that is not excluded', () => {
    const ahead = { kind: 'once', from: june + 20 * day, to: june + 30 * day, because: 'closed' } as const;
    const ledger = filled(monthly, steady(june, june + 10 * day, 15 * minute, 10, 0.001));
    const reading = budgetAt({ ...monthly, exclusions: [ahead] }, ledger, june + 10 * day);

    expect(reading).toEqual(value({ remaining: expect.closeTo(0.5, 4) }));
  });
});
