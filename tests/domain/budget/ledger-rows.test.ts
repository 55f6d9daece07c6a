import { describe, expect, test } from '@jest/globals';
import { countWindow } from '../../../src/domain/budget/count-window.ts';
import { forgetStretch } from '../../../src/domain/budget/forget-stretch.ts';
import { addStep, createLedger, fill, missing } from '../../../src/domain/budget/ledger.ts';
import { putBack, restoreLedger, takeChanges, type LedgerRow } from '../../../src/domain/budget/ledger-rows.ts';
import { aBudget, day, filled, hour, minute, monday, second, steady } from './budgets.ts';

const budget = aBudget();

describe('changes', () => {
  test('are the slots that were touched since the last time, and nothing twice', () => {
    const ledger = filled(budget, steady(monday, monday + minute, 10 * second, 10, 0));
    expect(takeChanges(ledger).rows).toHaveLength(6);
    expect(takeChanges(ledger)).toEqual({ rows: [], floors: [] });
    fill(ledger, [{ from: monday + minute, to: monday + minute + 5 * second, good: 4, total: 5 }]);

    expect(takeChanges(ledger).rows).toEqual([
      {
        slotMs: 10_000,
        start: monday + minute,
        bad: 1,
        total: 5,
        gaps: [{ from: monday + minute + 5_000, to: monday + minute + 10_000 }],
      },
    ]);
  });

  test('that could not be written come again, as they are by then', () => {
    const ledger = filled(budget, steady(monday, monday + minute, 10 * second, 10, 0));
    const lost = takeChanges(ledger);
    fill(ledger, steady(monday + minute, monday + 2 * hour, minute, 10, 0));
    putBack(ledger, lost);
    const { rows, floors } = takeChanges(ledger);

    expect(floors.length).toBeGreaterThan(0);
    expect(rows.reduce((sum, { total }) => sum + total, 0)).toBeCloseTo(72_000, 2);
    expect(new Set(rows.map(({ slotMs, start }) => `${slotMs}/${start}`)).size).toBe(rows.length);
  });

  test('tell a store to forget what was forgotten', () => {
    const ledger = filled(budget, steady(monday, monday + minute, 10 * second, 10, 0.5));
    takeChanges(ledger);
    forgetStretch(ledger, monday, monday + 1);

    expect(takeChanges(ledger).rows).toEqual([
      { slotMs: 10_000, start: monday, bad: 0, total: 0, gaps: [{ from: monday, to: monday + 10_000 }] },
    ]);
  });
});

describe('restoring', () => {
  const whole = (): readonly LedgerRow[] =>
    takeChanges(filled(budget, steady(monday, monday + 5 * day, 5 * minute, 10, 0.01))).rows;
  const now = monday + 6 * day;

  test('leaves steps that were not settled missing, to be read again', () => {
    const ledger = createLedger(budget);
    for (const step of steady(monday, monday + hour, 15 * second, 10, 0)) addStep(ledger, step);
    const { ledger: restored } = restoreLedger(budget, takeChanges(ledger).rows, now);
    const gap = { from: monday + 56 * minute, to: monday + hour };
    expect(missing(restored, monday, monday + hour)).toEqual([gap]);
    fill(restored, steady(gap.from, gap.to, 15 * second, 10, 0));

    expect(countWindow(restored, monday, monday + hour).total).toBeCloseTo(36_000, 2);
  });

  const first = (rows: readonly LedgerRow[]): LedgerRow => {
    const [row] = rows;
    if (row === undefined) throw new Error('there are rows');
    return row;
  };

  test.each<[string, (row: LedgerRow) => LedgerRow]>([
    ['counts that are no numbers', (row) => ({ ...row, total: NaN })],
    ['a start between slots', (row) => ({ ...row, start: row.start + 1 })],
    ['a time that is still to come', (row) => ({ ...row, start: row.start + 100 * day })],
    ['no length', (row) => ({ ...row, slotMs: 0 })],
    ['gaps outside of it', (row) => ({ ...row, gaps: [{ from: 0, to: 5 }] })],
  ])('refuses a row with %s, and asks for what it held', (_name, spoil) => {
    const rows = whole();
    const row = first(rows);
    const { ledger, refused } = restoreLedger(budget, [...rows.slice(1), spoil(row)], now);

    expect(refused).toBe(1);
    expect(missing(ledger, monday, monday + 5 * day)).toEqual([{ from: row.start, to: row.start + row.slotMs }]);
  });

  test('counts a row that is there twice once', () => {
    const rows = whole();
    const { ledger, refused } = restoreLedger(budget, [...rows, first(rows)], now);

    expect(refused).toBe(1);
    expect(countWindow(ledger, monday, monday + 5 * day).total).toBeCloseTo(4_320_000, 0);
  });

  test('of nothing is an empty ledger', () => {
    const { ledger, refused } = restoreLedger(budget, [], now);

    expect(refused).toBe(0);
    expect(missing(ledger, 0, now)).toEqual([{ from: 0, to: now }]);
  });

  test('for a longer period keeps what is there, for a shorter one what it needs', () => {
    for (const days of [2, 90, 366]) {
      const changed = aBudget({ period: { kind: 'rolling', ms: days * day } });
      const { ledger, refused } = restoreLedger(changed, whole(), now);
      const from = monday + 5 * day - Math.min(days, 5) * day;
      expect(refused).toBe(0);
      expect(missing(ledger, from, monday + 5 * day)).toEqual([]);
      expect(countWindow(ledger, from, monday + 5 * day).total).toBeCloseTo(
        (10 * (monday + 5 * day - from)) / 1_000,
        0,
      );
    }
  });
});
