import { utcFields } from '../text/utc.ts';

/**
 * How far a time zone is east of UTC at an instant, ms. It is asked for often, so whoever makes one should remember its
 * answers (no zone changes but on a quarter of an hour).
 */
export type OffsetAt = (utcMs: number) => number;

export const dayMs = 86_400_000;

/** Days since the epoch of a date; months count from 1 and may run past 12 (the days-from-civil algorithm of Howard Hinnant). */
export function dayOf(year: number, month: number, day: number): number {
  const y = year + Math.floor((month - 1) / 12);
  const m = ((((month - 1) % 12) + 12) % 12) + 1;
  const shiftedYear = m <= 2 ? y - 1 : y;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Day of the week of a day since the epoch: Monday is 0. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** The date on the zone's calendar at an instant, and its day since the epoch. */
export function localDate(at: number, offsetAt: OffsetAt): { year: number; month: number; day: number } {
  const local = at + offsetAt(at);
  const { year, month } = utcFields(local);
  return { year, month, day: Math.floor(local / dayMs) };
}

/**
 * The instant at which the zone's clocks show `local` (ms, as if the zone were UTC). A time that the clocks show twice is
 * the `which` of them; one that they skip is the instant of the jump.
 */
export function instantOf(local: number, offsetAt: OffsetAt, which: 'first' | 'last'): number {
  // No zone is further from UTC than a day, so the offsets on both sides of any change close by are these two.
  const offsets = [offsetAt(local - dayMs), offsetAt(local + dayMs)];
  const shown = offsets.map((offset) => local - offset).filter((at) => at + offsetAt(at) === local);
  if (shown.length > 0) return which === 'first' ? Math.min(...shown) : Math.max(...shown);
  let before = local - Math.max(...offsets);
  let after = local - Math.min(...offsets);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (middle + offsetAt(middle) < local) before = middle;
    else after = middle;
  }
  return after;
}
