import { formatSpan } from '../../../domain/text/duration.ts';
import { visibleText } from '../../../domain/text/visible-text.ts';
import type { FactSheet, TargetWire } from './fact-sheet.ts';
import { httpLink, type ChatLink } from './http-link.ts';
import { betweenTimes, clockTime } from './clock-time.ts';

/** A fact with its name: `Owner`, `team-payments`. */
export interface ChatFact {
  readonly name: string;
  readonly text: string;
}

/** How bad it is, for a colour or a sign. `closed` is neither bad nor good: nobody watches any more. */
export type ChatMood = 'page' | 'ticket' | 'resolved' | 'closed';

/** What a chat says of a notification, in the order to read it. All texts are plain, of one line, from whoever wrote them. */
export interface ChatMessage {
  readonly mood: ChatMood;
  /** What the title leaves out at first sight: `Page`, `Ticket`. Empty where it says enough. */
  readonly urgency: string;
  readonly title: string;
  readonly offHeading: string;
  /** What is off, with values against targets. */
  readonly off: readonly string[];
  readonly links: readonly ChatLink[];
  readonly facts: readonly ChatFact[];
  /** What only some readers want, at the end. */
  readonly footnotes: readonly string[];
}

/** More than these nobody reads at night; the incident's page has them all. */
const mostOff = 8;
const mostFine = 3;
const mostLabels = 10;
/** Slower than this a minute is not worth a number. */
const leastSpeed = 0.001;
/** Most characters of one text. */
const textLimit = 500;

/** The facts of a notification as people want to read them in a chat. The same facts always give the same message. */
export function chatMessageOf(sheet: FactSheet): ChatMessage {
  const { type, data } = sheet;
  const isOver = type === 'incident.resolved';
  const urgency = data.severity === 'page' ? 'Page' : 'Ticket';
  return {
    mood: isOver ? (data.closedByHand === undefined ? 'resolved' : 'closed') : data.severity,
    urgency: type === 'incident.firing' || type === 'incident.relapsed' ? urgency : '',
    title: line(data.title),
    offHeading: isOver ? 'Off when last seen' : 'Off now',
    off: offLines(data),
    links: [httpLink('Incident', data.link), httpLink('Runbook', data.runbook)].filter((link) => link !== undefined),
    facts: [
      ...fact('What', data.summary),
      ...fact('Why', data.because === 'condition-true' || isOver ? undefined : 'its condition cannot be decided'),
      ...(isOver ? spellFacts(sheet) : sinceFacts(sheet)),
      ...fact('Severity', isOver ? undefined : data.severity),
      ...fact('Owner', data.owner),
      ...fact('Impact', impactText(data.impact)),
      ...fact('End state', data.endState),
      ...fact('Still fine', isOver ? undefined : fineText(data)),
    ],
    footnotes: footnotesOf(data, isOver),
  };
}

function offLines({ off, truncated }: FactSheet['data']): readonly string[] {
  // What is seen to be off comes before what cannot be told.
  const sorted = off.toSorted((one, other) => Number(one.verdict === 'unknown') - Number(other.verdict === 'unknown'));
  const lines = sorted.slice(0, mostOff).map((target) => line(`${target.text}${moving(target)}`));
  return off.length <= mostOff ? lines : [...lines, more(off.length - mostOff, truncated)];
}

/** Of a list that was cut before, nobody knows how long it was. */
function more(count: number, truncated: boolean): string {
  return truncated ? 'and more' : `and ${count} more`;
}

function moving({ trend, perMinute, unit, unknown }: TargetWire): string {
  if (unknown !== undefined) return ` — ${unknown.detail}`;
  if (trend === undefined || perMinute === undefined) return '';
  const speed = Number((Math.abs(perMinute) * (unit === 'ratio' ? 100 : 1)).toPrecision(2));
  if (trend === 'steady' || speed < leastSpeed) return ` — ${trend}`;
  const of = unit === 'ratio' ? ' points' : unit === undefined ? '' : ` ${unit}`;
  return ` — ${trend} by ${speed}${of} a minute`;
}

function sinceFacts({ type, timestamp, data }: FactSheet): readonly ChatFact[] {
  const { onset, detectedAt, timeToDetectSeconds, relapses } = data;
  const detected = `detected ${span(timeToDetectSeconds)} later`;
  const since = {
    'change-point': `${clockTime(onset.at, timestamp)}${betweenTimes(onset, timestamp)}, ${detected}`,
    'contiguous-breach': `${clockTime(onset.at, timestamp)}${betweenTimes(onset, timestamp)}, ${detected}`,
    'history-limit': `${clockTime(onset.at, timestamp)} or before, ${detected}`,
    detection: `${clockTime(detectedAt, timestamp)}, when it was detected, or before`,
  }[onset.method];
  return [
    ...fact(type === 'incident.relapsed' ? 'First off' : 'Since', since),
    ...fact('Relapsed', relapses === 0 ? undefined : relapses === 1 ? 'once' : `${relapses} times`),
  ];
}

function spellFacts({ timestamp, data }: FactSheet): readonly ChatFact[] {
  const { onset, recoveredAt, timeToRecoverSeconds } = data;
  const recovery = data.recovery === undefined ? '' : betweenTimes(data.recovery, timestamp);
  return [
    ...fact('Off for', timeToRecoverSeconds === undefined ? undefined : span(timeToRecoverSeconds)),
    ...fact('From', `${clockTime(onset.at, timestamp)}${betweenTimes(onset, timestamp)}`),
    ...fact(
      'To',
      recoveredAt === undefined
        ? 'nobody knows: recovery was not seen'
        : `${clockTime(recoveredAt, timestamp)}${recovery}`,
    ),
  ];
}

function impactText(impact: FactSheet['data']['impact']): string | undefined {
  if (impact === undefined) return undefined;
  const { badEvents, totalEvents, peakBadRatio, signal } = impact;
  const of = signal === undefined ? '' : ` (${signal.replaceAll('_', ' ')})`;
  const worst = Number((peakBadRatio * 100).toPrecision(3));
  return `${count(badEvents)} bad events beyond what is allowed, out of ${count(totalEvents)}${of}; ${worst}% bad at worst`;
}

function fineText({ fine, truncated }: FactSheet['data']): string | undefined {
  if (fine.length === 0) return undefined;
  const texts = fine.slice(0, mostFine).map(({ text }) => text);
  return [...texts, ...(fine.length > mostFine ? [more(fine.length - mostFine, truncated)] : [])].join('; ');
}

function footnotesOf(data: FactSheet['data'], isOver: boolean): readonly string[] {
  const { rules, condition, because, labels, collapsed, truncated, incidentId } = data;
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const stoodFor =
    collapsed.length === 1 ? 'an older message that was' : `${collapsed.length} older messages that were`;
  return [
    ...(isOver ? [] : [`${rules.length === 1 ? 'Rule' : 'Rules'} ${rules.join(', ')}`]),
    ...(isOver ? [] : [`${condition} ${because === 'condition-true' ? 'was true' : 'was unknown for too long'}`]),
    ...(pairs.length === 0 ? [] : [`Labels ${pairs.slice(0, mostLabels).join(', ')}`]),
    ...(collapsed.length === 0 ? [] : [`Stands for ${stoodFor} not taken`]),
    ...(truncated ? ['Shortened: the incident has more'] : []),
    `Incident ${incidentId}`,
  ].map(line);
}

function fact(name: string, text: string | undefined): readonly ChatFact[] {
  return text === undefined || text.trim() === '' ? [] : [{ name, text: line(text) }];
}

/** Values come from people and from metrics: one line, nothing unseen, and no longer than anybody reads. */
function line(text: string): string {
  const flat = visibleText(
    text
      .toWellFormed()
      .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
      .trim(),
  );
  if (flat.length <= textLimit) return flat;
  const characters = Array.from(flat);
  return characters.length <= textLimit ? flat : `${characters.slice(0, textLimit - 1).join('')}…`;
}

function span(seconds: number): string {
  return formatSpan(Math.round(seconds) * 1000);
}

/** `1,820`, whatever the machine's language. */
function count(value: number): string {
  const whole = Number(value.toPrecision(15));
  return String(whole >= 10 ? Math.round(whole) : Number(whole.toPrecision(2))).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
