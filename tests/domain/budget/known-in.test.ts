import { expect, test } from '@jest/globals';
import { knownInMs } from '../../../src/domain/budget/known-in.ts';
import type { ErrorBudget } from '../../../src/domain/budget/objective.ts';

const hour = 3_600_000;
const day = 24 * hour;
const now = Date.UTC(2026, 10, 23);
const rolling: ErrorBudget['period'] = { kind: 'rolling', ms: 10 * day };
const month: ErrorBudget['period'] = { kind: 'calendar', unit: 'month', timeZone: 'UTC', offsetAt: () => 0 };

test.each<[string, ErrorBudget['period'], number, number, number]>([
  ['a rolling period with no counts yet', rolling, 0, 10, 9 * day],
  ['a rolling period of which half is covered', rolling, 0.5, 10, 4 * day],
  // An hour of ten is covered: after 80 hours more it is 81 of 90.
  ['a month that began ten hours ago', month, 0.1, 10 / 24, 80 * hour],
  ['a month that is over before that', month, 0, 28, 2 * day],
])(
  'what is left is known at the earliest once enough is covered: %s',
  (_name, period, coverage, passedDays, expected) => {
    const periodFrom = now - passedDays * day;
    const lasts = period.kind === 'rolling' ? 10 : 30;
    const reading = { reason: 'short-history', coverage, periodFrom, periodTo: periodFrom + lasts * day } as const;
    expect(Math.round((knownInMs({ period, exclusions: [] }, reading, now) ?? NaN) / 1000)).toBe(expected / 1000);
  },
);

test('time alone does not tell where something else is amiss', () => {
  const reading = { reason: 'no-data', coverage: 0, periodFrom: now - 10 * day, periodTo: now } as const;
  expect(knownInMs({ period: rolling, exclusions: [] }, reading, now)).toBeUndefined();
});
