import { groupText } from '../domain/service/group.ts';
import { formatLeft, formatSpan } from '../domain/text/duration.ts';
import { describeVerdict } from '../domain/reading/verdict-text.ts';
import { formatTable } from './format-table.ts';
import { formatMoment } from './format-time.ts';
import type { FreezeWire, GatesWire, GateWire } from './gate-wire.ts';
import { paintWord, type Paint } from './paint.ts';
import { printableLine } from './printable.ts';

/** What a gate says, why, what else it sees, and until when. */
export function renderGate(gate: GateWire, _now: number, paint: Paint, width?: number): string {
  const decidedAt = Date.parse(gate.decidedAt);
  const facts: readonly (readonly [string, string])[] = [
    ['why', gate.words],
    ['reason', gate.reason],
    ...(gate.passage === undefined ? [] : [['let through', passageText(gate.passage, decidedAt)] as const]),
    ...(gate.until === undefined
      ? []
      : [['until', `${momentText(gate.until, decidedAt)}, if nothing else changes it`] as const]),
    ['decided', formatMoment(gate.decidedAt)],
    ...(gate.dataAgeSeconds === undefined ? [] : [['data', `${formatSpan(gate.dataAgeSeconds * 1000)} old`] as const]),
  ];
  const [, ...others] = gate.findings;
  // Each freeze has a line of its own below.
  const seen = others.filter(({ reason }) => reason !== 'frozen');
  return [
    `${paint.bold(printableLine(gate.service))}  ${stateText(gate, paint)}\n\n`,
    table(
      facts.map(([name, value]) => [paint.dim(name), printableLine(value)]),
      1,
      width,
    ),
    section(
      'Also seen',
      seen.map(({ state, reason, words }) => [paintWord(paint, state), reason, words].map(line)),
      2,
      paint,
      width,
    ),
    section(
      'Readings',
      gate.readings.map((reading) => readingRow(reading, decidedAt, paint)),
      2,
      paint,
      width,
    ),
    section(
      'Freezes',
      gate.freezes.map((freeze) => [line(freeze.id), line(freezeText(freeze, decidedAt))]),
      1,
      paint,
      width,
    ),
  ].join('');
}

/** The gates of all services as a table. */
export function renderGates({ gates }: GatesWire, _now: number, paint: Paint, width?: number): string {
  if (gates.length === 0) return 'No service is watched.\n';
  const columns = ['SERVICE', 'STATE', 'ACTION', 'REASON', 'WHY'];
  const rows = gates.map(({ service, state, action, reason, words }) => [
    line(service),
    paintWord(paint, line(state)),
    action,
    line(reason),
    line(words),
  ]);
  return formatTable(
    columns.map((head) => ({ head: paint.bold(head), whole: head === 'SERVICE' })),
    rows,
    width,
  );
}

/** One line for a log: `02:07:11Z stop, abort (incident-open): checkout is off since …`. */
export function gateLine({ decidedAt, state, action, reason, words }: GateWire): string {
  return `${timeText(decidedAt)} ${line(state)}, ${action} (${line(reason)}): ${line(words)}\n`;
}

/** `until 2026-08-22 04:00:00Z (in 1h 3m)`, and what else ends it. */
export function freezeText({ service, by, reason, since, liftsWhen, until }: FreezeWire, now: number): string {
  const what = service === '*' ? 'every line' : `the line of ${service}`;
  const ends = [
    ...(until === undefined ? [] : [`until ${momentText(until, now)}`]),
    ...(liftsWhen === 'end-state-held' ? ['until the end state has held'] : []),
  ];
  const end = ends.length === 0 ? 'until somebody lifts it' : ends.join(' or ');
  return `${what}, by ${by} since ${formatMoment(since)}, ${end}: ${reason}`;
}

/** `2026-08-22 04:00:00Z (in 1h 3m)`. */
export function momentText(iso: string, now: number): string {
  const left = Date.parse(iso) - now;
  return left < 1000 ? formatMoment(iso) : `${formatMoment(iso)} (in ${formatLeft(left)})`;
}

function stateText({ state, action }: GateWire, paint: Paint): string {
  const doing = { go: 'go', wait: 'wait', abort: 'abort: do not ship, roll back' }[action];
  return `${paintWord(paint, line(state))}, ${doing}`;
}

function passageText({ kind, by, reason, until }: NonNullable<GateWire['passage']>, now: number): string {
  const what = kind === 'remedy' ? 'as the remedy of an incident' : 'by an override';
  return `${what}, says ${by}${until === undefined ? '' : ` until ${momentText(until, now)}`}: ${reason}`;
}

function readingRow({ group, target }: GateWire['readings'][number], now: number, paint: Paint): readonly string[] {
  const { reading, verdict } = target;
  const age =
    reading.kind === 'value' && reading.sampleAt > 0 ? `${formatSpan(Math.max(0, now - reading.sampleAt))} old` : '-';
  const scope = groupText(group);
  return [paintWord(paint, verdict), age, line(`${describeVerdict(target)}${scope === '' ? '' : ` {${scope}}`}`)];
}

function section(
  head: string,
  rows: readonly (readonly string[])[],
  whole: number,
  paint: Paint,
  width: number | undefined,
): string {
  return rows.length === 0 ? '' : `\n${paint.bold(head)}\n${table(rows, whole, width)}`;
}

/** The first `whole` columns are never wrapped. */
function table(rows: readonly (readonly string[])[], whole: number, width: number | undefined): string {
  const columns = Array.from({ length: whole + 1 }, (_, index) => ({ head: '', whole: index < whole }));
  return formatTable(columns, rows, width);
}

function line(text: string): string {
  return printableLine(text);
}

function timeText(iso: string): string {
  return iso.slice(11, 19).concat('Z');
}
