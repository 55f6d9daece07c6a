import type { Interval } from '../interval.ts';
import type { CalendarUnit, Period } from './objective.ts';
import { dayMs, dayOf, instantOf, localDate, weekdayOf } from './zone.ts';

const longestDays = { week: 7, month: 31, quarter: 92, year: 366 } as const satisfies Record<CalendarUnit, number>;

/**
 * Where the period that `now` lies in begins and ends, ms. A calendar one begins at a local midnight (weeks on Monday):
 * at the first where there are two, and where midnight is skipped at the first instant of the day.
 */
export function periodBounds(period: Period, now: number): Interval {
  if (period.kind === 'rolling') return { from: now - period.ms, to: now };
  const { offsetAt, unit } = period;
  const { year, month, day } = localDate(now, offsetAt);
  const [first, next] = daysOf(unit, year, month, day);
  return { from: instantOf(first * dayMs, offsetAt, 'first'), to: instantOf(next * dayMs, offsetAt, 'first') };
}

/** How long history has to be kept for a period, ms. */
export function longestPeriodMs(period: Period): number {
  // An hour more, since a calendar period may hold the hour that clocks are put back by.
  return period.kind === 'rolling' ? period.ms : longestDays[period.unit] * dayMs + 3_600_000;
}

/** The first day of the unit, and the first of the next one. */
function daysOf(unit: CalendarUnit, year: number, month: number, day: number): readonly [number, number] {
  switch (unit) {
    case 'week': {
      const monday = day - weekdayOf(day);
      return [monday, monday + 7];
    }
    case 'month':
      return [dayOf(year, month, 1), dayOf(year, month + 1, 1)];
    case 'quarter': {
      const first = month - ((month - 1) % 3);
      return [dayOf(year, first, 1), dayOf(year, first + 3, 1)];
    }
    case 'year':
      return [dayOf(year, 1, 1), dayOf(year + 1, 1, 1)];
  }
}
