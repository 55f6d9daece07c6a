import { describeBudgetSpent } from '../budget/budget-spent.ts';
import type { IncidentEvent } from '../incident/event.ts';
import type { Incident } from '../incident/incident.ts';
import { timeOffMs, worseSeverity } from '../incident/incident.ts';
import { newestSuspects } from '../incident/relapse.ts';
import type { Notification, NotificationKind } from './notification.ts';
import type { Page } from './page.ts';
import { laterStanding, pageTitle } from './page-title.ts';
import { offCountOf, stateOf, togetherOf, type StandingOf } from './together.ts';
import type { Severity } from '../service/service.ts';
import { clockTime } from '../text/utc.ts';

export interface PlanOptions {
  /** When the event is written, ms since the epoch on Andon's clock. */
  readonly recordedAt: number;
  /** The incident's severity before the event; undefined for the event that opens it. Tells whether a joined rule raised it. */
  readonly severityBefore: Severity | undefined;
  /** The incident's next free sequence number. */
  readonly nextSequence: number;
  /** Where Andon's pages are reached from outside, without a trailing path of their own. */
  readonly externalUrl?: string;
  /** Other incidents that the incident's page on a channel tells of, in the order in which they joined. */
  readonly together?: (channel: string) => readonly Incident[];
  /** How those stand as of the last poll. */
  readonly standingOf?: StandingOf;
  /**
   * Of an event that Andon learns of long after it happened: the incident as all that is written together with it leaves it.
   * What was seen then is told with its time.
   */
  readonly outcome?: Incident;
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
  const pages = new Map<string, Page>();
  const pageFor = (channel: string): Page => {
    const members = options.together?.(channel) ?? [];
    const key = members.map(({ id }) => id).join(' ');
    const page = pages.get(key) ?? pageOf(event, incident, kind, members, options);
    pages.set(key, page);
    return page;
  };
  return receivers.map((channel) => ({
    id: notificationId(incident.id, options.nextSequence, channel),
    channel,
    incidentId: incident.id,
    sequence: options.nextSequence,
    kind,
    createdAt: options.recordedAt,
    page: pageFor(channel),
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
  members: readonly Incident[],
  { externalUrl, standingOf, recordedAt, outcome: told }: PlanOptions,
): Page {
  const outcome = kind === 'resolved' ? undefined : told;
  const own = stateOf(outcome ?? incident, outcome === undefined ? laterStanding(event) : {}, recordedAt);
  const offCount = offCountOf(incident, own, members, (member) => stateOf(member, standingOf?.(member), recordedAt));
  const summary = summaryOf(incident, kind, event.at);
  const { acknowledgedBy } = incident.calling;
  const suspects = newestSuspects(incident);
  const { owner, runbook, recoveredAt, recovery, resolvedAt, closedByHand, impact, budgetsSpent } = incident;
  return {
    incidentId: incident.id,
    service: incident.service,
    group: incident.group,
    ...(owner === undefined ? {} : { owner }),
    ...(runbook === undefined ? {} : { runbook }),
    labels: incident.labels,
    severity: incident.severity,
    title: pageTitle(event, incident, kind, members, offCount, outcome),
    ...(summary === undefined ? {} : { summary }),
    rules: incident.rules,
    condition: incident.condition,
    because: incident.because,
    onset: incident.onset,
    ...(suspects === undefined ? {} : { suspects }),
    detectedAt: incident.detectedAt,
    ...(recoveredAt === undefined ? {} : { recoveredAt }),
    ...(recovery === undefined ? {} : { recovery }),
    ...(resolvedAt === undefined ? {} : { resolvedAt }),
    ...(closedByHand === undefined ? {} : { closedByHand }),
    off: incident.verdicts.filter(({ verdict }) => verdict !== 'held'),
    fine: incident.verdicts.filter(({ verdict }) => verdict === 'held'),
    ...(kind === 'resolved' || (incident.verdictsAt === event.at && outcome === undefined)
      ? {}
      : { seenAt: incident.verdictsAt }),
    // After a relapse it goes on: what it had cost until then is not what it costs.
    ...(impact === undefined || recoveredAt === undefined ? {} : { impact }),
    ...(budgetsSpent === undefined ? {} : { budgetsSpent }),
    endState: incident.endState,
    relapses: incident.relapses,
    ...spellsOf(incident),
    ...togetherOf(members, standingOf, recordedAt),
    ...(members.length === 0 ? {} : { offCount: { off: offCount.off, of: offCount.of } }),
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

/** When it went off anew, and how long it was off in all; empty without a relapse. */
function spellsOf(incident: Incident): Pick<Page, 'relapsedAt' | 'offMs'> {
  const { relapsedAt } = incident;
  if (relapsedAt === undefined) return {};
  const offMs = timeOffMs(incident);
  return { relapsedAt, ...(offMs === undefined ? {} : { offMs }) };
}
