import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { storeFailure, toStoreError } from './sqlite-failure.ts';

/** Holds a folder for one process until released. */
export interface DirectoryLock {
  release(): void;
}

/**
 * Takes the folder for this process, at once or not at all: StoreError `locked`.
 * The lock is SQLite's own (a POSIX record lock) on an empty file, so the kernel drops it when the process ends, however
 * it ends. It lies beside the database and not on it, so that backups and people can read the database while Andon runs.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const file = join(directory, 'andon.lock');
  let database: DatabaseSync | undefined;
  try {
    createForOwner(file);
    database = new DatabaseSync(file, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    const failure = toStoreError(error, file);
    throw failure.reason === 'locked'
      ? storeFailure('locked', directory, 'another Andon runs on this folder', error)
      : failure;
  }
  const held = database;
  return {
    release() {
      if (held.isOpen) held.close();
    },
  };
}

/**
 * SQLite would create it readable for everyone; the journal beside it takes over its mode. A file that is there is not
 * opened: to close any descriptor of it would drop the locks that this process has on it.
 */
function createForOwner(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch {
    // It is there, or SQLite meets what is wrong at once and says it.
  }
}
