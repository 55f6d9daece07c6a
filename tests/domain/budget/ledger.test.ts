import { describe, expect, test } from '@jest/globals';
import { countWindow } from '../../../src/domain/budget/count-window.ts';
import { forgetStretch } from '../../../src/domain/budget/forget-stretch.ts';
import { addStep, createLedger, fill, missing, newestEnd } from '../../../src/domain/budget/ledger.ts';
import { aBudget, day, filled, hour, minute, monday, second, steady } from './budgets.ts';

const budget = aBudget();
const step = (from: number, to: number, good: number, total: number) => ({
  from: monday + from * second,
  to: monday + to * second,
  good,
  total,
});
const count = (ledger: ReturnType<typeof createLedger>, from: number, to: number) => {
  const { bad, total, coveredMs } = countWindow(ledger, monday + from * second, monday + to * second);
  return { bad, total, covered: coveredMs / second };
};

describe('a live step', () => {
  test('counts at once, and a window that cuts it takes its share', () => {
    const ledger = createLedger(budget);
    addStep(ledger, step(7, 22, 27, 30));

    expect(count(ledger, 0, 60)).toEqual({ bad: 3, total: 30, covered: 15 });
    expect(count(ledger, 12, 60)).toEqual({ bad: 2, total: 20, covered: 10 });
    expect(newestEnd(ledger)).toBe(monday + 22 * second);
  });

  test('that is read again takes the place of what was read before, in whatever pieces', () => {
    const ledger = createLedger(budget);
    for (let at = 0; at < 150; at += 15) addStep(ledger, step(at, at + 15, 15, 15));
    addStep(ledger, step(120, 135, 10, 20));
    addStep(ledger, step(135, 150, 20, 20));
    expect(count(ledger, 0, 150)).toEqual({ bad: 10, total: 160, covered: 150 });

    // A gap in the scrapes: the last two steps and a new one are now one.
    addStep(ledger, step(120, 165, 100, 100));
    expect(count(ledger, 0, 165)).toEqual({ bad: 0, total: 220, covered: 165 });
  });

  test('that cuts one which was read before leaves the rest of that', () => {
    const ledger = createLedger(budget);
    addStep(ledger, step(0, 30, 20, 30));
    addStep(ledger, step(10, 20, 100, 100));

    expect(count(ledger, 0, 30).bad).toBeCloseTo(20 / 3, 9);
    expect(count(ledger, 0, 30)).toMatchObject({ total: 120, covered: 30 });
  });

  test('does not change what is settled', () => {
    const ledger = createLedger(budget);
    for (let at = 0; at < 1_500; at += 15) addStep(ledger, step(at, at + 15, 15, 15));
    addStep(ledger, step(0, 15, 0, 15));

    expect(count(ledger, 0, 1_500)).toEqual({ bad: 0, total: 1_500, covered: 1_500 });
  });

  test('of an hour ago, for a stretch that is missing, fills it', () => {
    const ledger = createLedger(budget);
    for (let at = 3_600; at < 7_200; at += 15) addStep(ledger, step(at, at + 15, 15, 15));
    addStep(ledger, step(1_800, 3_615, 0, 363));

    expect(count(ledger, 0, 7_200).bad).toBeCloseTo(360, 2);
  });

  test.each([
    ['no length', step(5, 5, 1, 1)],
    ['its end before its start', step(6, 5, 1, 1)],
    ['a count that is no number', step(0, 5, NaN, 1)],
    ['an infinite count', step(0, 5, 1, Infinity)],
  ])('of %s is none', (_name, wrong) => {
    const ledger = createLedger(budget);
    addStep(ledger, wrong);
    fill(ledger, [wrong]);

    expect(count(ledger, 0, 60)).toEqual({ bad: 0, total: 0, covered: 0 });
    expect(missing(ledger, monday, monday + 1)).toHaveLength(1);
  });
});

describe('what is missing', () => {
  test('is all of an empty ledger, and nothing where there was no traffic', () => {
    expect(missing(createLedger(budget), 5, 9)).toEqual([{ from: 5, to: 9 }]);
    const ledger = filled(budget, [step(0, 60, 0, 0)]);
    addStep(ledger, step(60, 120, 0, 0));

    expect(missing(ledger, monday, monday + 2 * minute)).toEqual([]);
    expect(count(ledger, 0, 120)).toEqual({ bad: 0, total: 0, covered: 120 });
  });

  test('lies between what is filled, and filling it closes it to the ms', () => {
    const ledger = filled(budget, steady(monday, monday + hour, minute, 1, 0));
    addStep(ledger, step(7_207, 7_222, 15, 15));
    const gaps = missing(ledger, monday - hour, monday + 3 * hour);
    expect(gaps).toEqual([
      { from: monday - hour, to: monday },
      { from: monday + hour, to: monday + 7_207 * second },
      { from: monday + 7_222 * second, to: monday + 3 * hour },
    ]);
    for (const { from, to } of gaps) fill(ledger, steady(from, to, 5 * minute, 1, 0));

    expect(missing(ledger, monday - hour, monday + 3 * hour)).toEqual([]);
    expect(count(ledger, -3_600, 3 * 3_600).total).toBeCloseTo(4 * 3_600, 2);
  });

  test('is again what was forgotten: whole slots of it', () => {
    const ledger = filled(budget, steady(monday, monday + 5 * day, 5 * minute, 1, 0.5));
    forgetStretch(ledger, monday + 64 * minute, monday + 66 * minute);
    const gap = { from: monday + 60 * minute, to: monday + 75 * minute };

    expect(missing(ledger, monday, monday + 5 * day)).toEqual([gap]);
    fill(ledger, steady(monday, monday + 5 * day, 5 * minute, 1, 0));
    expect(count(ledger, 0, 5 * 86_400)).toMatchObject({ total: 432_000, bad: 216_000 - 450 });
  });
});

test('the slot that data begins or ends in counts by the part of it that has data', () => {
  // Five days old: slots of 15 minutes. Data begins ten minutes into one.
  const ledger = filled(
    budget,
    steady(monday + 10 * minute, monday + 30 * minute, minute, 60, 0),
    steady(monday + 5 * day, monday + 5 * day + minute, minute, 60, 0),
  );

  expect(count(ledger, 0, 12 * 60)).toEqual({ bad: 0, total: 2 * 3_600, covered: 120 });
  expect(count(ledger, 0, 5 * 60)).toEqual({ bad: 0, total: 0, covered: 0 });
});

test('what is older than the period is let go', () => {
  const week = aBudget({ period: { kind: 'rolling', ms: 7 * day } });
  const ledger = filled(week, steady(monday, monday + 9 * day, hour, 1, 0));

  expect(missing(ledger, monday + 2 * day, monday + 9 * day)).toEqual([]);
  expect(countWindow(ledger, 0, monday + 9 * day).total).toBeLessThan(7.5 * 86_400);
});
