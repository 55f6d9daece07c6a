import type { DatabaseSync } from 'node:sqlite';

/**
 * Ends a failed transaction. A full disk makes SQLite roll back by itself, while a failed COMMIT leaves the transaction
 * open. Never throws: what made the transaction fail is the error to tell.
 */
export function rollBack(database: DatabaseSync): void {
  if (!database.isTransaction) return;
  try {
    database.exec('ROLLBACK');
  } catch {
    // SQLite discards what was not committed when it next reads the log.
  }
}
