import { closeSync, fdatasync, openSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { storableRows } from '../../app/recording/storable-commit.ts';
import type { LedgerKey, LedgerWrite } from '../../app/ports/store.ts';
import type { LedgerRow } from '../../domain/budget/ledger-rows.ts';
import { gapsColumn, ledgerRow } from './ledger-rows.ts';
import { migrate } from './migrate.ts';
import { checkIntegrity, useWriteAheadLog } from './open-database.ts';
import { ledgersAndSlots } from './migrations/ledgers-0001.ts';

/** A ledger's line in its database, without its slots. */
export interface LedgerLine extends LedgerKey {
  readonly id: number;
  readonly shape: string;
}

/** The statements on the ledgers' own database. All of them throw what SQLite throws. */
export type LedgerDatabase = ReturnType<typeof openLedgerDatabase>;

/** In order; as for the main database, never edit one that shipped. */
const migrations: readonly string[] = [ledgersAndSlots];

/** Opens, checks and migrates it, creating it when it is not there. */
export function openLedgerDatabase(file: string, maxBytes: number | undefined, busyTimeoutMs: number) {
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
  try {
    checkIntegrity(database, file);
    // NORMAL: a power loss takes back the last commits and harms nothing, since what is missing is read from the source
    // again. A sync for each commit would be paid by the event loop.
    useWriteAheadLog(database, file, 'NORMAL', maxBytes);
    migrate(database, file, migrations);
    return { ...statementsOf(database), ...upkeepOf(database, file) };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Deletes the database with what belongs to it. */
export function deleteLedgerDatabase(file: string): void {
  for (const each of [file, `${file}-wal`, `${file}-shm`]) rmSync(each, { force: true });
}

/**
 * What SQLite does on its own at the end of every thousandth page, with the syncs outside the event loop: in the middle
 * of a busy disk they take 50 to 200 ms. The order is SQLite's: what is copied is safe in the log, and the log is not
 * begun anew (by the next write) before the copy is safe.
 */
function upkeepOf(database: DatabaseSync, file: string) {
  // SQLite's own checkpoint remains for when this one fails.
  database.exec('PRAGMA wal_autocheckpoint = 8000');
  // Open for as long as the database is: closing any descriptor of a file drops the locks a process has on it.
  const descriptor = openSync(file, 'r');
  return {
    /** Nothing may be written before it resolves. */
    async checkpoint(): Promise<void> {
      const log = openSync(`${file}-wal`, 'r');
      try {
        await sync(log);
      } finally {
        closeSync(log);
      }
      if (!database.isOpen) return;
      database.exec('PRAGMA synchronous = OFF');
      try {
        database.exec('PRAGMA wal_checkpoint(PASSIVE)');
      } finally {
        database.exec('PRAGMA synchronous = NORMAL');
      }
      await sync(descriptor);
    },

    close(): void {
      database.close();
      closeSync(descriptor);
    },
  };
}

const sync = promisify(fdatasync);

function statementsOf(database: DatabaseSync) {
  const line = database.prepare('SELECT id, shape FROM ledger WHERE service = ? AND budget = ? AND group_key = ?');
  const lines = database.prepare('SELECT id, service, budget, group_key, shape FROM ledger WHERE service = ?');
  const services = database.prepare('SELECT DISTINCT service FROM ledger');
  const insert = database.prepare('INSERT INTO ledger (service, budget, group_key, shape) VALUES (?, ?, ?, ?)');
  const reshape = database.prepare('UPDATE ledger SET shape = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM ledger WHERE id = ?');
  const clear = database.prepare('DELETE FROM slot WHERE ledger = ?');
  const deleteBefore = database.prepare('DELETE FROM slot WHERE ledger = ? AND slot_ms = ? AND start < ?');
  const put = database.prepare(
    'INSERT OR REPLACE INTO slot (ledger, slot_ms, start, bad, total, gaps) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const slots = database.prepare(
    'SELECT slot_ms, start, bad, total, gaps FROM slot WHERE ledger = ? ORDER BY slot_ms, start',
  );
  // Arrays take half the time of objects.
  slots.setReturnArrays(true);

  return {
    database,

    lines(service: string): readonly LedgerLine[] {
      return lines.all(service).map((row) => ({
        id: Number(row['id']),
        service: String(row['service']),
        budget: String(row['budget']),
        group: String(row['group_key']),
        shape: String(row['shape']),
      }));
    },

    services(): readonly string[] {
      return services.all().map((row) => String(row['service']));
    },

    slots(id: number): { readonly rows: readonly LedgerRow[]; readonly unreadable: number } {
      const found = slots.all(id) as unknown as readonly (readonly unknown[])[];
      const rows: LedgerRow[] = [];
      for (const columns of found) {
        const row = ledgerRow(columns);
        if (row !== undefined) rows.push(row);
      }
      return { rows, unreadable: found.length - rows.length };
    },

    forget({ service, budget, group }: LedgerKey): void {
      const id = line.get(service, budget, group)?.['id'];
      if (id === undefined) return;
      clear.run(id);
      remove.run(id);
    },

    write(write: LedgerWrite, replaces: boolean): void {
      const { service, budget, group, shape, changes } = write;
      const known = line.get(service, budget, group);
      const id = known?.['id'] ?? insert.run(service, budget, group, shape).lastInsertRowid;
      // A new ledger too: slots may be left under its number where someone deleted a line by hand.
      if (known?.['shape'] !== shape || replaces) clear.run(id);
      if (known !== undefined && known['shape'] !== shape) reshape.run(shape, id);
      for (const { slotMs, from } of changes.floors) deleteBefore.run(id, slotMs, from);
      for (const { slotMs, start, bad, total, gaps, cuts } of storableRows(write))
        put.run(id, slotMs, start, bad, total, gapsColumn(gaps, cuts));
    },
  };
}
