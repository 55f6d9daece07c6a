import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { byBudgetAndGroup, ledgerKeyText } from '../../app/recording/ledger-key.ts';
import { compare } from '../../app/recording/outbox-order.ts';
import type { Log } from '../../app/ports/log.ts';
import type { LedgerKey, LedgerWrite, StoredLedger, StoreError, StoreFailureReason } from '../../app/ports/store.ts';
import type { LedgerDatabase, LedgerLine } from './ledger-database.ts';
import { deleteLedgerDatabase, openLedgerDatabase } from './ledger-database.ts';
import type { DatabaseOptions } from './open-database.ts';
import { defaultBusyTimeoutMs } from './open-database.ts';
import { rollBack } from './roll-back.ts';
import { storeFailure, toStoreError } from './sqlite-failure.ts';

/** After so many rows other work is let in: some 5 ms. */
const rowsAtOnce = 2_000;
/** What else takes time, in rows that take as long. */
const rowsForLedger = 10;
const rowsForCommit = 50;
/** After so many rows the write-ahead log goes into the database: some 3 MB, and 15 ms. */
const rowsToCheckpoint = 4_000;

/** Reasons for which the file is of no use and a new one is. */
const hopeless: ReadonlySet<StoreFailureReason> = new Set(['corrupt', 'too-new']);

/**
 * The ledgers of error budgets, in `andon-ledgers.db` beside the main database. All of it is in the source as well, so
 * nothing here ever fails anybody: a file that is damaged makes room for a new one, a write that is refused is lost,
 * and the log tells. That is why it is a file of its own: damage or a lack of room here does not touch the event log.
 */
export class LedgerFile {
  readonly #file: string;
  readonly #options: DatabaseOptions;
  readonly #log: Pick<Log, 'error' | 'warn' | 'info'> | undefined;
  /** Absent while no file can be opened: ledgers are then not kept. */
  #open: LedgerDatabase | undefined;
  #closed = false;
  /** Ledgers that were to be deleted when the file could not be written. */
  readonly #owed = new Set<string>();
  /** Why the last write was refused, so that it is told once. */
  #refused: StoreFailureReason | undefined;
  #turn: Promise<void> = Promise.resolve();
  /** Written since other work was let in. */
  #rowsInTurn = 0;
  /** Written since the last checkpoint. */
  #rowsInLog = 0;

  /** `isExpected`: the main database has been in use, so that the file ought to be there. */
  constructor(options: DatabaseOptions, isExpected: boolean) {
    this.#file = join(options.directory, 'andon-ledgers.db');
    this.#options = options;
    this.#log = options.log;
    const isMissing = isExpected && !existsSync(this.#file);
    const isOpen = this.#attempt(() => this.#openFile());
    if (isMissing && isOpen)
      this.#log?.warn('The stored ledgers of error budgets are missing: they are read from the source again', {
        file: this.#file,
      });
  }

  /** Resolves when everything is written or given up. */
  write(forgotten: readonly LedgerKey[], writes: readonly LedgerWrite[]): Promise<void> {
    if (forgotten.length === 0 && writes.length === 0) return Promise.resolve();
    this.#turn = this.#turn.then(() => this.#writeInSlices(forgotten, writes));
    return this.#turn;
  }

  /** Rejects with StoreError `closed` only. */
  async *read(service: string): AsyncGenerator<StoredLedger, void, undefined> {
    await this.#turn;
    const open = this.#open;
    let lines: readonly LedgerLine[] = [];
    this.#attempt(() => {
      lines = open?.lines(service) ?? [];
    });
    for (const { id, ...line } of [...lines].sort(byBudgetAndGroup)) {
      if (this.#closed) throw storeFailure('closed', this.#file, '');
      // Damage was met, and a new file begun.
      if (open === undefined || this.#open !== open) return;
      const slots = this.#slots(open, id, line);
      if (slots === undefined) continue;
      if (slots.unreadable > 0)
        this.#log?.warn('Rows of a stored ledger cannot be read: what they held is read from the source again', {
          ...line,
          rows: slots.unreadable,
        });
      yield { ...line, rows: slots.rows };
      await turn();
    }
  }

  /** Rejects with StoreError `closed` only. */
  async services(): Promise<readonly string[]> {
    await this.#turn;
    if (this.#closed) throw storeFailure('closed', this.#file, '');
    let names: readonly string[] = [];
    this.#attempt(() => {
      names = this.#open?.services() ?? [];
    });
    return [...names].sort(compare);
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#turn;
    this.#closed = true;
    this.#open?.close();
    this.#open = undefined;
  }

  async #writeInSlices(forgotten: readonly LedgerKey[], writes: readonly LedgerWrite[]): Promise<void> {
    const works = [
      ...forgotten.map((key) => ({
        key,
        rows: rowsAtOnce,
        drops: true,
        run: (open: LedgerDatabase) => open.forget(key),
      })),
      ...writes.map((write) => {
        const drops = write.replaces === true;
        const replaces = () => drops || this.#owed.has(ledgerKeyText(write));
        const rows = rowsForLedger + write.changes.rows.length + 10 * write.changes.floors.length;
        return { key: write, rows, drops, run: (open: LedgerDatabase) => open.write(write, replaces()) };
      }),
    ];
    for (let next = 0; next < works.length;) {
      await this.#letIn();
      const first = next;
      for (; next < works.length && this.#rowsInTurn < rowsAtOnce; next += 1)
        this.#rowsInTurn += works[next]?.rows ?? 0;
      this.#rowsInTurn += rowsForCommit;
      const slice = works.slice(first, next);
      const isWritten = this.#attempt(() => this.#writeSlice(slice.map(({ run }) => run)));
      if (isWritten) for (const { key } of slice) this.#owed.delete(ledgerKeyText(key));
      else if (this.#refused === undefined) continue;
      // Each further try would make the event loop wait for the same refusal.
      else {
        for (const { key, drops } of works.slice(first)) if (drops) this.#owed.add(ledgerKeyText(key));
        return;
      }
    }
  }

  async #letIn(): Promise<void> {
    if (this.#rowsInTurn < rowsAtOnce) return;
    await turn();
    this.#rowsInLog += this.#rowsInTurn;
    this.#rowsInTurn = 0;
    if (this.#rowsInLog < rowsToCheckpoint) return;
    this.#rowsInLog = 0;
    const open = this.#open;
    try {
      await open?.checkpoint();
    } catch (error) {
      // A reader may have met damage meanwhile, and a new file begun.
      if (this.#open === open) this.#tell(toStoreError(error, this.#file));
    }
  }

  #writeSlice(runs: readonly ((open: LedgerDatabase) => void)[]): void {
    const open = this.#open ?? this.#openFile();
    open.database.exec('BEGIN IMMEDIATE');
    try {
      for (const run of runs) run(open);
      open.database.exec('COMMIT');
    } catch (error) {
      rollBack(open.database);
      throw error;
    }
    if (this.#refused !== undefined) this.#log?.info('Ledgers of error budgets are stored again');
    this.#refused = undefined;
  }

  #openFile(): LedgerDatabase {
    const { maxBytes, busyTimeoutMs = defaultBusyTimeoutMs } = this.#options;
    this.#open = openLedgerDatabase(this.#file, maxBytes, busyTimeoutMs);
    return this.#open;
  }

  /** Undefined when the ledger cannot be read; it is then deleted, or it would be met again at each start. */
  #slots(open: LedgerDatabase, id: number, line: LedgerKey): ReturnType<LedgerDatabase['slots']> | undefined {
    let slots: ReturnType<LedgerDatabase['slots']> | undefined;
    this.#attempt(() => {
      try {
        slots = open.slots(id);
      } catch (error) {
        if (hopeless.has(toStoreError(error, this.#file).reason)) throw error;
        this.#log?.warn('A stored ledger cannot be read: it is deleted and read from the source again', { ...line });
        open.forget(line);
      }
    });
    return slots;
  }

  /** Whether it succeeded. */
  #attempt(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      this.#tell(toStoreError(error, this.#file));
      return false;
    }
  }

  #tell(failure: StoreError): void {
    const { reason, cause } = failure;
    if (!hopeless.has(reason)) {
      this.#tellRefused(failure);
      return;
    }
    this.#log?.error(
      'The stored ledgers of error budgets are of no use: they are deleted and read from the source again',
      {
        file: this.#file,
        reason,
        detail: cause instanceof Error ? cause.message : 'a check of the file failed',
      },
    );
    try {
      this.#open?.close();
      this.#open = undefined;
      deleteLedgerDatabase(this.#file);
      this.#openFile();
    } catch (error) {
      this.#tellRefused(toStoreError(error, this.#file));
    }
  }

  #tellRefused({ reason, message }: StoreError): void {
    if (this.#refused === reason) return;
    this.#refused = reason;
    this.#log?.error('Ledgers of error budgets are not stored: after a restart they are read from the source again', {
      reason,
      detail: message,
    });
  }
}
