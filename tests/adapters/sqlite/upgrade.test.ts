import { expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SqliteStore } from '../../../src/adapters/sqlite/sqlite-store.ts';
import { aLedger, aRow, ledgersOf } from '../../contract/ledger-builders.ts';
import { aCheckpoint, aCommit, aNotification, anEvent, noon } from '../../contract/store-builders.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { temporaryDirectories } from './temporary-directory.ts';

const aDirectory = temporaryDirectories();

/** What the versions before error budgets made of a folder, word by word. */
const before = `
  CREATE TABLE event (seq INTEGER PRIMARY KEY AUTOINCREMENT, recorded_at REAL NOT NULL, type TEXT, service TEXT,
    incident_id TEXT, at REAL, body TEXT NOT NULL) STRICT;
  CREATE TABLE checkpoint (service TEXT PRIMARY KEY NOT NULL, evaluated_at REAL, body TEXT NOT NULL) STRICT;
  CREATE TABLE outbox (id TEXT PRIMARY KEY NOT NULL, channel TEXT, incident_id TEXT NOT NULL, sequence REAL,
    state TEXT NOT NULL, attempts REAL, next_attempt_at REAL, delivery TEXT NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE INDEX outbox_by_incident ON outbox (incident_id);
  CREATE INDEX outbox_pending ON outbox (id) WHERE state = 'pending';
  PRAGMA application_id = 1097753711;
  PRAGMA user_version = 1;
  PRAGMA journal_mode = WAL;
`;

test('a folder of the version before keeps all it has, takes ledgers, and can still be given back to that version', async () => {
  const directory = aDirectory();
  const file = join(directory, 'andon.db');
  const old = new DatabaseSync(file);
  old.exec(before);
  const insert = old.prepare(
    'INSERT INTO event (recorded_at, type, service, incident_id, at, body) VALUES (?, ?, ?, ?, ?, ?)',
  );
  insert.run(noon, 'noted', 'checkout', 'inc-1', noon, JSON.stringify(anEvent('old')));
  old.prepare('INSERT INTO checkpoint VALUES (?, ?, ?)').run('checkout', noon, JSON.stringify(aCheckpoint('checkout')));
  const delivery = { state: 'pending', attempts: 2, nextAttemptAt: noon, lastError: '503' };
  old
    .prepare('INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    .run(
      'n-1',
      'pager',
      'inc-1',
      1,
      'pending',
      2,
      noon,
      JSON.stringify(delivery),
      JSON.stringify(aNotification('n-1')),
    );
  const schema = old.prepare('SELECT name, type FROM sqlite_schema ORDER BY name').all();
  old.close();
  expect(existsSync(join(directory, 'andon-ledgers.db'))).toBe(false);

  const log = memoryLog();
  const store = await SqliteStore.open({ directory, log });
  expect(await ledgersOf(store)).toEqual([]);
  expect(await store.commit(aCommit({ events: [anEvent('new')], ledgers: [aLedger([aRow(noon)])] }))).toMatchObject([
    { seq: 2 },
  ]);
  await store.close();

  const later = await SqliteStore.open({ directory, log });
  expect(await later.events(0, 10)).toMatchObject([
    { seq: 1, note: 'old' },
    { seq: 2, note: 'new' },
  ]);
  expect(await later.checkpoints()).toEqual([aCheckpoint('checkout')]);
  expect(await later.pending()).toEqual([{ notification: aNotification('n-1'), delivery }]);
  expect((await ledgersOf(later))[0]?.rows).toEqual([aRow(noon)]);
  await later.close();
  // That version kept none: they are read from the source.
  expect(log.lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('are missing') }]);

  const downgraded = new DatabaseSync(file);
  expect(downgraded.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: 1 });
  expect(downgraded.prepare('SELECT name, type FROM sqlite_schema ORDER BY name').all()).toEqual(schema);
  downgraded.close();
});
