import type { Exclusion } from '../../domain/budget/exclusions.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import type { ExclusionFile } from '../budget-file.ts';
import { show } from '../fields.ts';
import type { Report } from '../problem.ts';
import type { Part } from '../service/read-parts.ts';
import { parseInstant, parseTimeOfDay } from './instant.ts';
import { zoneOf } from './zone-of.ts';

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Turns a declared stretch into one that leaves the budget; undefined when something in it is wrong, which is reported. */
export function buildExclusion({ value: file, path }: Part<ExclusionFile>, report: Report): Exclusion | undefined {
  const { from, to, because, every } = file;
  if (every === undefined) return buildOnce({ value: file, path }, report);
  const [startMinute, endMinute] = [from, to].map((text, index) => {
    const minute = parseTimeOfDay(text);
    if (minute !== undefined && (index === 1 || minute < 1440)) return minute;
    report({
      path: [...path, index === 0 ? 'from' : 'to'],
      code: 'invalid-time',
      message: `expected a time of day, got ${show(text)}`,
      hint: 'with `every`, write a time of day such as 02:00; without it, an instant',
    });
    return undefined;
  });
  const timeZone = file.timeZone ?? 'UTC';
  const offsetAt = zoneOf(timeZone, [...path, 'timeZone'], report);
  if (startMinute === undefined || endMinute === undefined || offsetAt === undefined) return undefined;
  checkDay({ from, to, startMinute, endMinute }, path, report);
  every.forEach((day, index) => {
    if (every.indexOf(day) === index) return;
    const message = `\`${day}\` stands here twice`;
    const hint = 'name each day once';
    report({ path: [...path, 'every', index], severity: 'warning', code: 'repeated-day', message, hint });
  });
  const dayNumbers = [...new Set(every)].map((day) => days.indexOf(day)).sort((a, b) => a - b);
  return { kind: 'weekly', days: dayNumbers, startMinute, endMinute, timeZone, offsetAt, because };
}

/** Longer than this, an end on the next day is more likely a slip than meant: a night from 16:00 to 10:00 lasts 18 h. */
const longestNightMinutes = 20 * 60;

/** Says when a stretch takes nearly a day because it ends at or before the time at which it begins. */
function checkDay(
  {
    from,
    to,
    startMinute,
    endMinute,
  }: Pick<ExclusionFile, 'from' | 'to'> & { readonly startMinute: number; readonly endMinute: number },
  path: DeclarationPath,
  report: Report,
): void {
  const minutes = endMinute + 1440 - startMinute;
  if (endMinute > startMinute || minutes < longestNightMinutes) return;
  const lasts = formatDuration(minutes * 60_000);
  report({
    path: [...path, 'to'],
    severity: 'warning',
    code: 'exclusion-into-next-day',
    message: `from ${from} to ${to} on the next day this stretch lasts ${lasts}`,
    hint: minutes === 1440 ? "check both times; a whole day is from: '00:00', to: '24:00'" : 'swap `from` and `to`?',
  });
}

function buildOnce({ value, path }: Part<ExclusionFile>, report: Report): Exclusion | undefined {
  const { because, timeZone } = value;
  const [from, to] = (['from', 'to'] as const).map((key) => {
    const at = parseInstant(value[key]);
    if (at !== undefined) return at;
    const isTime = parseTimeOfDay(value[key]) !== undefined;
    report({
      path: [...path, key],
      code: 'invalid-time',
      message: isTime
        ? `${show(value[key])} is a time of day, and this stretch does not say on which days`
        : `expected an instant, got ${show(value[key])}, which no calendar has`,
      hint: isTime ? 'add every: [sun], or write an instant such as 2026-11-01T22:00:00Z' : 'check day, month and hour',
    });
    return undefined;
  });
  if (timeZone !== undefined) {
    report({
      path: [...path, 'timeZone'],
      at: 'key',
      severity: 'warning',
      code: 'unused-time-zone',
      message: 'an instant says its offset itself, so this time zone says nothing',
      hint: 'leave it out, or name the days with `every`',
    });
  }
  if (from === undefined || to === undefined) return undefined;
  if (from >= to) {
    const message = 'this stretch ends before it begins, or at once';
    report({ path: [...path, 'from'], code: 'exclusion-ends-first', message, hint: 'swap `from` and `to`?' });
    return undefined;
  }
  return { kind: 'once', from, to, because };
}
