import { describe, expect, test } from '@jest/globals';
import { countWindow } from '../../../src/domain/budget/count-window.ts';
import { addStep, createLedger, missing } from '../../../src/domain/budget/ledger.ts';
import { restoreLedger, takeChanges } from '../../../src/domain/budget/ledger-rows.ts';
import { createTiers, markChanged, markUnchanged, takeChanged } from '../../../src/domain/budget/slot-tiers.ts';
import { aBudget, day, filled, hour, minute, monday, steady } from './budgets.ts';

describe('the memory of a ledger', () => {
  test('of 30 days takes 34 kB, in one piece', () => {
    const tiers = createLedger(aBudget({ period: { kind: 'rolling', ms: 30 * day } })).tiers;
    const [memory] = tiers.map(({ counts }) => counts.buffer);
    expect(tiers.every(({ counts, changed }) => counts.buffer === memory && changed.buffer === memory)).toBe(true);
    expect(memory?.byteLength).toBeGreaterThan(33_000);
    expect(memory?.byteLength).toBeLessThan(34_500);
  });

  test.each([5 * minute, 6 * hour, 4 * day, 30 * day, 100 * day])(
    'for a period of %d ms has room for all of it, however time moves on',
    (period) => {
      const budget = aBudget({ period: { kind: 'rolling', ms: period } });
      const ledger = createLedger(budget);
      let at = monday;
      let turn = 0;
      while (at < monday + 1.1 * period + day) {
        const ms = [minute, 37_000, 5 * minute, period / 50, hour + 11_000][turn % 5] ?? minute;
        addStep(ledger, { from: at, to: at + ms, good: 0, total: ms });
        at += ms;
        turn += 1;
      }
      for (const back of [period, period / 2, period / 30]) {
        const counted = countWindow(ledger, at - back, at);
        expect(counted.coveredMs).toBeCloseTo(back, 0);
        // A step lies evenly in its slots, and a window may cut the longest ones.
        expect(counted.total / back).toBeCloseTo(1, 2);
      }
    },
  );
});

describe('what changed', () => {
  test('is each slot once, the first and the last of the ring too', () => {
    const [tier] = createTiers(day);
    if (tier === undefined) throw new Error('there are tiers');
    const places = [0, 1, 31, 32, 63, tier.slots - 1];
    for (const place of [...places, 40, 31]) markChanged(tier, place);
    markUnchanged(tier, 40);
    const taken: number[] = [];
    takeChanged(tier, (place) => taken.push(place));
    takeChanged(tier, (place) => taken.push(place));
    expect(taken).toEqual(places);
  });
});

describe('a ledger whose newest counts were lost', () => {
  test('keeps the coarse ones that lie where finer ones were to be, and counts on', () => {
    const budget = aBudget({ period: { kind: 'rolling', ms: 30 * day } });
    const now = monday + 30 * day;
    const rows = takeChanges(filled(budget, steady(monday, now, 5 * minute, 10, 0.01))).rows;
    const coarse = rows.filter(({ slotMs }) => slotMs === 15 * minute);
    const end = Math.max(...coarse.map(({ start, slotMs }) => start + slotMs));
    expect(end).toBeGreaterThan(monday + 26 * day);
    const { ledger, refused } = restoreLedger(budget, coarse, now);

    expect(refused).toBe(0);
    expect(missing(ledger, monday, end)).toEqual([]);
    expect(takeChanges(ledger).rows).toEqual([]);
    for (const step of steady(end, end + 3 * day, minute, 10, 0)) addStep(ledger, step);
    const from = monday + 2 * day;
    expect(countWindow(ledger, from, end + 3 * day - hour).total).toBeCloseTo(
      (10 * (end + 3 * day - hour - from)) / 1_000,
      0,
    );
    expect(countWindow(ledger, from, end).bad).toBeCloseTo((0.1 * (end - from)) / 1_000, 0);
  });
});
