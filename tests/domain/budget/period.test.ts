import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { longestPeriodMs, periodBounds } from '../../../src/domain/budget/period.ts';
import { calendar, day, hour } from './budgets.ts';

const at = (text: string): number => Date.parse(text);

describe('a calendar period begins at a local midnight', () => {
  test.each([
    // Clocks go forward on 29 March and back on 25 October 2026 in Berlin.
    ['Europe/Berlin', 'month', '2026-03-29T12:00Z', '2026-02-28T23:00Z', '2026-03-31T22:00Z'],
    ['Europe/Berlin', 'month', '2026-10-31T23:30Z', '2026-10-31T23:00Z', '2026-11-30T23:00Z'],
    ['Europe/Berlin', 'week', '2026-03-29T21:59Z', '2026-03-22T23:00Z', '2026-03-29T22:00Z'],
    ['Europe/Berlin', 'week', '2026-10-25T12:00Z', '2026-10-18T22:00Z', '2026-10-25T23:00Z'],
    ['Europe/Berlin', 'quarter', '2026-08-22T02:07Z', '2026-06-30T22:00Z', '2026-09-30T22:00Z'],
    ['Europe/Berlin', 'year', '2026-12-31T22:59Z', '2025-12-31T23:00Z', '2026-12-31T23:00Z'],
    ['America/New_York', 'month', '2026-03-01T04:59Z', '2026-02-01T05:00Z', '2026-03-01T05:00Z'],
    ['America/New_York', 'week', '2026-03-08T12:00Z', '2026-03-02T05:00Z', '2026-03-09T04:00Z'],
    ['America/New_York', 'quarter', '2028-02-29T12:00Z', '2028-01-01T05:00Z', '2028-04-01T04:00Z'],
    ['Asia/Kolkata', 'month', '2026-01-31T18:30Z', '2026-01-31T18:30Z', '2026-02-28T18:30Z'],
    ['Asia/Kolkata', 'year', '2026-12-31T18:29Z', '2025-12-31T18:30Z', '2026-12-31T18:30Z'],
    // Lord Howe moves by half an hour: 11:00 east in summer, 10:30 from 5 April 2026 on.
    ['Australia/Lord_Howe', 'month', '2026-04-20T00:00Z', '2026-03-31T13:00Z', '2026-04-30T13:30Z'],
    ['Australia/Lord_Howe', 'week', '2026-04-05T12:00Z', '2026-03-29T13:00Z', '2026-04-05T13:30Z'],
    // In Beirut the day of 29 March 2026 begins at one o'clock; in Havana midnight of 1 November comes twice.
    ['Asia/Beirut', 'month', '2026-03-30T00:00Z', '2026-02-28T22:00Z', '2026-03-31T21:00Z'],
    ['America/Havana', 'month', '2026-11-02T00:00Z', '2026-11-01T04:00Z', '2026-12-01T05:00Z'],
    ['America/Havana', 'month', '2026-11-01T05:30Z', '2026-11-01T04:00Z', '2026-12-01T05:00Z'],
  ] as const)('%s, the %s of %s', (timeZone, unit, now, from, to) => {
    expect(periodBounds(calendar(unit, timeZone), at(now))).toEqual({ from: at(from), to: at(to) });
  });

  test('or where clocks skip midnight at the first instant of the day', () => {
    // A zone that skips from 00:00 to 01:00 on Monday 2026-03-02.
    const jump = at('2026-03-02T00:00Z');
    const offsetAt = (utc: number): number => (utc < jump ? 0 : hour);
    const period = { kind: 'calendar', unit: 'week', timeZone: 'Test/Skip', offsetAt } as const;

    expect(periodBounds(period, jump)).toEqual({ from: jump, to: jump + 7 * day - hour });
    expect(periodBounds(period, jump - 1)).toEqual({ from: jump - 7 * day, to: jump });
  });
});

test('every instant lies in its period, and the next begins where it ends', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/Havana', 'UTC'];
  const periods = zones.flatMap((name) =>
    (['week', 'month', 'quarter', 'year'] as const).map((unit) => calendar(unit, name)),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...periods),
      fc.integer({ min: at('2024-01-01T00:00Z'), max: at('2030-01-01T00:00Z') }),
      (period, now) => {
        const { from, to } = periodBounds(period, now);
        expect(from <= now && now < to).toBe(true);
        expect(periodBounds(period, to).from).toBe(to);
        expect(to - from).toBeLessThanOrEqual(longestPeriodMs(period));
      },
    ),
    { numRuns: 200 },
  );
});

test('a rolling period ends now', () => {
  expect(periodBounds({ kind: 'rolling', ms: 30 * day }, 40 * day)).toEqual({ from: 10 * day, to: 40 * day });
});
