import type { LedgerChanges, LedgerRow } from '../../domain/budget/ledger-rows.ts';
import type { Checkpoint } from '../../domain/incident/checkpoint.ts';
import type { LogEvent, StoredLogEvent } from '../../domain/log/log-event.ts';
import type { Notification } from '../../domain/notification/notification.ts';

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

/** Names one ledger: what a budget counted for one group. */
export interface LedgerKey {
  readonly service: string;
  readonly budget: string;
  /** As groupKey writes it. */
  readonly group: string;
}

/** A ledger as the store keeps it; `restoreLedger` judges its rows. */
export interface StoredLedger extends LedgerKey {
  /** What it was counted by: of use only to a budget that counts the same way. */
  readonly shape: string;
  /** By slot length and start. */
  readonly rows: readonly LedgerRow[];
}

/**
 * What changed of one ledger: rows before a floor are deleted, then the new rows put, each in place of the one with its
 * slot length and start. A row that holds what is no number is left out.
 */
export interface LedgerWrite extends LedgerKey {
  /** What is stored under another shape is deleted first. */
  readonly shape: string;
  readonly changes: LedgerChanges;
  /** What is stored is deleted first, of whatever shape. */
  readonly replaces?: boolean;
}

/** Everything that must be true together or not at all, ledgers aside. */
export interface Commit {
  readonly events?: readonly LogEvent[];
  /** When the events were written, ms since the epoch on Andon's clock. */
  readonly recordedAt: number;
  /** Replaces the checkpoint of each named service. */
  readonly checkpoints?: readonly Checkpoint[];
  readonly notifications?: readonly Notification[];
  /** Progress of notifications already in the outbox, by id. */
  readonly deliveries?: readonly { readonly id: string; readonly delivery: DeliveryState }[];
  /** Ledgers to delete before any is written: of budgets, groups and services that are gone. */
  readonly forgottenLedgers?: readonly LedgerKey[];
  /**
   * Written in order, each whole or not at all, after the rest of the commit; a commit never fails for them. What a
   * store cannot write of them is lost, is missing after a restart and is then read from the source again.
   *
   * A commit takes 3 µs a row, waits for all of them and lets other work in after each 2000. Whatever is committed
   * meanwhile may wait for it: commit events without ledgers, and of a first fill each chunk as it comes.
   */
  readonly ledgers?: readonly LedgerWrite[];
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

/** Keeps the event log, the checkpoints, the outbox and the ledgers of error budgets. Rejects with StoreError only. */
export interface Store {
  /** All or nothing, ledgers aside. Returns the events with their positions. A notification id that is already there is left as it is. */
  commit(commit: Commit): Promise<readonly StoredLogEvent[]>;
  /** Events after a position, in order. */
  events(afterSeq: number, limit: number): Promise<readonly StoredLogEvent[]>;
  checkpoints(): Promise<readonly Checkpoint[]>;
  /** Notifications still to be delivered, by incident and sequence. */
  pending(): Promise<readonly OutboxEntry[]>;
  /** Notifications of an incident, whatever became of them, by channel and sequence. */
  outbox(incidentId: string): Promise<readonly OutboxEntry[]>;
  /**
   * The ledgers of a service by budget and group, one at a time: together they may be large. Never fails for damage:
   * rows that cannot be read are left out, and the log tells how many.
   */
  ledgers(service: string): AsyncIterable<StoredLedger>;
  /** Names of the services that have ledgers, in order; none where damage hides them. */
  ledgerServices(): Promise<readonly string[]>;
  /** May be called twice. */
  close(): Promise<void>;
}
