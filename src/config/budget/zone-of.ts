import type { OffsetAt } from '../../domain/budget/zone.ts';
import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import { nearest } from '../../domain/text/nearest.ts';
import { show } from '../fields.ts';
import type { Problem, Report } from '../problem.ts';
import { canonicalZone, offsetIn, zoneNames } from './zone-offset.ts';

/** A zone's offset; undefined when there is no such zone. That is reported, and so is a zone that hardly anybody means. */
export function zoneOf(timeZone: string, path: DeclarationPath, report: Report): OffsetAt | undefined {
  const offsetAt = offsetIn(timeZone);
  if (offsetAt === undefined) {
    const message = `there is no time zone ${show(timeZone)}`;
    report({ path, code: 'unknown-time-zone', message, hint: zoneHint(timeZone) });
    return undefined;
  }
  const doubt = doubtful(timeZone);
  if (doubt !== undefined) report({ path, severity: 'warning', ...doubt });
  return offsetAt;
}

const aPlace = 'name the place whose clocks are meant, as in Europe/Berlin';

function doubtful(timeZone: string): Omit<Problem, 'path'> | undefined {
  if (/^[+-]/.test(timeZone)) {
    const isZero = /^.[0:]+$/.test(timeZone);
    return {
      code: 'fixed-offset',
      message: `${show(timeZone)} is the same offset from UTC all year: it knows no summer time`,
      hint: isZero ? 'write UTC' : `${aPlace}, or UTC if no clocks are to be followed`,
    };
  }
  const [, sign, hours] = /^Etc\/GMT([+-])(\d+)$/i.exec(timeZone) ?? [];
  if (sign !== undefined && Number(hours) !== 0) {
    const side = sign === '+' ? 'behind' : 'ahead of';
    return {
      code: 'fixed-offset',
      message: `${show(timeZone)} is ${Number(hours)}h ${side} UTC (these names turn the sign round), and knows no summer time`,
      hint: aPlace,
    };
  }
  // IANA names of three letters that follow a place's clocks, or are UTC.
  if (!/^[A-Z]{3}$/.test(timeZone) || /^(?:UTC|UCT|GMT|CET|EET|MET|WET|PRC|ROC|ROK)$/.test(timeZone)) return undefined;
  const place = placeOf.get(timeZone);
  return {
    code: 'time-zone-abbreviation',
    message: `${show(timeZone)} stands for several time zones, and is read as ${canonicalZone(timeZone)}`,
    hint: place === undefined ? aPlace : `name the place whose clocks are meant, as in ${place}`,
  };
}

/** Where those live who write these; no more than a suggestion. */
const placeOf: ReadonlyMap<string, string> = new Map([
  ['BST', 'Europe/London'],
  ['CEST', 'Europe/Berlin'],
  ['MESZ', 'Europe/Berlin'],
  ['MEZ', 'Europe/Berlin'],
  ['EEST', 'Europe/Athens'],
  ['WEST', 'Europe/Lisbon'],
  ['MSK', 'Europe/Moscow'],
  ['EST', 'America/New_York'],
  ['EDT', 'America/New_York'],
  ['CST', 'America/Chicago'],
  ['CDT', 'America/Chicago'],
  ['MST', 'America/Denver'],
  ['MDT', 'America/Denver'],
  ['PST', 'America/Los_Angeles'],
  ['PDT', 'America/Los_Angeles'],
  ['IST', 'Asia/Kolkata'],
  ['KST', 'Asia/Seoul'],
  ['HKT', 'Asia/Hong_Kong'],
  ['SGT', 'Asia/Singapore'],
  ['AEST', 'Australia/Sydney'],
  ['AEDT', 'Australia/Sydney'],
  ['NZST', 'Pacific/Auckland'],
  ['NZDT', 'Pacific/Auckland'],
  ['Z', 'UTC'],
]);

function zoneHint(timeZone: string): string {
  if (/^(?:UTC|GMT)?[+-]\d/i.test(timeZone)) return `${aPlace}; an offset such as +02:00 knows no summer time`;
  const names = zoneNames();
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s_-]/g, '');
  const city = names.find((name) => plain(name.slice(name.lastIndexOf('/') + 1)) === plain(timeZone));
  const meant =
    placeOf.get(timeZone.toUpperCase()) ?? city ?? (timeZone.length > 3 ? nearest(timeZone, names) : undefined);
  return meant === undefined ? 'take an IANA name such as Europe/Berlin, or UTC' : `did you mean ${meant}?`;
}
