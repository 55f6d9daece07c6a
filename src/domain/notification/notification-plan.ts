import { describeBudgetSpent } from '../budget/budget-spent.ts';
import { formatDuration } from '../text/duration.ts';
import type { IncidentEvent } from '../incident/event.ts';
import { groupValueText, type Group } from '../service/group.ts';
import type { Incident } from '../incident/incident.ts';
import { timeToRecoverMs, worseSeverity } from '../incident/incident.ts';
import type { Notification, NotificationKind } from './notification.ts';
import type { Page } from './page.ts';
import type { Severity } from '../service/service.ts';
import { clockTime } from '../text/utc.ts';
import { describeVerdict } from '../reading/verdict-text.ts';
import { visibleText } from '../text/visible-text.ts';

export interface PlanOptions {
  /** When the event is written, ms since the epoch on Andon's clock. */
  readonly recordedAt: number;
  /** The incident's severity before the event; undefined for the event that opens it. Tells whether a joined rule raised it. */
  readonly severityBefore: Severity | undefined;
  /** The incident's next free sequence number. */
  readonly nextSequence: number;
  /** Where Andon's pages are reached from outside, without a trailing path of their own. */
  readonly externalUrl?: string;
}

/** Channels by what they have to do with an incident when something happens in it. */
export interface Audience {
  /** Those that its service pages now. */
  readonly paged: readonly string[];
  /** Those that were sent a notification of it or are owed one, configured now or not. */
  readonly told: readonly string[];
}

/** Titles are cut here, in characters: the narrowest receiver shows fewer still. */
const titleLimit = 240;

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
  const page = pageOf(event, incident, kind, options.externalUrl);
  return receiversOf(kind, audience).map((channel) => ({
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
function receiversOf(kind: NotificationKind, { paged, told }: Audience): readonly string[] {
  return kind === 'resolved' ? told : [...new Set([...paged, ...told])];
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
    case 'onset-settled':
    case 'notified':
    case 'undeliverable':
    case 'acknowledged':
    case 'noted':
    case 'blinded':
    case 'sighted':
    case 'definition-changed':
    case 'unwatched':
    case 'closed':
      return undefined;
  }
}

function pageOf(event: IncidentEvent, incident: Incident, kind: NotificationKind, externalUrl?: string): Page {
  const summary = summaryOf(incident, kind, event.at);
  const { owner, runbook, recoveredAt, recovery, resolvedAt, closedByHand, impact, budgetsSpent } = incident;
  return {
    incidentId: incident.id,
    service: incident.service,
    group: incident.group,
    ...(owner === undefined ? {} : { owner }),
    ...(runbook === undefined ? {} : { runbook }),
    labels: incident.labels,
    severity: incident.severity,
    title: oneLine(`${place(incident.service, incident.group)}: ${headline(event, incident, kind)}`),
    ...(summary === undefined ? {} : { summary }),
    rules: incident.rules,
    condition: incident.condition,
    because: incident.because,
    onset: incident.onset,
    detectedAt: incident.detectedAt,
    ...(recoveredAt === undefined ? {} : { recoveredAt }),
    ...(recovery === undefined ? {} : { recovery }),
    ...(resolvedAt === undefined ? {} : { resolvedAt }),
    ...(closedByHand === undefined ? {} : { closedByHand }),
    off: incident.verdicts.filter(({ verdict }) => verdict !== 'held'),
    fine: incident.verdicts.filter(({ verdict }) => verdict === 'held'),
    ...(impact === undefined ? {} : { impact }),
    ...(budgetsSpent === undefined ? {} : { budgetsSpent }),
    endState: incident.endState,
    relapses: incident.relapses,
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

function headline(event: IncidentEvent, incident: Incident, kind: NotificationKind): string {
  const since = `since ${clockTime(incident.onset.at, event.at)}`;
  switch (kind) {
    case 'firing':
      return `${whatIsOff(incident)} — ${since}`;
    case 'escalated':
      return `escalated to ${incident.severity}: ${whatIsOff(incident)} — ${since}`;
    case 'relapsed':
      return `off again at ${clockTime(event.at, event.at)}: ${whatIsOff(incident)} — first off ${since}`;
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

/** The first target that is missed, or else the first that cannot be told, or else the rule itself. */
function whatIsOff(incident: Incident): string {
  const missed = incident.verdicts.filter(({ verdict }) => verdict === 'missed');
  const off = missed.length > 0 ? missed : incident.verdicts.filter(({ verdict }) => verdict === 'unknown');
  const [first] = off;
  if (first === undefined) return incident.summary ?? `${incident.rules.at(-1) ?? 'stopped'} (${incident.condition})`;
  return `${describeVerdict(first)}${off.length === 1 ? '' : `, and ${off.length - 1} more off`}`;
}

function place(service: string, group: Group): string {
  const parts = Object.entries(group).map(([label, value]) => `${label} ${groupValueText(value)}`);
  return parts.length === 0 ? service : `${service} (${parts.join(', ')})`;
}

/** Label values and summaries come from people and metrics: no line breaks, no control characters, no end of text. */
function oneLine(text: string): string {
  const flat = visibleText(text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '));
  const characters = Array.from(flat);
  return characters.length <= titleLimit ? flat : `${characters.slice(0, titleLimit - 1).join('')}…`;
}
