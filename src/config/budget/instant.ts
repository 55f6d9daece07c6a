import { dayMs, dayOf } from '../../domain/budget/zone.ts';
import { utcFields } from '../../domain/text/utc.ts';

const grammar = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)(?::(\d\d(?:\.\d{1,3})?))?(?:Z|([+-])(\d\d:\d\d))$/;
const minuteMs = 60_000;

/** Reads `2026-11-01T22:00:00Z` or `2026-11-01T23:00+01:00` as ms since the epoch; undefined for what is no such instant. */
export function parseInstant(text: string): number | undefined {
  const [, year, month, day, time = '', seconds = '0', sign, offset = '00:00'] = grammar.exec(text) ?? [];
  const minute = parseTimeOfDay(time);
  const offsetMinutes = parseTimeOfDay(offset);
  if (minute === undefined || minute >= 1440 || offsetMinutes === undefined || Number(seconds) >= 60) return undefined;
  const midnight = dayOf(Number(year), Number(month), Number(day)) * dayMs;
  // Days past the end of a month are days of the next one.
  const date = utcFields(midnight);
  if (date.month !== Number(month) || date.day !== Number(day)) return undefined;
  const local = midnight + minute * minuteMs + Math.round(Number(seconds) * 1000);
  return local - (sign === '-' ? -1 : 1) * offsetMinutes * minuteMs;
}

/** Reads `02:00` as minutes after midnight, up to `24:00`; undefined for what is no time of day. */
export function parseTimeOfDay(text: string): number | undefined {
  const [, hours, minutes] = /^(\d\d):(\d\d)$/.exec(text) ?? [];
  if (hours === undefined || minutes === undefined || Number(minutes) > 59) return undefined;
  const minute = Number(hours) * 60 + Number(minutes);
  return minute <= 1440 ? minute : undefined;
}
