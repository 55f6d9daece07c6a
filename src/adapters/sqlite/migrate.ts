import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../app/ports/store.ts';
import { rollBack } from './roll-back.ts';
import { logCheckpointsOutbox } from './migrations/0001-log-checkpoints-outbox.ts';

/** In order; the place in the list, from 1, is the `user_version` a database has after it. Never edit one that shipped. */
const shippedMigrations: readonly string[] = [logCheckpointsOutbox];

/** "Ando" in ASCII: tells our database from another program's. */
const applicationId = 0x41_6e_64_6f;

/**
 * Brings the database to this version's schema, each migration in its own transaction.
 * Throws StoreError `too-new` for a database of a newer Andon, `unknown` for one of another program.
 */
export function migrate(database: DatabaseSync, file: string, migrations: readonly string[] = shippedMigrations): void {
  const version = pragma(database, 'user_version');
  const tables = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'];
  if (pragma(database, 'application_id') !== applicationId && (version !== 0 || tables !== 0)) {
    throw new StoreError(
      'unknown',
      `${file} is a database of another program. Nothing was changed. Give Andon a folder of its own.`,
    );
  }
  if (version > migrations.length) {
    throw new StoreError(
      'too-new',
      `${file} was written by a newer Andon (schema ${version}; this one knows ${migrations.length}). Nothing was changed. ` +
        'Run the newer Andon again, or restore the backup made before the upgrade.',
    );
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue;
    database.exec('BEGIN IMMEDIATE');
    try {
      database.exec(sql);
      database.exec(`PRAGMA application_id = ${applicationId}`);
      database.exec(`PRAGMA user_version = ${index + 1}`);
      database.exec('COMMIT');
    } catch (error) {
      rollBack(database);
      throw error;
    }
  }
}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}
