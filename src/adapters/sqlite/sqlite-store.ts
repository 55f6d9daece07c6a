import { statSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { byChannelAndSequence, byIncidentAndSequence, compare } from '../../app/recording/outbox-order.ts';
import type { Commit, DeliveryState, OutboxEntry, Store, StoredLedger } from '../../app/ports/store.ts';
import { invalidCommit, mustBeStorable } from '../../app/recording/storable-commit.ts';
import type { Checkpoint } from '../../domain/incident/checkpoint.ts';
import type { LogEvent, StoredLogEvent } from '../../domain/log/log-event.ts';
import type { Notification } from '../../domain/notification/notification.ts';
import type { DirectoryLock } from './directory-lock.ts';
import { LedgerFile } from './ledger-file.ts';
import type { DatabaseOptions, OpenDatabase } from './open-database.ts';
import { openDatabase } from './open-database.ts';
import { rollBack } from './roll-back.ts';
import type { RowReader } from './rows.ts';
import { rowReader } from './rows.ts';
import { storeFailure, toStoreError } from './sqlite-failure.ts';

/**
 * The embedded store: one `andon.db` in a folder of its own, with `andon-ledgers.db` beside it, one process at a time.
 * SQLite runs synchronously: each call is one uninterrupted stretch, ledgers aside, so calls take effect in the order
 * they are made.
 */
export class SqliteStore implements Store {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #lock: DirectoryLock;
  readonly #inode: string;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #read: RowReader;
  readonly #ledgers: LedgerFile;
  #closing: Promise<void> | undefined;

  private constructor({ file, database, lock }: OpenDatabase, options: DatabaseOptions) {
    this.#file = file;
    this.#database = database;
    this.#lock = lock;
    this.#inode = inodeOf(file);
    this.#statements = prepareStatements(database);
    this.#read = rowReader(file);
    this.#ledgers = new LedgerFile(options, isInUse(database));
  }

  /** Opens the store, creating what is missing. Rejects with StoreError: locked, corrupt, too-new, full, read-only or unknown. */
  static async open(options: DatabaseOptions): Promise<SqliteStore> {
    const opened = openDatabase(options);
    try {
      return new SqliteStore(opened, options);
    } catch (error) {
      opened.database.close();
      opened.lock.release();
      throw toStoreError(error, opened.file);
    }
  }

  async commit({ ledgers = [], forgottenLedgers = [], ...commit }: Commit): Promise<readonly StoredLogEvent[]> {
    const stored = this.#commitMain(commit);
    await this.#ledgers.write(forgottenLedgers, ledgers);
    return stored;
  }

  async events(afterSeq: number, limit: number): Promise<readonly StoredLogEvent[]> {
    const rows = Math.min(Math.max(0, Math.floor(limit)), Number.MAX_SAFE_INTEGER);
    return this.#use(() => this.#statements.events.all(afterSeq, rows).map((row) => this.#read.event(row)));
  }

  async checkpoints(): Promise<readonly Checkpoint[]> {
    return this.#use(() =>
      this.#statements.checkpoints
        .all()
        .map((row) => this.#read.checkpoint(row))
        .sort((a, b) => compare(a.service, b.service)),
    );
  }

  async pending(): Promise<readonly OutboxEntry[]> {
    return this.#use(() => this.#entries(this.#statements.pending.all()).sort(byIncidentAndSequence));
  }

  async outbox(incidentId: string): Promise<readonly OutboxEntry[]> {
    return this.#use(() => this.#entries(this.#statements.outbox.all(incidentId)).sort(byChannelAndSequence));
  }

  async *ledgers(service: string): AsyncGenerator<StoredLedger, void, undefined> {
    this.#use(() => undefined);
    yield* this.#ledgers.read(service);
  }

  async ledgerServices(): Promise<readonly string[]> {
    this.#use(() => undefined);
    return await this.#ledgers.services();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#ledgers.close();
    this.#database.close();
    this.#lock.release();
  }

  #commitMain(commit: Commit): readonly StoredLogEvent[] {
    return this.#use(() => {
      if (isEmpty(commit)) return [];
      mustBeStorable(commit);
      this.#mustBeInPlace();
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const stored = this.#write(commit);
        this.#database.exec('COMMIT');
        return stored;
      } catch (error) {
        rollBack(this.#database);
        throw error;
      }
    });
  }

  #write({ events = [], recordedAt, checkpoints = [], notifications = [], deliveries = [] }: Commit): StoredLogEvent[] {
    const stored = events.map((event) => this.#insertEvent(event, recordedAt));
    for (const checkpoint of checkpoints) {
      this.#statements.putCheckpoint.run(checkpoint.service, checkpoint.evaluatedAt, json(checkpoint));
    }
    for (const notification of notifications) this.#insertNotification(notification);
    for (const { id, delivery } of deliveries) {
      this.#statements.updateDelivery.run(...deliveryColumns(delivery), id);
    }
    return stored;
  }

  /** Answers with what the row will be read back as, so that no one sees a value that the log does not hold. */
  #insertEvent(event: LogEvent, recordedAt: number): StoredLogEvent {
    const body = json(event);
    const { type, service, at } = event;
    const incidentId = 'incidentId' in event ? event.incidentId : null;
    const { lastInsertRowid } = this.#statements.insertEvent.run(recordedAt, type, service, incidentId, at, body);
    return this.#read.event({ seq: lastInsertRowid, recorded_at: recordedAt, body });
  }

  #insertNotification(notification: Notification): void {
    const { id, channel, incidentId, sequence, createdAt } = notification;
    const body = json(notification);
    const columns = deliveryColumns({ state: 'pending', attempts: 0, nextAttemptAt: createdAt });
    this.#statements.insertNotification.run(id, channel, incidentId, sequence, body, ...columns);
  }

  #entries(rows: ReturnType<StatementSync['all']>): OutboxEntry[] {
    return rows.map((row) => this.#read.outboxEntry(row));
  }

  /** Linux lets a file be deleted while it is open: commits would succeed into nowhere. */
  #mustBeInPlace(): void {
    if (inodeOf(this.#file) === this.#inode) return;
    throw storeFailure(
      'unknown',
      this.#file,
      'it was moved or deleted while Andon runs; put it back, or restart Andon',
    );
  }

  #use<T>(work: () => T): T {
    if (this.#closing !== undefined) throw storeFailure('closed', this.#file, '');
    try {
      return work();
    } catch (error) {
      throw toStoreError(error, this.#file);
    }
  }
}

function isEmpty({ events, checkpoints, notifications, deliveries }: Commit): boolean {
  return [events, checkpoints, notifications, deliveries].every((part) => part === undefined || part.length === 0);
}

function inodeOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return `${stats?.dev}:${stats?.ino}`;
}

/** In the order of the statements below. */
function deliveryColumns(delivery: DeliveryState): [string, number | null, number | null, string] {
  return [
    delivery.state,
    'attempts' in delivery ? delivery.attempts : null,
    'nextAttemptAt' in delivery ? delivery.nextAttemptAt : null,
    json(delivery),
  ];
}

function json(value: object): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw invalidCommit(error instanceof Error ? error.message : String(error), error);
  }
}

/** Whether anything was ever judged and written down. */
function isInUse(database: DatabaseSync): boolean {
  return database.prepare('SELECT 1 FROM checkpoint UNION ALL SELECT 1 FROM event LIMIT 1').get() !== undefined;
}

function prepareStatements(database: DatabaseSync) {
  return {
    insertEvent: database.prepare(
      'INSERT INTO event (recorded_at, type, service, incident_id, at, body) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    putCheckpoint: database.prepare(
      `INSERT INTO checkpoint (service, evaluated_at, body) VALUES (?, ?, ?)
       ON CONFLICT (service) DO UPDATE SET evaluated_at = excluded.evaluated_at, body = excluded.body`,
    ),
    insertNotification: database.prepare(
      `INSERT INTO outbox (id, channel, incident_id, sequence, body, state, attempts, next_attempt_at, delivery)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
    ),
    updateDelivery: database.prepare(
      'UPDATE outbox SET state = ?, attempts = ?, next_attempt_at = ?, delivery = ? WHERE id = ?',
    ),
    events: database.prepare('SELECT seq, recorded_at, body FROM event WHERE seq > ? ORDER BY seq LIMIT ?'),
    checkpoints: database.prepare('SELECT service, body FROM checkpoint'),
    pending: database.prepare(`SELECT id, body, delivery FROM outbox WHERE state = 'pending'`),
    outbox: database.prepare('SELECT id, body, delivery FROM outbox WHERE incident_id = ?'),
  };
}
