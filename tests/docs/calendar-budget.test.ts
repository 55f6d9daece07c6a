import { expect, test } from '@jest/globals';
import type { Step } from '../../src/domain/reading/observation.ts';
import { budgetAt } from '../../src/domain/budget/read-budget.ts';
import { dayOf, dayMs } from '../../src/domain/budget/zone.ts';
import { formatRatio } from '../../src/domain/text/ratio.ts';
import { aBudget, filled } from '../domain/budget/budgets.ts';
import { readPage } from './pages.ts';

/** The November of the page's example: a day at a time, with the events that came since the line above. */
const rows = readPage('docs/budgets.md')
  .text.split('\n')
  .filter((line) => /^\| \d+ November \|/.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const count = (cell = ''): number => Number(cell.replaceAll(',', ''));
const from = dayOf(2026, 11, 1) * dayMs;

function steps(): readonly Step[] {
  let before = { day: 0, total: 0, bad: 0 };
  return rows.flatMap(([day = '', events, badEvents]) => {
    const now = { day: Number.parseInt(day, 10), total: count(events), bad: count(badEvents) };
    const quarters = (now.day - before.day) * 96;
    const [total, bad] = [(now.total - before.total) / quarters, (now.bad - before.bad) / quarters];
    const start = from + before.day * dayMs;
    before = now;
    return Array.from({ length: quarters }, (_, index) => ({
      from: start + index * 900_000,
      to: start + (index + 1) * 900_000,
      good: total - bad,
      total,
    }));
  });
}

test('the page shows a month in five days', () => {
  expect(rows.map(([day]) => day)).toEqual([1, 10, 20, 25, 30].map((day) => `${day} November`));
});

test.each(rows.map((row) => [row[0] ?? '', row] as const))(
  'at the end of %s the budget is what the page says',
  (_, [day = '', events, badEvents, allowed, spent, left, good]) => {
    const budget = aBudget({
      objective: 0.999,
      period: { kind: 'calendar', unit: 'month', timeZone: 'UTC', offsetAt: () => 0 },
    });
    // The last instant of the day still is of this month.
    const end = from + Number.parseInt(day, 10) * dayMs;
    const ledger = filled(
      budget,
      steps().filter(({ to }) => to <= end),
    );
    const reading = budgetAt(budget, ledger, end - 1);
    if (reading.kind === 'unknown') throw new Error(reading.detail);
    const percent = (share: number): string => formatRatio(Number(share.toPrecision(3)));
    expect({
      total: Math.round(reading.total),
      bad: Math.round(reading.bad),
      allowed: Math.round(reading.allowedBad),
      spent: percent(reading.spent),
      left: percent(reading.remaining),
      good: formatRatio(Number(reading.ratio.toFixed(4))),
    }).toEqual({ total: count(events), bad: count(badEvents), allowed: count(allowed), spent, left, good });
  },
);
