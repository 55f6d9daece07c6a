import type { Notification } from './notification.ts';

/** How a receiver that forgets is kept from it. */
export interface ResendPolicy {
  /** How often what was last told of an incident is sent again, ms. */
  readonly everyMs: number;
  /** How long an incident's end is sent again, ms. */
  readonly resolvedForMs: number;
}

/** What a channel was told of one incident. Times on the clock that never steps back, ms. */
export interface Telling {
  /** By rising sequence, whatever became of them. */
  readonly notifications: readonly Notification[];
  /** The newest that needs no further send of its own, and since when it needs none. */
  readonly settled?: { readonly notification: Notification; readonly at: number };
  /** When it was last sent or tried; -Infinity when that is not known. */
  readonly sentAt: number;
}

export type ResendStep =
  | { readonly kind: 'send'; readonly notification: Notification }
  | { readonly kind: 'wait'; readonly until: number }
  /** Something newer is on its way: it goes first, and is what is sent again afterwards. */
  | { readonly kind: 'newer-pending' }
  /** The incident's end has been told for long enough. */
  | { readonly kind: 'over' };

/**
 * Decides whether to send again what was last told of an incident. What the receiver refused is tried again as well:
 * whoever mends the receiver while the incident is open hears of it.
 */
export function nextResend(telling: Telling, now: number, policy: ResendPolicy): ResendStep {
  const { notifications, settled, sentAt } = telling;
  const newest = notifications.at(-1);
  if (settled === undefined || (newest !== undefined && newest.sequence > settled.notification.sequence)) {
    return { kind: 'newer-pending' };
  }
  const overAt = settled.notification.kind === 'resolved' ? settled.at + policy.resolvedForMs : Infinity;
  if (now >= overAt) return { kind: 'over' };
  const dueAt = sentAt + policy.everyMs;
  return now >= dueAt
    ? { kind: 'send', notification: settled.notification }
    : { kind: 'wait', until: Math.min(dueAt, overAt) };
}

/** The telling with a notification that is on its way, in its place; one that is known changes nothing. */
export function withNotification(telling: Telling, notification: Notification): Telling {
  const { notifications } = telling;
  if (notifications.some(({ id }) => id === notification.id)) return telling;
  const all = [...notifications, notification].sort((a, b) => a.sequence - b.sequence);
  return { ...telling, notifications: all };
}

/** The telling once a notification needs no further send; an older one than is known to be settled changes nothing. */
export function withSettled(telling: Telling, notification: Notification, at: number): Telling {
  const known = withNotification(telling, notification);
  const { settled } = known;
  if (settled !== undefined && settled.notification.sequence >= notification.sequence) return known;
  return { ...known, settled: { notification, at } };
}
