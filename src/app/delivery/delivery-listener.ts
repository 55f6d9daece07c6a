import type { StoredLogEvent } from '../../domain/log/log-event.ts';
import type { Notification } from '../../domain/notification/notification.ts';
import type { SendFailureReason, SendResult } from '../ports/channel.ts';
import type { StoreFailureReason } from '../ports/store.ts';
import type { ChannelView } from '../views/status-view.ts';

/** Why a notification will never reach its channel. */
export type UndeliverableReason = SendFailureReason | 'gone' | 'gave-up' | 'no-such-channel';

/** One send that ended. */
export interface AttemptFacts {
  readonly channel: string;
  readonly notification: Notification;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly outcome: SendResult['kind'];
  readonly reason?: SendFailureReason;
  readonly durationMs: number;
}

/** A notification that needs no further send. */
export interface SettledFacts {
  readonly channel: string;
  readonly notification: Notification;
  readonly state: 'delivered' | 'failed' | 'collapsed';
  readonly reason?: UndeliverableReason;
  /** From its creation, ms. */
  readonly ageMs: number;
}

/** Hears what becomes of notifications: metrics, and folds over the events that delivery itself writes. Must not throw. */
export interface DeliveryListener {
  attempted(facts: AttemptFacts): void;
  settled(facts: SettledFacts): void;
  /** What a channel had been told of an incident was sent again, so that its receiver does not forget it. */
  resent(channel: string, accepted: boolean): void;
  /** How many notifications of a channel are not settled yet, whenever that changes. */
  queued(channel: string, pending: number): void;
  /** A receiver asked never to be called again; its channel stays off until it is set up in another way, or the process starts anew. */
  channelGone(channel: string): void;
  /** Events that delivery wrote, with their positions in the log. */
  recorded(events: readonly StoredLogEvent[]): void;
  /** The store did not take what became of a send; it is tried again. */
  recordFailed(reason: StoreFailureReason): void;
}

/** How one channel and its part of the outbox are doing. */
export interface ChannelStatus extends ChannelView {
  /** Sends under way. */
  readonly sending: number;
  /** Age of the oldest notification that is not settled, ms; 0 when none is. */
  readonly oldestAgeMs: number;
  readonly gone: boolean;
}
