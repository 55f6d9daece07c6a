import { describeTimeOff } from '../domain/incident/span-words.ts';
import { formatMeasured } from '../domain/text/duration.ts';
import { groupText } from '../domain/service/group.ts';
import { formatTable } from './format-table.ts';
import { formatAge } from './format-time.ts';
import type { IncidentsWire, IncidentWire } from './incident-wire.ts';
import { paintWord, type Paint } from './paint.ts';
import { printableLine } from './printable.ts';

/** A list of incidents as a table, with how to see more. */
export function renderIncidents(
  { incidents, before }: IncidentsWire,
  now: number,
  paint: Paint,
  width?: number,
): string {
  if (incidents.length === 0) return 'No incident.\n';
  const columns = [
    'ID',
    'SERVICE',
    'SEVERITY',
    'PHASE',
    'BEGAN',
    'DETECTED AFTER',
    'WAS OFF FOR',
    'ACKNOWLEDGED',
    'TITLE',
  ];
  const rows = incidents.map((incident) => [
    printableLine(incident.id),
    scopeText(incident),
    paintWord(paint, printableLine(incident.severity)),
    paintFirst(paint, printableLine(phaseText(incident))),
    formatAge(incident.onset.at, now),
    formatMeasured(incident.timeToDetectSeconds * 1000),
    timeOffText(incident) ?? '-',
    printableLine(incident.acknowledgedBy ?? '-'),
    printableLine(incident.title),
  ]);
  const table = formatTable(
    columns.map((head) => ({ head: paint.bold(head), whole: head === 'ID' })),
    rows,
    width,
  );
  return before === undefined ? table : `${table}\nThere are more: --before ${printableLine(before)}\n`;
}

/** How long it was off; undefined while it is. */
export function timeOffText({ timeToRecoverSeconds, offSeconds, relapses }: IncidentWire): string | undefined {
  if (timeToRecoverSeconds === undefined) return undefined;
  const wholeMs = timeToRecoverSeconds * 1000;
  // An older daemon says no more than when it was back for good.
  return offSeconds === undefined ? formatMeasured(wholeMs) : describeTimeOff(offSeconds * 1000, wholeMs, relapses);
}

/** `checkout`, or `checkout {region="eu"}` for a group. */
export function scopeText({ service, group }: Pick<IncidentWire, 'service' | 'group'>): string {
  const key = groupText(group);
  return key === '' ? printableLine(service) : `${printableLine(service)} {${key}}`;
}

/** `open`, or `open, blind` and the like. */
export function phaseText({ phase, blind, unwatched, silenced, flapping }: IncidentWire): string {
  return [
    phase,
    ...(blind ? ['blind'] : []),
    ...(unwatched ? ['unwatched'] : []),
    ...(silenced === undefined ? [] : ['silenced']),
    ...(flapping === true ? ['flapping'] : []),
  ].join(', ');
}

/** Paints the first word of `open, blind`. */
export function paintFirst(paint: Paint, text: string): string {
  const [word = '', ...rest] = text.split(', ');
  return [paintWord(paint, word), ...rest].join(', ');
}
