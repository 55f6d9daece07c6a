import type { StoredEvent } from './event.ts';
import type { Severity } from '../service/severity.ts';

/** When an event was written: its place in the log, and ms since the epoch on Andon's clock. */
export interface Moment {
  readonly seq: number;
  readonly at: number;
}

/**
 * The stretch over which somebody is called to an incident. It begins with the opening, and anew with each relapse and
 * each rise of severity: whoever acknowledged a ticket, or the spell before, has not said that this page is in hands.
 */
export interface Calling {
  readonly since: Moment;
  /** Who acknowledged it since then. */
  readonly acknowledgedBy?: string;
  /** When that was written; absent exactly where `acknowledgedBy` is. */
  readonly acknowledgedAt?: Moment;
  /** When each channel last heard of the incident, or was made to, since then. */
  readonly heard: Readonly<Record<string, Moment>>;
  /** By channel: the time after which the last escalation step that it was handed was due, ms. */
  readonly escalated: Readonly<Record<string, number>>;
}

/** The calling that an event begins. */
export function callingFrom(event: StoredEvent & { readonly told?: readonly string[] }): Calling {
  const since: Moment = { seq: event.seq, at: event.recordedAt };
  return { since, heard: withHeard({}, event.told, since), escalated: {} };
}

/** The calling after an event that did not open the incident, whose severity was `severityBefore`. */
export function callingAfter(before: Calling, event: StoredEvent, severityBefore: Severity): Calling {
  const moment: Moment = { seq: event.seq, at: event.recordedAt };
  switch (event.type) {
    case 'relapsed':
      return callingFrom(event);
    case 'unsilenced': {
      // Nobody was called until now, and who acknowledged meanwhile has it in hands.
      const { acknowledgedBy, acknowledgedAt } = before;
      if (acknowledgedBy === undefined || acknowledgedAt === undefined) return callingFrom(event);
      return { ...callingFrom(event), acknowledgedBy, acknowledgedAt };
    }
    case 'acknowledged':
      return before.acknowledgedBy === undefined
        ? { ...before, acknowledgedBy: event.by, acknowledgedAt: moment }
        : before;
    case 'notified':
      return { ...before, heard: withHeard(before.heard, [event.channel], moment) };
    case 'rule-joined':
      // Only a rise tells anybody.
      return severityBefore === 'ticket' && event.stop.severity === 'page' ? callingFrom(event) : before;
    case 'reminded': {
      const heard = withHeard(before.heard, event.told, moment);
      const { reminder, afterMs, told = [] } = event;
      if (reminder === 'repeat' || afterMs === undefined) return { ...before, heard };
      const handed = Object.fromEntries(told.map((channel) => [channel, afterMs]));
      return { ...before, heard, escalated: { ...before.escalated, ...handed } };
    }
    default:
      return before;
  }
}

function withHeard(heard: Calling['heard'], channels: readonly string[] = [], moment: Moment): Calling['heard'] {
  return channels.length === 0
    ? heard
    : { ...heard, ...Object.fromEntries(channels.map((channel) => [channel, moment])) };
}
