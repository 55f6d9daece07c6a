import type { QueuedNotification } from '../../domain/notification/delivery-plan.ts';
import type { IncidentEvent } from '../../domain/incident/event.ts';
import { saysOff, type Notification } from '../../domain/notification/notification.ts';
import type { UndeliverableReason } from './delivery-listener.ts';
import type { Delivery, SettledRecord } from './delivery-recorder.ts';

/** What to write once a receiver accepted: the delivery, what it stands for, and that on-call was notified. */
export function deliveredRecord(
  next: QueuedNotification,
  collapsing: readonly QueuedNotification[],
  at: number,
): SettledRecord {
  const { notification, attempts } = next;
  // Good news notifies nobody of the incident: time to notify is about the stop.
  const notified = saysOff(notification.kind);
  return {
    deliveries: [
      { id: notification.id, delivery: { state: 'delivered', attempts: attempts + 1 } },
      ...collapsed(next, collapsing),
    ],
    events: notified ? [{ ...eventBase(notification, at), type: 'notified' }] : [],
  };
}

/** What to write once it is certain that a notification will never arrive. */
export function failedRecord(
  next: QueuedNotification,
  collapsing: readonly QueuedNotification[],
  reason: UndeliverableReason,
  detail: string,
  at: number,
): SettledRecord {
  const { notification, attempts } = next;
  return {
    deliveries: [
      { id: notification.id, delivery: { state: 'failed', attempts, lastError: `${reason}: ${detail}` } },
      // To send the older ones now, after the newest was refused, would tell a story that has moved on.
      ...collapsed(next, collapsing),
    ],
    events: [{ ...eventBase(notification, at), type: 'undeliverable', reason }],
  };
}

function collapsed(next: QueuedNotification, collapsing: readonly QueuedNotification[]): readonly Delivery[] {
  return collapsing.map(({ notification }) => ({
    id: notification.id,
    delivery: { state: 'collapsed', into: next.notification.id },
  }));
}

function eventBase(
  notification: Notification,
  at: number,
): Pick<
  Extract<IncidentEvent, { type: 'notified' }>,
  'service' | 'group' | 'incidentId' | 'at' | 'channel' | 'notificationId'
> {
  const { page, incidentId, channel, id } = notification;
  return { service: page.service, group: page.group, incidentId, at, channel, notificationId: id };
}
