import type { AppliedEvent } from '../../app/recording/incident-book.ts';
import { detectedBy } from '../../domain/incident/detected-by.ts';
import { timeToDetectMs, timeToRecoverMs, type Incident } from '../../domain/incident/incident.ts';
import type { Instruments } from './instruments.ts';

/**
 * Counts what one event settles about its incident. Every number follows from the log alone,
 * so that feeding the whole log again after a restart gives the same histograms. All times of one incident
 * stand under the severity it opened with, so that the histograms of a severity are about the same incidents.
 */
export function countEvent(metrics: Instruments, { event, before, after }: AppliedEvent): void {
  const { service, openedSeverity: severity } = after;
  countHeld(metrics, event);
  switch (event.type) {
    case 'opened':
      metrics.incidents.inc({ service, severity: event.stop.severity, rule: event.stop.rule });
      // A counter that first appears at 1 hides its first increase from `rate()`.
      metrics.unacknowledged.inc({ service, severity, rule: event.stop.rule }, 0);
      metrics.closedByHand.inc({ service, severity }, 0);
      for (const by of ['andon', 'alert']) metrics.detectedBy.inc({ service, by }, 0);
      return;
    case 'onset-settled':
      if (before?.onsetSettled === false && before.phase !== 'closed') observeDetection(metrics, after);
      return;
    case 'closed':
      if (before?.phase !== 'closed') countClosed(metrics, after);
      return;
    case 'closed-by-hand':
      if (before?.phase === 'closed') return;
      metrics.closedByHand.inc({ service, severity });
      countClosed(metrics, after);
      return;
    case 'notified':
      if (before?.timeToNotifyMs === undefined && after.timeToNotifyMs !== undefined) {
        metrics.timeToNotify.observe({ service, severity }, after.timeToNotifyMs / 1000);
      }
      return;
    case 'acknowledged':
      if (before?.timeToAcknowledgeMs === undefined && after.timeToAcknowledgeMs !== undefined) {
        metrics.timeToAcknowledge.observe({ service, severity }, after.timeToAcknowledgeMs / 1000);
      }
      return;
    case 'relapsed':
      metrics.relapses.inc({ service });
      return;
    case 'reminded':
      metrics.reminders.inc({ service, kind: event.reminder });
      return;
    case 'undeliverable':
      metrics.undeliverable.inc({ service, channel: event.channel });
      metrics.channelUndeliverable.inc({ channel: event.channel });
      return;
    case 'rule-joined':
    case 'suspected':
    case 'alerted':
    case 'resolved':
    case 'noted':
    case 'blinded':
    case 'sighted':
    case 'definition-changed':
    case 'unwatched':
    case 'unsilenced':
    case 'grouped':
    case 'steadied':
    case 'group-over':
      return;
  }
}

/** What was kept from channels, and told under another incident. */
function countHeld(metrics: Instruments, event: AppliedEvent['event']): void {
  const { service } = event;
  if (event.type === 'opened') {
    for (const by of ['silence', 'maintenance']) metrics.silencedNotifications.inc({ service, by }, 0);
    metrics.groupedNotifications.inc({ service }, 0);
  }
  if ('silencedBy' in event && event.silencedBy !== undefined)
    metrics.silencedNotifications.inc({ service, by: event.silencedBy.kind }, event.withheld?.length ?? 0);
  if ('groupedUnder' in event && event.groupedUnder !== undefined)
    metrics.groupedNotifications.inc({ service }, event.groupedUnder.channels.length);
}

function observeDetection(metrics: Instruments, incident: Incident): void {
  const { service, openedSeverity: severity, onset } = incident;
  // Of an onset that was not seen, the time from the rule's first true moment tells nothing.
  if (onset.method === 'detection') return;
  metrics.timeToDetect.observe({ service, severity }, timeToDetectMs(incident) / 1000);
}

function countClosed(metrics: Instruments, incident: Incident): void {
  const { service, openedSeverity: severity } = incident;
  if (!incident.onsetSettled) observeDetection(metrics, incident);
  metrics.detectedBy.inc({ service, by: detectedBy(incident).by });
  const { acknowledgedBy, rules } = incident;
  metrics.unacknowledged.inc({ service, severity, rule: rules[0] ?? '' }, acknowledgedBy === undefined ? 1 : 0);
  const recovered = timeToRecoverMs(incident);
  if (recovered !== undefined) metrics.timeToRecover.observe({ service, severity }, recovered / 1000);
  if (incident.impact !== undefined) metrics.badEvents.inc({ service }, Math.max(0, incident.impact.badEvents));
}
