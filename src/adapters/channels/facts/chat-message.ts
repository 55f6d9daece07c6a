import { suspectName } from '../../../domain/change/describe-suspect.ts';
import type { TimeEstimate } from '../../../domain/estimate/onset.ts';
import { impactUnknown } from '../../../domain/incident/describe-impact.ts';
import { describeTimeToRecover } from '../../../domain/incident/span-words.ts';
import { formatSpan } from '../../../domain/text/duration.ts';
import { shortenEnd, singleLine, visibleText } from '../../../domain/text/visible-text.ts';
import type { FactSheet, TargetWire } from './fact-sheet.ts';
import { placeText, stateText } from './together-text.ts';
import { httpLink, type ChatLink } from './http-link.ts';
import { betweenTimes, clockTime } from './clock-time.ts';

/** A fact with its name: `Owner`, `team-payments`. */
export interface ChatFact {
  readonly name: string;
  readonly text: string;
}

/** How bad it is, for a colour or a sign. `closed` is neither bad nor good: nobody watches any more. A `notice` alarms nobody. */
export type ChatMood = 'page' | 'ticket' | 'resolved' | 'closed' | 'notice';

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
const mostTogether = 20;
/** Slower than this a minute is not worth a number. */
const leastSpeed = 0.001;
/** Most characters of one text, and of one name in a list. */
const textLimit = 500;
const nameLimit = 80;
/** What stands behind a name, such as `(back, held for 10m5s of 15m)`. */
const stateLimit = 60;

/** The facts of a notification as people want to read them in a chat. The same facts always give the same message. */
export function chatMessageOf(sheet: FactSheet): ChatMessage {
  const { type, data } = sheet;
  if (type === 'incident.test') return testMessage(data);
  const isOver = type === 'incident.resolved';
  const urgency = data.severity === 'page' ? 'Page' : 'Ticket';
  return {
    mood: moodOf(sheet),
    urgency: urgent.has(type) ? urgency : '',
    title: line(data.title),
    offHeading: isOver ? 'Off when last seen' : offHeading(sheet),
    off: isOver ? offLines(data) : [...offLines(data), ...othersOff(data)],
    links: [httpLink('Incident', data.link), httpLink('Runbook', data.runbook)].filter((link) => link !== undefined),
    facts: [
      ...fact('What', data.summary),
      ...fact('Why', data.because === 'condition-true' || isOver ? undefined : 'its condition cannot be decided'),
      ...(isOver ? spellFacts(sheet) : sinceFacts(sheet)),
      ...suspectFacts(data),
      ...fact('Together', togetherText(data, isOver), mostTogether * (nameLimit + stateLimit)),
      ...fact('Severity', isOver ? undefined : data.severity),
      ...fact('Acknowledged', isOver || data.acknowledgedBy === undefined ? undefined : `by ${data.acknowledgedBy}`),
      ...fact('Owner', data.owner),
      ...fact('Impact', impactText(data)),
      ...fact('End state', data.endState),
      ...fact('Still fine', isOver ? undefined : fineText(data)),
    ],
    footnotes: footnotesOf(data, isOver),
  };
}

function offHeading({ timestamp, data: { seenAt } }: FactSheet): string {
  return seenAt === undefined ? 'Off now' : `Off at ${clockTime(seenAt, timestamp)}, when last seen`;
}

/** Kinds whose title does not say how soon somebody has to look. */
const urgent: ReadonlySet<FactSheet['type']> = new Set([
  'incident.firing',
  'incident.relapsed',
  'incident.repeated',
  'incident.unacknowledged',
]);

function moodOf({ type, data }: FactSheet): ChatMood {
  if (type === 'incident.resolved') return data.closedByHand === undefined ? 'resolved' : 'closed';
  return type === 'incident.acknowledged' ? 'notice' : data.severity;
}

/** There is no incident: what a page has besides would only look like one. */
function testMessage({ title, summary, link, incidentId }: FactSheet['data']): ChatMessage {
  return {
    mood: 'notice',
    urgency: '',
    title: line(title),
    offHeading: '',
    off: [],
    links: [httpLink('Andon', link)].filter((each) => each !== undefined),
    facts: fact('What', summary),
    footnotes: [line(`Test ${incidentId}`)],
  };
}

function offLines({ off, truncated }: FactSheet['data']): readonly string[] {
  // What is seen to be off comes before what cannot be told.
  const sorted = off.toSorted((one, other) => Number(one.verdict === 'unknown') - Number(other.verdict === 'unknown'));
  const lines = sorted.slice(0, mostOff).map((target) => line(`${target.text}${moving(target)}`));
  return off.length <= mostOff ? lines : [...lines, more(off.length - mostOff, truncated)];
}

/** Where the first of a group is back, what is off is others. */
function othersOff({ off, together = [], offCount }: FactSheet['data']): readonly string[] {
  const others = together.filter(({ state }) => state === 'off');
  if (off.length > 0 || others.length === 0) return [];
  const lines = others.slice(0, mostOff).map((each) => line(`${line(placeText(each), nameLimit)}: ${each.title}`));
  const left = Math.max(others.length, offCount?.off ?? 0) - lines.length;
  return left === 0 ? lines : [...lines, `and ${left} more`];
}

/** Of a list that was cut before, nobody knows how long it was. */
function more(count: number, truncated: boolean): string {
  return truncated ? 'and more' : `and ${count} more`;
}

function moving({ trend, perMinute, unit, value, unknown }: TargetWire): string {
  if (unknown !== undefined) return ` — ${unknown.detail}`;
  if (trend === undefined || perMinute === undefined) return '';
  const speed = Number((Math.abs(perMinute) * (unit === 'ratio' ? 100 : 1)).toPrecision(2));
  if (trend === 'steady' || speed < leastSpeed) return ` — ${trend}`;
  // A share that no minute can go on like this: it moved in far less than one.
  if (unit === 'ratio' && value !== undefined && (value + perMinute < 0 || value + perMinute > 1))
    return ` — ${trend} fast`;
  const of = unit === 'ratio' ? ' points' : unit === undefined ? '' : ` ${unit}`;
  return ` — ${trend} by ${speed}${of} a minute`;
}

function sinceFacts({ timestamp, data }: FactSheet): readonly ChatFact[] {
  const { onset, detectedAt, timeToDetectSeconds, relapses, relapsedAt } = data;
  const detected = `detected ${span(timeToDetectSeconds)} later`;
  const since = {
    'change-point': `${clockTime(onset.at, timestamp)}${betweenTimes(onset, timestamp)}, ${detected}`,
    'contiguous-breach': `${clockTime(onset.at, timestamp)}${betweenTimes(onset, timestamp)}, ${detected}`,
    'history-limit': `${clockTime(onset.at, timestamp)} or before, ${detected}`,
    detection: `${clockTime(detectedAt, timestamp)}, when it was detected, or before`,
  }[onset.method];
  return [
    ...fact('Again since', relapsedAt && clockTime(relapsedAt, timestamp)),
    ...fact(relapses === 0 ? 'Since' : 'First off', since),
    ...fact('Relapsed', relapses === 0 ? undefined : relapses === 1 ? 'once' : `${relapses} times`),
  ];
}

function spellFacts({ timestamp, data }: FactSheet): readonly ChatFact[] {
  const { onset, recoveredAt, timeToRecoverSeconds } = data;
  // Others that are told under it have times of their own.
  const name = (text: string): string => (data.together === undefined ? text : `Itself ${text.toLowerCase()}`);
  const recovery = data.recovery === undefined ? '' : betweenTimes(data.recovery, timestamp);
  return [
    ...fact(name('Off for'), timeToRecoverSeconds === undefined ? undefined : offFor(data, timeToRecoverSeconds)),
    ...fact(name('From'), `${clockTime(onset.at, timestamp)}${betweenTimes(onset, timestamp)}`),
    ...fact(
      name('To'),
      recoveredAt === undefined
        ? 'nobody knows: recovery was not seen'
        : `${clockTime(recoveredAt, timestamp)}${recovery}`,
    ),
  ];
}

function offFor(data: FactSheet['data'], seconds: number): string {
  const { offSeconds } = data;
  const whole = spellText(data, seconds);
  return offSeconds === undefined ? whole : `about ${span(offSeconds)} in all, over ${whole}`;
}

function spellText({ onset, recoveredAt, recovery }: FactSheet['data'], seconds: number): string {
  if (recovery === undefined || recoveredAt === undefined) return span(seconds);
  return describeTimeToRecover(instantsOf(onset), instantsOf(recovery));
}

function instantsOf({ at, earliest, latest }: Record<'at' | 'earliest' | 'latest', string>): TimeEstimate {
  return { at: Date.parse(at), earliest: Date.parse(earliest), latest: Date.parse(latest) };
}

function impactText({ impact, recoveredAt }: FactSheet['data']): string | undefined {
  if (impact === undefined) return recoveredAt === undefined ? undefined : impactUnknown;
  const { badEvents, totalEvents, peakBadRatio, signal, about } = impact;
  const of = signal === undefined ? '' : ` (${signal.replaceAll('_', ' ')})`;
  const worst = Number((peakBadRatio * 100).toPrecision(3));
  const counted = `${count(badEvents)} bad events beyond what is allowed, out of ${count(totalEvents)}${of}`;
  return about === true ? `about ${counted}; ${worst}% or more bad at worst` : `${counted}; ${worst}% bad at worst`;
}

/** Other incidents that this message tells of, and which of them are over. */
function togetherText(
  { together = [], furtherCount = 0, offCount }: FactSheet['data'],
  isOver: boolean,
): string | undefined {
  if (together.length === 0) return undefined;
  const names = together.slice(0, mostTogether).map((each) => {
    const state = stateText(each);
    return `${line(placeText(each), nameLimit)}${state === '' ? '' : ` (${state})`}`;
  });
  const count = offCount === undefined || isOver ? '' : `${offCount.off} of ${offCount.of} off now, this one counted: `;
  const further = together.length - names.length + furtherCount;
  return `${count}${names.join(', ')}${further === 0 ? '' : ` and ${further} more`}`;
}

function fineText({ fine, truncated }: FactSheet['data']): string | undefined {
  if (fine.length === 0) return undefined;
  const texts = fine.slice(0, mostFine).map(({ text }) => text);
  return [...texts, ...(fine.length > mostFine ? [more(fine.length - mostFine, truncated)] : [])].join('; ');
}

/** What it may come from and how to take that back, in one line each; of several the latest, since nobody can tell. */
function suspectFacts({ suspects = [] }: FactSheet['data']): readonly ChatFact[] {
  const [first] = suspects;
  if (first === undefined) return [];
  const { kind, change, version, by, rollback, standing, sureness, onsetAfterSeconds, others } = first;
  const what = [suspectName({ kind, change, ...(version === undefined ? {} : { version }) }), by && `by ${by}`];
  const when = `${span(Math.abs(onsetAfterSeconds))} ${onsetAfterSeconds < 0 ? 'after' : 'before'} it began`;
  const sure = standing === 'suspect' ? sureness : `confounded with ${others} more`;
  const back = rollback === undefined ? 'not known' : rollback;
  return fact('Suspect', `${[...what, when].filter(Boolean).join(', ')} (${sure}), way back: ${back}`);
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
  ].map((text) => line(text));
}

function fact(name: string, text: string | undefined, limit?: number): readonly ChatFact[] {
  return text === undefined || text.trim() === '' ? [] : [{ name, text: line(text, limit) }];
}

/** Values come from people and from metrics: one line, nothing unseen, and no longer than anybody reads. */
function line(text: string, limit = textLimit): string {
  return shortenEnd(visibleText(singleLine(text)), limit);
}

function span(seconds: number): string {
  return formatSpan(Math.round(seconds) * 1000);
}

/** `1,820`, whatever the machine's language. */
function count(value: number): string {
  const whole = Number(value.toPrecision(15));
  return String(whole >= 10 ? Math.round(whole) : Number(whole.toPrecision(2))).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
