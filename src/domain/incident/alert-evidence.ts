import { alertKey, type Alert, type AlertStatus } from './alert.ts';
import type { Group } from '../service/group.ts';
import { isOverBefore } from './detected-by.ts';
import type { IncidentEvent } from './event.ts';
import type { Incident } from './incident.ts';

/** An alert that began at most so long before an incident was detected is evidence of it, ms. */
export const alertLeadMs = 30 * 60_000;

/** More firings of alerts than these are not written down for one incident. */
export const mostAlerts = 100;

/** What was heard of one firing of an alert: when each status came in first, ms since the epoch on Andon's clock. */
export interface HeardAlert {
  readonly alert: Alert;
  readonly received: Readonly<Partial<Record<AlertStatus, number>>>;
}

type AlertedEvent = Extract<IncidentEvent, { type: 'alerted' }>;

/**
 * The events that alerts add to an incident, of those that its timeline does not have, in the order in which things
 * happened. When an alert began and ended decides, and not when it was heard of. `others`: incidents of the same service.
 */
export function alertEvidence(
  incident: Incident,
  timeline: readonly IncidentEvent[],
  heard: readonly HeardAlert[],
  others: readonly Incident[] = [],
): readonly AlertedEvent[] {
  const known = timeline.filter((event) => event.type === 'alerted');
  const seen = new Set(known.map(({ alert, status }) => `${status} ${alertKey(alert)}`));
  const firings = new Set(known.map(({ alert }) => alertKey(alert)));
  const events: AlertedEvent[] = [];
  for (const { alert, received } of heard) {
    const key = alertKey(alert);
    // The end of what is on the timeline belongs there too, whenever it comes.
    if (!firings.has(key) && (firings.size >= mostAlerts || !concerns(alert, received, incident, others))) continue;
    for (const status of ['firing', 'resolved'] as const) {
      const receivedAt = received[status];
      if (receivedAt === undefined || seen.has(`${status} ${key}`)) continue;
      firings.add(key);
      events.push(alertedEvent(incident, alert, status, receivedAt));
    }
  }
  return events.sort((a, b) => a.at - b.at);
}

/** Whether an alert began while the incident was open, or not long before and for it, and is not about another group of its service. */
function concerns(
  alert: Alert,
  received: HeardAlert['received'],
  incident: Incident,
  others: readonly Incident[],
): boolean {
  const { startsAt, endsAt = received.resolved } = alert;
  const { group, onset, detectedAt, phase, resolvedAt = Infinity } = incident;
  if (phase === 'closed' || !isAbout(alert, group)) return false;
  const until = phase === 'open' ? Infinity : resolvedAt;
  if (startsAt < detectedAt - alertLeadMs || startsAt >= until) return false;
  if (endsAt !== undefined && isOverBefore({ endsAt }, onset)) return false;
  return !others.some((other) => isOfEarlier(alert, other, incident));
}

/** What began before an earlier incident was over is of that one: it saw nothing of the next, though it may fire on. */
function isOfEarlier(alert: Alert, other: Incident, { id, detectedAt }: Incident): boolean {
  const { resolvedAt, closedAt } = other;
  const overAt = resolvedAt ?? closedAt;
  if (other.id === id || overAt === undefined || overAt > detectedAt) return false;
  return alert.startsAt < overAt && isAbout(alert, other.group);
}

function isAbout({ labels }: Alert, group: Group): boolean {
  return Object.entries(group).every(([label, value]) => labels[label] === undefined || labels[label] === value);
}

function alertedEvent(incident: Incident, alert: Alert, status: AlertStatus, receivedAt: number): AlertedEvent {
  const { endsAt, ...begun } = alert;
  const isOver = status === 'resolved' && endsAt !== undefined;
  return {
    type: 'alerted',
    service: incident.service,
    group: incident.group,
    incidentId: incident.id,
    at: status === 'firing' ? alert.startsAt : (endsAt ?? receivedAt),
    status,
    alert: isOver ? { ...begun, endsAt } : begun,
    receivedAt,
  };
}
