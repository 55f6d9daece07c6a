import type { Exclusion } from '../budget/exclusions.ts';
import type { BurnTier, Period } from '../budget/objective.ts';
import { formatDuration } from '../text/duration.ts';
import { formatRatio } from '../text/ratio.ts';
import { formatUtc } from '../text/utc.ts';

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** `30d`, or `a calendar month, Europe/Berlin`. */
export function describePeriod(period: Period): string {
  return period.kind === 'rolling' ? formatDuration(period.ms) : `a calendar ${period.unit}, ${period.timeZone}`;
}

/** `page above 14.4x over 1h and 5m; ticket above 3x over 1d and 2h`. */
export function describeTiers(tiers: readonly BurnTier[]): string {
  return tiers
    .map(
      ({ severity, factor, longMs, shortMs, shadow }) =>
        `${severity} above ${Number(factor.toPrecision(3))}x over ${formatDuration(longMs)} and ${formatDuration(shortMs)}${shadow === true ? ' (only records)' : ''}`,
    )
    .join('; ');
}

/** When something does not count: `2026-06-01T00:00:00.000Z to 2026-06-01T02:00:00.000Z; Sat, Sun 22:00 to 02:00, UTC`. */
export function describeExclusions(exclusions: readonly Exclusion[]): string {
  return exclusions.map(exclusionWords).join('; ');
}

function exclusionWords(exclusion: Exclusion): string {
  if (exclusion.kind === 'once') return `${formatUtc(exclusion.from)} to ${formatUtc(exclusion.to)}`;
  const { days, startMinute, endMinute, timeZone } = exclusion;
  const on = days.map((day) => dayNames[day] ?? String(day)).join(', ');
  return `${on} ${clockOf(startMinute)} to ${clockOf(endMinute)}, ${timeZone}`;
}

function clockOf(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** `5.5%`: a share with the three digits that people read. */
export function describeShare(share: number): string {
  return formatRatio(Number(share.toPrecision(3)));
}
