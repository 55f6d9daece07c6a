import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Log } from '../../app/ports/log.ts';
import type { DirectoryLock } from './directory-lock.ts';
import { lockDirectory } from './directory-lock.ts';
import { makeFolder } from './make-folder.ts';
import { migrate } from './migrate.ts';
import { storeFailure, toStoreError } from './sqlite-failure.ts';

export interface OpenDatabase {
  readonly file: string;
  readonly database: DatabaseSync;
  readonly lock: DirectoryLock;
}

export interface DatabaseOptions {
  /** Created, for its owner only, when it is not there. */
  readonly directory: string;
  /** Neither database, the main one or that of the ledgers, grows beyond this, bytes; absent: as far as the disk goes. */
  readonly maxBytes?: number;
  /** How long a commit waits for another process that writes to the file (someone at a SQL prompt), ms. The event loop waits too. */
  readonly busyTimeoutMs?: number;
  /** Told what becomes of the ledgers, which fail nobody. */
  readonly log?: Pick<Log, 'error' | 'warn' | 'info'>;
}

export const defaultBusyTimeoutMs = 250;

/** Locks the folder, opens and checks `andon.db` in it and brings its schema up to date. Throws StoreError. */
export function openDatabase({
  directory,
  maxBytes,
  busyTimeoutMs = defaultBusyTimeoutMs,
}: DatabaseOptions): OpenDatabase {
  const file = join(directory, 'andon.db');
  let lock: DirectoryLock | undefined;
  let database: DatabaseSync | undefined;
  try {
    makeFolder(directory);
    lock = lockDirectory(directory);
    // SQLite would create it readable for everyone; -wal and -shm take over the mode of the database.
    closeSync(openSync(file, 'a', 0o600));
    database = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
    checkIntegrity(database, file);
    // FULL makes every commit sync the write-ahead log before it returns. NORMAL would survive kill -9 as well, but a
    // power loss could take back commits whose pages are already out: Andon would open the same incident a second time.
    useWriteAheadLog(database, file, 'FULL', maxBytes);
    migrate(database, file);
    return { file, database, lock };
  } catch (error) {
    database?.close();
    lock?.release();
    throw toStoreError(error, file);
  }
}

/** Reads every page, once, at start: better now than in the middle of an incident. */
export function checkIntegrity(database: DatabaseSync, file: string): void {
  const [first] = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {});
  if (first !== 'ok') throw storeFailure('corrupt', file, `quick_check says: ${String(first).replaceAll('\n', ' ')}`);
}

/** Sets up a write-ahead log. Throws StoreError where the file system cannot hold one. */
export function useWriteAheadLog(
  database: DatabaseSync,
  file: string,
  synchronous: 'FULL' | 'NORMAL',
  maxBytes: number | undefined,
): void {
  const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
  if (mode !== 'wal') {
    throw storeFailure(
      'unknown',
      file,
      `its file system cannot hold a write-ahead log (${String(mode)}); use a local disk`,
    );
  }
  database.exec(`PRAGMA synchronous = ${synchronous}`);
  database.exec('PRAGMA cell_size_check = ON');
  database.exec('PRAGMA trusted_schema = OFF');
  database.exec(`PRAGMA journal_size_limit = ${16 * 1024 * 1024}`);
  if (maxBytes !== undefined) {
    const pageSize = Number(database.prepare('PRAGMA page_size').get()?.['page_size']);
    database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pageSize))}`);
  }
}
