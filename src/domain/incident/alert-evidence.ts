import { alertKey, type Alert, type AlertStatus } from './alert.ts';
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
 * happened. When an alert began decides, and not when it was heard of, so that the order of messages makes no difference.
 */
export function alertEvidence(
  incident: Incident,
  timeline: readonly IncidentEvent[],
  heard: readonly HeardAlert[],
): readonly AlertedEvent[] {
  const known = timeline.filter((event) => event.type === 'alerted');
  const seen = new Set(known.map(({ alert, status }) => `${status} ${alertKey(alert)}`));
  const firings = new Set(known.map(({ alert }) => alertKey(alert)));
  const events: AlertedEvent[] = [];
  for (const { alert, received } of heard) {
    const key = alertKey(alert);
    // The end of what is on the timeline belongs there too, whenever it comes.
    if (!firings.has(key) && (firings.size >= mostAlerts || !concerns(alert, incident))) continue;
    for (const status of ['firing', 'resolved'] as const) {
      const receivedAt = received[status];
      if (receivedAt === undefined || seen.has(`${status} ${key}`)) continue;
      firings.add(key);
      events.push(alertedEvent(incident, alert, status, receivedAt));
    }
  }
  return events.sort((a, b) => a.at - b.at);
}

/** Whether an alert began while the incident was open, or not long before, and is not about another group of its service. */
function concerns({ startsAt, labels }: Alert, incident: Incident): boolean {
  const { group, detectedAt, phase, resolvedAt = Infinity } = incident;
  if (phase === 'closed') return false;
  const until = phase === 'open' ? Infinity : resolvedAt;
  if (startsAt < detectedAt - alertLeadMs || startsAt >= until) return false;
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
