import { expect, test } from '@jest/globals';
import { budgetJson } from '../../../src/app/budgets/budget-json.ts';
import { budgetText } from '../../../src/app/budgets/budget-text.ts';
import { exclusionLines } from '../../../src/app/budgets/exclusion-text.ts';
import { viewBudget } from '../../../src/app/budgets/budget-view.ts';
import type { Exclusion } from '../../../src/domain/budget/exclusions.ts';
import { aBudget, day, filled, hour, monday, steady, zone } from '../../domain/budget/budgets.ts';
import { aService } from '../../support/simulation.ts';

const now = monday + 10 * day;
const once = (from: number, to: number, because: string): Exclusion => ({ kind: 'once', from, to, because });
const weekly: Exclusion = {
  kind: 'weekly',
  days: [6],
  startMinute: 120,
  endMinute: 240,
  timeZone: 'UTC',
  offsetAt: zone('UTC'),
  because: 'patches',
};

function view(exclusions: readonly Exclusion[]) {
  const budget = aBudget({ period: { kind: 'rolling', ms: 10 * day }, exclusions });
  const ledger = filled(budget, steady(monday, now, 900_000, 10, 0.0005));
  return viewBudget(aService({ budgets: [budget] }), budget, { counts: ledger, group: {}, known: 1 }, now);
}

test('what is excluded is listed, declared before the fact or after it, once or recurring', () => {
  const seen = view([
    once(now + 40 * day, now + 40 * day + hour, 'move'),
    once(now - hour, now + hour, 'upgrade'),
    once(monday - 5 * day, monday - 4 * day, 'forgotten'),
    weekly,
  ]);

  expect(budgetJson(seen)).toMatchObject({
    excludedNow: { from: '2026-06-24T23:00:00.000Z', to: '2026-06-25T01:00:00.000Z', because: 'upgrade' },
    excluded: [
      { from: '2026-06-21T02:00:00.000Z', to: '2026-06-21T04:00:00.000Z', because: 'patches' },
      { from: '2026-06-24T23:00:00.000Z', to: '2026-06-25T00:00:00.000Z', because: 'upgrade' },
    ],
    excludedAhead: [
      { from: '2026-06-25T00:00:00.000Z', to: '2026-06-25T01:00:00.000Z', because: 'upgrade' },
      { from: '2026-06-28T02:00:00.000Z', to: '2026-06-28T04:00:00.000Z', because: 'patches' },
      { from: '2026-08-04T00:00:00.000Z', to: '2026-08-04T01:00:00.000Z', because: 'move' },
    ],
  });
  expect(exclusionLines([seen, seen])).toEqual([
    'availability: excluded until 2026-06-25T01:00:00.000Z, because upgrade',
    'availability: will be left out: 2026-06-28T02:00:00.000Z to 2026-06-28T04:00:00.000Z, because patches',
    'availability: will be left out: 2026-08-04T00:00:00.000Z to 2026-08-04T01:00:00.000Z, because move',
    'availability: left out: 2026-06-21T02:00:00.000Z to 2026-06-21T04:00:00.000Z, because patches',
  ]);
  expect(budgetText(seen)).toMatchObject({
    known: '',
    excludedNow: 'excluded until 2026-06-25T01:00:00.000Z, because upgrade',
  });
});

test('where nothing is excluded nothing is said of it', () => {
  expect(budgetJson(view([]))).toMatchObject({ excluded: [], excludedAhead: [] });
  expect(budgetJson(view([]))).not.toHaveProperty('excludedNow');
  expect(budgetText(view([]))).toMatchObject({ known: '', excludedNow: '', estimated: '' });
  expect(exclusionLines([view([])])).toEqual([]);
});

test('of many stretches the newest and the next are listed', () => {
  const each = [1, 2, 3, 4, 5, 6, 7];
  const past = each.map((index) => once(monday + index * day, monday + index * day + hour, `move ${index}`));
  const ahead = each.map((index) => once(now + index * day, now + index * day + hour, `move ${index}`));
  const lines = exclusionLines([view([...past, ...ahead])]);
  expect(lines.map((line) => /move \d$|\d \w+ .*$/.exec(line)?.[0])).toEqual([
    'move 1',
    'move 2',
    'move 3',
    '4 more to come',
    'move 7',
    'move 6',
    'move 5',
    'move 4',
    'move 3',
    '2 more before that',
  ]);
});

test('says of how much of a budget it is not known whether it was spent in what is left out', () => {
  // Each of 40 slots of a quarter of an hour holds 4.5 bad events of the 8,600 that the period allows.
  const each = Array.from({ length: 20 }, (_, index) => monday + 5 * day + index * hour);
  const seen = view(each.map((from) => once(from + 420_000, from + 2_220_000, 'upgrade')));
  expect(seen.reading).toMatchObject({ kind: 'value', estimated: expect.closeTo(0.0218, 3) });
  expect(budgetJson(seen)).toMatchObject({ estimated: expect.closeTo(0.0218, 3) });
  expect(budgetText(seen).estimated).toMatch(
    /^of 2\S*% of the budget it is not known whether it was spent in what is left out: shared out by time$/,
  );
});
