import { describe, expect, test } from '@jest/globals';
import type { Exclusion } from '../../../src/domain/budget/exclusions.ts';
import { countWindow } from '../../../src/domain/budget/count-window.ts';
import { addStep, createLedger } from '../../../src/domain/budget/ledger.ts';
import { aBudget, day, filled, hour, minute, monday, second, steady, zone } from './budgets.ts';

const budget = aBudget();

describe('excluded stretches', () => {
  const ledger = filled(
    budget,
    steady(monday, monday + 2 * hour, minute, 10, 0),
    steady(monday + 2 * hour, monday + 3 * hour, minute, 10, 0.5),
    steady(monday + 3 * hour, monday + 8 * day, 15 * minute, 10, 0),
  );
  const once = (from: number, to: number): Exclusion => ({ kind: 'once', from, to, because: 'move' });

  test('leave a window with their events and their time, declared long after the fact too', () => {
    const { bad, total, excludedMs, coveredMs } = countWindow(ledger, monday, monday + 8 * day, [
      once(monday + 2 * hour, monday + 3 * hour),
      once(monday + 2.5 * hour, monday + 3 * hour),
    ]);

    expect({ bad, excludedMs, coveredMs }).toEqual({ bad: 0, excludedMs: hour, coveredMs: 8 * day - hour });
    expect(total).toBeCloseTo(10 * (8 * 86_400 - 3_600), 0);
  });

  test('cut a slot by the share of its time', () => {
    const { bad } = countWindow(ledger, monday, monday + 8 * day, [
      once(monday + 2 * hour + 5 * minute, monday + 3 * hour),
    ]);

    expect(bad).toBeCloseTo(10 * 300 * 0.5, 0);
  });

  test('recur', () => {
    const weekly = {
      kind: 'weekly',
      days: [0],
      startMinute: 120,
      endMinute: 180,
      timeZone: 'UTC',
      offsetAt: zone('UTC'),
      because: 'patches',
    } as const;

    expect(countWindow(ledger, monday, monday + 8 * day, [weekly])).toMatchObject({ bad: 0, excludedMs: 2 * hour });
  });

  test('may be all there is', () => {
    expect(countWindow(ledger, monday, monday + hour, [once(monday - hour, monday + hour)])).toEqual({
      good: 0,
      bad: 0,
      total: 0,
      coveredMs: 0,
      excludedMs: hour,
      impossibleMs: 0,
    });
  });
});

describe('more good events than events', () => {
  const around = (badShare: number) =>
    filled(
      budget,
      steady(monday, monday + hour, minute, 10, 0.01),
      steady(monday + hour, monday + 2 * hour, minute, 10, badShare),
      steady(monday + 2 * hour, monday + 6 * day, minute, 10, 0.01),
    );

  test('are left out and reported, whether the stretch is recent or long ago, and hide no real error', () => {
    const { bad, coveredMs, impossibleMs } = countWindow(around(-1), monday, monday + 6 * day);

    expect(impossibleMs).toBe(hour);
    expect(coveredMs).toBe(6 * day - hour);
    expect(bad).toBeCloseTo(0.1 * (6 * 86_400 - 3_600), 0);
  });

  test('by a little are targets scraped at different instants: they even out', () => {
    const ledger = createLedger(budget);
    for (let index = 0; index < 40; index += 1) {
      const from = monday + index * 15 * second;
      addStep(ledger, { from, to: from + 15 * second, good: index % 2 === 0 ? 151 : 149, total: 150 });
    }
    const { bad, impossibleMs } = countWindow(ledger, monday, monday + 10 * minute);

    expect(impossibleMs).toBe(0);
    expect(bad).toBeCloseTo(0, 4);
  });

  test('in steps that are not settled are seen at once', () => {
    const ledger = createLedger(budget);
    addStep(ledger, { from: monday, to: monday + minute, good: 12, total: 10 });

    expect(countWindow(ledger, monday, monday + minute)).toMatchObject({
      total: 0,
      coveredMs: 0,
      impossibleMs: minute,
    });
  });

  test('do not make a window past the newest count find the oldest slots there', () => {
    const end = monday + 10 * hour - 10 * second;
    const cannotBe = end - 3 * minute;
    const ledger = filled(
      budget,
      steady(monday, cannotBe, 10 * second, 10, 0),
      steady(cannotBe, end, 10 * second, 10, -1),
    );

    for (const after of [0, minute, 4 * minute])
      expect(countWindow(ledger, end - 8 * minute, end + after)).toMatchObject({
        bad: 0,
        total: 1_900,
        impossibleMs: 4 * minute + 50 * second,
      });
  });

  test.each([
    ['fewer events than none', { good: -5, total: -5 }],
    ['fewer good events than none', { good: -5, total: 10 }],
  ])('and %s cannot be either', (_name, counts) => {
    const ledger = filled(budget, [{ from: monday, to: monday + minute, ...counts }]);

    expect(countWindow(ledger, monday, monday + minute).impossibleMs).toBe(minute);
  });
});
