import type { Checkpoint } from '../../domain/checkpoint.ts';
import type { IncidentEvent, StoredEvent } from '../../domain/event.ts';
import type { Notification } from '../../domain/notification.ts';

/** How far a notification has come. */
export type DeliveryState =
  | {
      readonly state: 'pending';
      readonly attempts: number;
      readonly nextAttemptAt: number;
      readonly lastError?: string;
    }
  | { readonly state: 'delivered'; readonly attempts: number }
  /** The receiver will never take it. */
  | { readonly state: 'failed'; readonly attempts: number; readonly lastError: string }
  /** A newer notification of the same incident went out instead. */
  | { readonly state: 'collapsed'; readonly into: string };

export interface OutboxEntry {
  readonly notification: Notification;
  readonly delivery: DeliveryState;
}

/** Everything that must be true together or not at all. */
export interface Commit {
  readonly events?: readonly IncidentEvent[];
  /** When the events were written, ms since the epoch on Andon's clock. */
  readonly recordedAt: number;
  /** Replaces the checkpoint of each named service. */
  readonly checkpoints?: readonly Checkpoint[];
  readonly notifications?: readonly Notification[];
  /** Progress of notifications already in the outbox, by id. */
  readonly deliveries?: readonly { readonly id: string; readonly delivery: DeliveryState }[];
}

/** Why a store cannot do what was asked. */
export type StoreFailureReason =
  | 'full'
  | 'read-only'
  | 'corrupt'
  | 'locked'
  | 'closed'
  | 'too-new'
  /** The commit itself cannot be stored; trying it again is of no use. */
  | 'invalid'
  | 'unknown';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly reason: StoreFailureReason;
  constructor(reason: StoreFailureReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Keeps the event log, the checkpoints and the outbox. Rejects with StoreError only. */
export interface Store {
  /** All or nothing. Returns the events with their positions. A notification id that is already there is left as it is. */
  commit(commit: Commit): Promise<readonly StoredEvent[]>;
  /** Events after a position, in order. */
  events(afterSeq: number, limit: number): Promise<readonly StoredEvent[]>;
  checkpoints(): Promise<readonly Checkpoint[]>;
  /** Notifications still to be delivered, by incident and sequence. */
  pending(): Promise<readonly OutboxEntry[]>;
  /** Notifications of an incident, whatever became of them, by channel and sequence. */
  outbox(incidentId: string): Promise<readonly OutboxEntry[]>;
  /** May be called twice. */
  close(): Promise<void>;
}
