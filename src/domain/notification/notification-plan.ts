import { describeBudgetSpent } from '../budget/budget-spent.ts';
import { whereFrom } from '../change/describe-suspect.ts';
import { blamedChange } from '../change/suspect.ts';
import { formatDuration } from '../text/duration.ts';
import type { IncidentEvent } from '../incident/event.ts';
import type { Incident } from '../incident/incident.ts';
import { timeToRecoverMs, worseSeverity } from '../incident/incident.ts';
import { describeHeld, type Standing } from '../incident/standing.ts';
import type { Notification, NotificationKind } from './notification.ts';
import type { Page } from './page.ts';
import { incidentPlace, namesOf, othersOf, togetherOf } from './together.ts';
import type { Severity } from '../service/service.ts';
import { clockTime } from '../text/utc.ts';
import { describeVerdict } from '../reading/verdict-text.ts';
import { shortenEnd, visibleText } from '../text/visible-text.ts';

export interface PlanOptions {
  /** When the event is written, ms since the epoch on Andon's clock. */
  readonly recordedAt: number;
  /** The incident's severity before the event; undefined for the event that opens it. Tells whether a joined rule raised it. */
  readonly severityBefore: Severity | undefined;
  /** The incident's next free sequence number. */
  readonly nextSequence: number;
  /** Where Andon's pages are reached from outside, without a trailing path of their own. */
  readonly externalUrl?: string;
  /** Other incidents that the incident's page tells of, in the order in which they joined. */
  readonly together?: readonly Incident[];
}

/** Channels by what they have to do with an incident when something happens in it. */
export interface Audience {
  /** Those that its service pages now. */
  readonly paged: readonly string[];
  /** Those that were sent a notification of it or are owed one, configured now or not. */
  readonly told: readonly string[];
  /** Those of them that were told that it is open and not yet that it is over; absent: all of them. */
  readonly awaitsEnd?: readonly string[];
  /** Whether a channel wants to hear that somebody acknowledged; none does unless told otherwise. */
  readonly wantsAcknowledged?: (channel: string) => boolean;
}

/** What a test says, before anything else. */
export const testTitle = 'TEST: nothing is wrong';

/** Titles are cut here, in characters: the narrowest receiver shows fewer still. */
const titleLimit = 240;
/** So much of the service and its group, where how many others there are comes next. */
const placeLimit = 60;

/**
 * What to tell each channel because of an event: nothing for most. `incident` is as the event left it.
 * The ids depend on nothing but the incident, the sequence and the channel, so planning twice pages once.
 */
export function planNotifications(
  event: IncidentEvent,
  incident: Incident,
  audience: Audience,
  options: PlanOptions,
): readonly Notification[] {
  const kind = notificationKind(event, incident, options.severityBefore);
  if (kind === undefined) return [];
  const receivers = 'to' in event ? event.to : receiversOf(kind, audience);
  if (receivers.length === 0) return [];
  const page = pageOf(event, incident, kind, options.externalUrl, options.together);
  return receivers.map((channel) => ({
    id: notificationId(incident.id, options.nextSequence, channel),
    channel,
    incidentId: incident.id,
    sequence: options.nextSequence,
    kind,
    createdAt: options.recordedAt,
    page,
  }));
}

/**
 * Whoever was told of an incident hears of it to its end, though the channel left the settings or the service meanwhile:
 * nobody is left with a page that never ends. Whoever was not told of it is spared its end.
 */
function receiversOf(
  kind: NotificationKind,
  { paged, told, awaitsEnd = told, wantsAcknowledged = () => false }: Audience,
): readonly string[] {
  switch (kind) {
    case 'resolved':
      return told.filter((channel) => awaitsEnd.includes(channel));
    case 'acknowledged':
      return told.filter(wantsAcknowledged);
    case 'repeated':
    case 'unacknowledged':
      // Whose turn it is was decided with the event.
      return paged;
    case 'firing':
    case 'escalated':
    case 'relapsed':
    case 'test':
      return [...new Set([...paged, ...told])];
  }
}

/** The idempotency key that receivers see: printable ASCII, and unlike for unlike parts. */
export function notificationId(incidentId: string, sequence: number, channel: string): string {
  return `${safe(incidentId)}:${sequence}:${safe(channel)}`;
}

/** Signed headers join id and time with full stops, so an id must not hold one (Standard Webhooks, signature scheme). */
function safe(part: string): string {
  return part.replaceAll(/[^A-Za-z0-9_-]/gu, (character) => `~${(character.codePointAt(0) ?? 0).toString(16)}~`);
}

function notificationKind(
  event: IncidentEvent,
  incident: Incident,
  severityBefore: Severity | undefined,
): NotificationKind | undefined {
  switch (event.type) {
    case 'opened':
      return 'firing';
    case 'rule-joined':
      return severityBefore !== undefined && worseSeverity(severityBefore, event.stop.severity) !== severityBefore
        ? 'escalated'
        : undefined;
    case 'relapsed':
      return 'relapsed';
    case 'resolved':
      return 'resolved';
    case 'closed-by-hand':
      // Of an incident that had resolved, everybody has been told.
      return incident.resolvedAt === undefined ? 'resolved' : undefined;
    case 'reminded':
      return event.reminder === 'repeat' ? 'repeated' : 'unacknowledged';
    case 'acknowledged':
      return 'acknowledged';
    case 'unsilenced':
    case 'steadied':
      return event.kind;
    case 'grouped':
      return 'escalated';
    case 'group-over':
      return 'resolved';
    case 'onset-settled':
    case 'suspected':
    case 'alerted':
    case 'notified':
    case 'undeliverable':
    case 'noted':
    case 'blinded':
    case 'sighted':
    case 'definition-changed':
    case 'unwatched':
    case 'closed':
      return undefined;
  }
}

function pageOf(
  event: IncidentEvent,
  incident: Incident,
  kind: NotificationKind,
  externalUrl?: string,
  members: readonly Incident[] = [],
): Page {
  const summary = summaryOf(incident, kind, event.at);
  const { acknowledgedBy } = incident.calling;
  const { owner, runbook, recoveredAt, recovery, resolvedAt, closedByHand, impact, budgetsSpent } = incident;
  return {
    incidentId: incident.id,
    service: incident.service,
    group: incident.group,
    ...(owner === undefined ? {} : { owner }),
    ...(runbook === undefined ? {} : { runbook }),
    labels: incident.labels,
    severity: incident.severity,
    title: titleWith(incident, members, titleOf(event, incident, kind)),
    ...(summary === undefined ? {} : { summary }),
    rules: incident.rules,
    condition: incident.condition,
    because: incident.because,
    onset: incident.onset,
    ...(incident.suspects === undefined ? {} : { suspects: incident.suspects }),
    detectedAt: incident.detectedAt,
    ...(recoveredAt === undefined ? {} : { recoveredAt }),
    ...(recovery === undefined ? {} : { recovery }),
    ...(resolvedAt === undefined ? {} : { resolvedAt }),
    ...(closedByHand === undefined ? {} : { closedByHand }),
    off: incident.verdicts.filter(({ verdict }) => verdict !== 'held'),
    fine: incident.verdicts.filter(({ verdict }) => verdict === 'held'),
    ...(kind === 'resolved' || incident.verdictsAt === event.at ? {} : { seenAt: incident.verdictsAt }),
    ...(impact === undefined ? {} : { impact }),
    ...(budgetsSpent === undefined ? {} : { budgetsSpent }),
    endState: incident.endState,
    relapses: incident.relapses,
    ...togetherOf(members),
    ...(acknowledgedBy === undefined ? {} : { acknowledgedBy }),
    ...(externalUrl === undefined ? {} : { link: incidentLink(externalUrl, incident.id) }),
  };
}

/** The rule's own words, and of error budgets what the rule saw, or once service is back what the incident spent. */
function summaryOf(incident: Incident, kind: NotificationKind, at: number): string | undefined {
  const { summary, budgets = [], budgetsAt, budgetsSpent = [] } = incident;
  // A rule that looks at no budget may tell after one that did: what that one saw is older than the rest.
  const seen = budgetsAt === undefined || budgetsAt === at ? '' : ` (as of ${clockTime(budgetsAt, at)})`;
  const ofBudgets =
    kind === 'resolved' ? budgetsSpent.map(describeBudgetSpent) : budgets.map((text) => `${text}${seen}`);
  const texts = [summary, ...ofBudgets].filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join('. ');
}

/** The incident's page in Andon. */
export function incidentLink(externalUrl: string, incidentId: string): string {
  return `${externalUrl.replace(/\/+$/, '')}/incidents/${encodeURIComponent(incidentId)}`;
}

/** What happened, and what had kept it from being told. */
function titleOf(event: IncidentEvent, incident: Incident, kind: NotificationKind): string {
  return later(event, incident) ?? headline(event, incident, kind);
}

/** Since when it is off, as far as that is known. */
function sinceOnset({ onset }: Incident, now: number): string {
  const isSeen = onset.method === 'change-point' || onset.method === 'contiguous-breach';
  return `since ${clockTime(onset.at, now)}${isSeen ? '' : ' or before'}`;
}

function later(event: IncidentEvent, incident: Incident): string | undefined {
  const since = sinceOnset(incident, event.at);
  switch (event.type) {
    case 'unsilenced': {
      const { silence } = event;
      const who = silence.kind === 'silence' ? `by ${silence.by}` : 'for maintenance';
      return `${headline(event, incident, event.kind)}, was silenced ${who}: ${silence.reason}`;
    }
    case 'grouped':
      return offSince(incident, event);
    case 'relapsed': {
      if (event.flapping === undefined) return undefined;
      const { times, since: first, steadyMs } = event.flapping;
      const often = `flapping: off and on ${times} times since ${clockTime(first, event.at)}`;
      return `${often}; held until it is steady for ${formatDuration(steadyMs)}`;
    }
    case 'steadied':
      return event.kind === 'relapsed'
        ? `steadily off after ${event.relapses} relapses: ${offNow(incident, event)} — first off ${since}`
        : `steady after ${event.relapses} relapses: ${headline(event, incident, 'resolved')}`;
    default:
      return undefined;
  }
}

function headline(event: IncidentEvent, incident: Incident, kind: NotificationKind): string {
  const since = sinceOnset(incident, event.at);
  switch (kind) {
    case 'firing':
      return `${offSince(incident, event)}${afterWhat(incident)}`;
    case 'escalated':
      return `escalated to ${incident.severity}: ${offSince(incident, event)}${afterWhat(incident)}`;
    case 'relapsed': {
      const again = clockTime(event.type === 'unsilenced' ? event.since : event.at, event.at);
      const was = isBackBy(incident, event) ? 'was off again at' : 'off again at';
      return `${was} ${again}: ${offNow(incident, event)} — first off ${since}`;
    }
    case 'repeated':
    case 'unacknowledged':
      return `${stillOff(incident, event)} — ${since}, and nobody has acknowledged it`;
    case 'acknowledged':
      return `acknowledged by ${incident.calling.acknowledgedBy ?? 'somebody'}: ${whatIsOff(incident)} — ${since}`;
    case 'test':
      return testTitle;
    case 'resolved': {
      const { closedByHand } = incident;
      if (closedByHand !== undefined)
        return `closed by hand by ${closedByHand.by}, recovery was not seen: ${closedByHand.because}`;
      const offFor = timeToRecoverMs(incident);
      const back = `back in its end state since ${clockTime(incident.recoveredAt ?? event.at, event.at)}`;
      return offFor === undefined ? back : `${back}, was off for ${formatDuration(Math.round(offFor / 1000) * 1000)}`;
    }
  }
}

/** What is off as of a reminder. While what holds has not held for long enough, the incident goes on. */
function stillOff(incident: Incident, event: IncidentEvent): string {
  const isOff = laterStanding(event)?.verdicts !== undefined && !isBackBy(incident, event);
  return `${isOff ? 'still off' : 'still open'}: ${offNow(incident, event)}`;
}

/** What is off and since when, or that it is back though not yet for long enough. */
function offSince(incident: Incident, event: IncidentEvent): string {
  const was = isBackBy(incident, event) ? 'was off ' : '';
  return `${offNow(incident, event)} — ${was}${sinceOnset(incident, event.at)}`;
}

/** What is off as of now. Of what is told later than it happened, what was seen then may be long over. */
function offNow(incident: Incident, event: IncidentEvent): string {
  const standing = laterStanding(event);
  if (standing === undefined) return whatIsOff(incident);
  if (incident.phase !== 'open' && incident.recoveredAt !== undefined)
    return `back itself since ${clockTime(incident.recoveredAt, event.at)}`;
  if (standing.verdicts === undefined) return `${whatIsOff(incident)} at ${clockTime(incident.verdictsAt, event.at)}`;
  if (!isBackBy(incident, event)) return whatIsOff(incident);
  const { held } = standing;
  if (held === undefined) return 'its targets hold, but not yet for long enough';
  return describeHeld(held);
}

/** Whether all that was off holds by the time that something is told of it later. */
function isBackBy({ phase, verdicts }: Incident, event: IncidentEvent): boolean {
  const standing = laterStanding(event);
  if (standing === undefined) return false;
  if (phase !== 'open') return true;
  return standing.verdicts !== undefined && verdicts.length > 0 && verdicts.every(({ verdict }) => verdict === 'held');
}

/** How it stood when it was told; undefined for what is told as it happens. */
function laterStanding(event: IncidentEvent): Standing | undefined {
  switch (event.type) {
    case 'reminded':
    case 'unsilenced':
    case 'grouped':
    case 'steadied':
      return event;
    default:
      return undefined;
  }
}

/** The one change that it comes from as far as anybody can tell. */
function afterWhat({ suspects = [] }: Incident): string {
  const blamed = blamedChange(suspects);
  return blamed === undefined ? '' : `, ${whereFrom(blamed)}`;
}

/** The first target that is missed, or else the first that cannot be told, or else the rule itself. */
function whatIsOff(incident: Incident): string {
  const missed = incident.verdicts.filter(({ verdict }) => verdict === 'missed');
  const off = missed.length > 0 ? missed : incident.verdicts.filter(({ verdict }) => verdict === 'unknown');
  const [first] = off;
  if (first === undefined) return incident.summary ?? `${incident.rules.at(-1) ?? 'stopped'} (${incident.condition})`;
  return `${describeVerdict(first)}${off.length === 1 ? '' : `, and ${off.length - 1} more off`}`;
}

/**
 * Whose title it is, with how many others first and their names last: a receiver that shows but the beginning still shows
 * how large it is.
 */
function titleWith(incident: Incident, members: readonly Incident[], text: string): string {
  const place = oneLine(incidentPlace(incident));
  const others = othersOf(members);
  if (others.length === 0) return oneLine(`${place}: ${text}`);
  const whole = oneLine(`${shortenEnd(place, placeLimit)} and ${others.length} more: ${text}`);
  return `${whole}${shortenEnd(oneLine(namesOf(others, titleLimit - whole.length)), titleLimit - whole.length)}`;
}

/** Label values and summaries come from people and metrics: no line breaks, no control characters, no end of text. */
function oneLine(text: string): string {
  return shortenEnd(visibleText(text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')), titleLimit);
}
