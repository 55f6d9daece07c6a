import { dayOf, weekdayOf } from '../../domain/budget/zone.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import type { ImportedPeriod } from './imported-slo.ts';
import { remark, tell, settle, type InputPart } from './input-part.ts';
import { itemsAt, mappingAt, partAt, refuse, takeFlag, takeNumber, takeText } from './take-input.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Months and longer have no length of their own; these are the usual ones. */
const unitMs = {
  m: minuteMs,
  h: 60 * minuteMs,
  d: dayMs,
  w: 7 * dayMs,
  M: 30 * dayMs,
  Q: 90 * dayMs,
  Y: 365 * dayMs,
} as const;
type Unit = keyof typeof unitMs;

interface Duration {
  readonly count: number;
  readonly unit: Unit;
}

/** Reads an SLO's one time window; undefined, and named, where it makes no period. */
export function readTimeWindow(spec: InputPart): ImportedPeriod | undefined {
  const key = partAt(spec, 'timeWindows') === undefined ? 'timeWindow' : 'timeWindows';
  const [window, ...others] = itemsAt(spec, key);
  for (const other of others) tell(other, { kind: 'lost', message: 'an SLO has one time window; the first was taken' });
  if (window === undefined) {
    return remark(spec, { kind: 'lost', at: 'key', message: 'this SLO has no time window' });
  }
  const isRolling = takeFlag(window, 'isRolling');
  const calendar = mappingAt(window, 'calendar');
  const written = partAt(window, 'unit') === undefined ? readDuration(window, 'duration') : readCount(window);
  if (written === undefined) return undefined;
  const duration = monthMeant(window, written);
  if (duration === undefined) return undefined;
  if (isRolling === true || (isRolling === undefined && calendar === undefined)) {
    if (calendar !== undefined) {
      tell(calendar, {
        kind: 'lost',
        at: 'key',
        message: 'a rolling window knows no calendar, so this was not carried over',
      });
    }
    if (isRolling === undefined)
      tell(window, {
        kind: 'changed',
        message: 'this says not whether it rolls (isRolling); without a calendar it does',
      });
    return rolling(window, duration);
  }
  if (calendar === undefined) {
    const message = 'a window that does not roll needs a calendar; it was carried over as a rolling one';
    remark(window, { kind: 'lost', message, hint: 'write period: { calendar: month, timeZone: … } if that was meant' });
    return rolling(window, duration);
  }
  return inCalendar(window, calendar, duration);
}

/** The length of a slice: a number counts minutes. */
export function readSlice(part: InputPart): string | undefined {
  settle(part);
  if (typeof part.value === 'number') return formatDuration(part.value * minuteMs);
  const duration = durationOf(part.value);
  return duration === undefined ? refuse(part, 'minutes, or a duration such as 1m') : formatDuration(msOf(duration));
}

/** A duration under a key, ms; `M` is a month and `m` a minute, which is said where the larger one stands. */
export function readSpan(part: InputPart, key: string): number | undefined {
  const duration = readDuration(part, key);
  if (duration === undefined) return undefined;
  const found = partAt(part, key);
  if (found !== undefined && duration.unit === 'M') {
    const message = `\`M\` is a month, so this was read as ${formatDuration(msOf(duration))}`;
    tell(found, { kind: 'suspicious', message, hint: 'minutes are written with a small m' });
  }
  return msOf(duration);
}

function readDuration(part: InputPart, key: string): Duration | undefined {
  const found = partAt(part, key);
  if (found === undefined) return tell(part, { kind: 'lost', message: `\`${key}\` is missing here` });
  settle(found);
  return durationOf(found.value) ?? refuse(found, 'a duration such as 5m, 1h, 30d or 1M');
}

/** `unit: Day` and `count: 30`, as v1alpha writes periods. */
function readCount(window: InputPart): Duration | undefined {
  const unit = takeText(window, 'unit') ?? '';
  const count = takeNumber(window, 'count') ?? 1;
  const units: Readonly<Record<string, Unit>> = {
    minute: 'm',
    hour: 'h',
    day: 'd',
    week: 'w',
    month: 'M',
    quarter: 'Q',
    year: 'Y',
  };
  const known = units[unit.toLowerCase().replace(/s$/, '')];
  if (known !== undefined && Number.isInteger(count) && count > 0) return { count, unit: known };
  return refuse(window, 'a unit such as Day and a whole count');
}

function durationOf(value: unknown): Duration | undefined {
  const [, count, unit] = /^\s*(\d+)([mhdwMQY])\s*$/.exec(typeof value === 'string' ? value : '') ?? [];
  return count === undefined || Number(count) === 0 ? undefined : { count: Number(count), unit: unit as Unit };
}

/** `1m` as the period of an SLO: an example of OpenSLO itself writes it for a month. */
function monthMeant(window: InputPart, duration: Duration): Duration | undefined {
  const part = partAt(window, 'duration');
  if (duration.unit !== 'm' || msOf(duration) >= unitMs.h || part === undefined) return duration;
  // Nobody promises anything over more than a year.
  if (duration.count > 12) {
    const message = `\`${duration.count}m\` is a period of minutes, and a period is at least an hour, so this was not carried over`;
    return tell(part, { kind: 'lost', message, hint: `did you mean ${duration.count}d?` });
  }
  const message = `\`${duration.count}m\` is a period of minutes; it was read as months`;
  tell(part, { kind: 'suspicious', message, hint: `write ${duration.count}M for months` });
  return { ...duration, unit: 'M' };
}

function rolling(window: InputPart, duration: Duration): ImportedPeriod {
  const part = partAt(window, 'duration');
  if (part !== undefined && 'MQY'.includes(duration.unit)) {
    const message = `a rolling ${{ M: 'month', Q: 'quarter', Y: 'year' }[duration.unit as 'M']} has no length of its own; it is ${formatDuration(msOf(duration))} here`;
    tell(part, { kind: 'changed', message });
  }
  return { kind: 'rolling', ms: msOf(duration) };
}

const calendarUnits: Readonly<Record<string, 'week' | 'month' | 'quarter' | 'year'>> = {
  '7d': 'week',
  '1w': 'week',
  '1M': 'month',
  '3M': 'quarter',
  '1Q': 'quarter',
  '12M': 'year',
  '4Q': 'year',
  '1Y': 'year',
};

function inCalendar(window: InputPart, calendar: InputPart, duration: Duration): ImportedPeriod | undefined {
  const timeZone = takeText(calendar, 'timeZone');
  const start = takeText(calendar, 'startTime');
  const unit = calendarUnits[`${duration.count}${duration.unit}`];
  if (unit === undefined) {
    const message = `a calendar period is a week, a month, a quarter or a year, and not ${duration.count}${duration.unit}; it was carried over as a rolling one`;
    tell(partAt(window, 'duration') ?? window, { kind: 'lost', message });
    return rolling(window, duration);
  }
  if (timeZone === undefined)
    tell(calendar, { kind: 'changed', at: 'key', message: 'no time zone is given; it is UTC' });
  const startPart = partAt(calendar, 'startTime');
  if (start !== undefined && startPart !== undefined && !begins(unit, start)) {
    const message = `here a ${unit} begins at its usual start (${starts[unit]}), and not as of ${start}`;
    tell(startPart, { kind: 'lost', message });
  }
  return { kind: 'calendar', unit, timeZone: timeZone ?? 'UTC' };
}

const starts = {
  week: 'Monday, 00:00',
  month: 'the 1st, 00:00',
  quarter: 'the 1st of January, April, July or October, 00:00',
  year: 'the 1st of January, 00:00',
} as const;

/** Whether periods that are counted from a start begin when the calendar's do. */
function begins(unit: keyof typeof starts, start: string): boolean {
  const [, year, month, day, time] =
    /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?)(?:Z|\.\d+Z?)?)?$/.exec(start) ?? [];
  if (year === undefined || (time !== undefined && !/^00:00(?::00)?$/.test(time))) return false;
  if (unit === 'week') return weekdayOf(dayOf(Number(year), Number(month), Number(day))) === 0;
  if (day !== '01') return false;
  return unit === 'month' || (unit === 'quarter' ? (Number(month) - 1) % 3 === 0 : month === '01');
}

function msOf({ count, unit }: Duration): number {
  return count * unitMs[unit];
}
