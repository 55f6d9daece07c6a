/** Calendar fields of an instant in UTC; months and days count from 1. */
export interface UtcFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
}

const dayMs = 86_400_000;

/** Splits ms since the epoch into UTC fields (the civil-from-days algorithm of Howard Hinnant; proleptic Gregorian). */
export function utcFields(epochMs: number): UtcFields {
  const days = Math.floor(epochMs / dayMs);
  const rest = Math.floor(epochMs - days * dayMs);
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
    hour: Math.floor(rest / 3_600_000),
    minute: Math.floor(rest / 60_000) % 60,
    second: Math.floor(rest / 1_000) % 60,
    ms: rest % 1_000,
  };
}

/** `2026-08-22T02:07:11.250Z`. */
export function formatUtc(epochMs: number): string {
  const at = utcFields(epochMs);
  return `${pad(at.year, 4)}-${pad(at.month)}-${pad(at.day)}T${pad(at.hour)}:${pad(at.minute)}:${pad(at.second)}.${pad(at.ms, 3)}Z`;
}

/** `02:07:12 UTC`, with the date when it is not the day of `today`; both ms since the epoch. */
export function clockTime(at: number, today: number): string {
  const { year, month, day, hour, minute, second } = utcFields(at);
  const day0 = utcFields(today);
  const sameDay = day0.year === year && day0.month === month && day0.day === day;
  const date = sameDay ? '' : `${year}-${pad(month)}-${pad(day)} `;
  return `${date}${pad(hour)}:${pad(minute)}:${pad(second)} UTC`;
}

/** `20260822T020711Z`, for names. */
export function compactUtc(epochMs: number): string {
  const at = utcFields(epochMs);
  return `${pad(at.year, 4)}${pad(at.month)}${pad(at.day)}T${pad(at.hour)}${pad(at.minute)}${pad(at.second)}Z`;
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}
