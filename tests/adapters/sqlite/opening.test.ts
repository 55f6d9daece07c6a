import { expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SqliteStore } from '../../../src/adapters/sqlite/sqlite-store.ts';
import { aCommit, anEvent } from '../../contract/store-builders.ts';
import { temporaryDirectories } from './temporary-directory.ts';

const aDirectory = temporaryDirectories();

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

test('the folder and its files are made for their owner only', async () => {
  const directory = join(aDirectory(), 'var', 'andon');
  const store = await SqliteStore.open({ directory });
  await store.commit(aCommit({ events: [anEvent('a')] }));
  expect(mode(directory)).toBe('700');
  const files = readdirSync(directory);
  expect(files).toEqual(expect.arrayContaining(['andon.db', 'andon.db-wal', 'andon.lock', 'andon.lock-journal']));
  expect(files.map((name) => `${name} ${mode(join(directory, name))}`)).toEqual(files.map((name) => `${name} 600`));
  await store.close();
});

test('every commit is synced, in write-ahead mode, and bears our application id', async () => {
  const directory = aDirectory();
  const store = await SqliteStore.open({ directory });
  const other = new DatabaseSync(join(directory, 'andon.db'), { readOnly: true });
  expect(other.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
  expect(other.prepare('PRAGMA application_id').get()).toMatchObject({ application_id: 0x416e646f });
  expect(other.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: 1 });
  other.close();
  await store.close();
});

test('a second Andon on the same folder is refused in clear words, until the first one is gone', async () => {
  const directory = aDirectory();
  const first = await SqliteStore.open({ directory });
  const second = SqliteStore.open({ directory });
  await expect(second).rejects.toMatchObject({
    reason: 'locked',
    message:
      `${directory} is held by another process (another Andon runs on this folder). One folder serves one Andon, and nobody ` +
      'else may write to it: stop the other process, or give this Andon a folder of its own.',
  });
  await first.commit(aCommit({ events: [anEvent('still fine')] }));
  await first.close();
  const third = await SqliteStore.open({ directory });
  expect(await third.events(0, 10)).toHaveLength(1);
  await third.close();
});

test('people may read the database while Andon runs, and a reader does not hold up commits', async () => {
  const directory = aDirectory();
  const store = await SqliteStore.open({ directory });
  await store.commit(aCommit({ events: [anEvent('a')] }));
  const reader = new DatabaseSync(join(directory, 'andon.db'), { readOnly: true });
  reader.exec('BEGIN');
  expect(reader.prepare('SELECT service, type FROM event').all()).toMatchObject([
    { service: 'checkout', type: 'noted' },
  ]);
  await store.commit(aCommit({ events: [anEvent('b')] }));
  reader.close();
  expect(await store.events(0, 10)).toHaveLength(2);
  await store.close();
});

test('a database of a newer Andon is left alone', async () => {
  const directory = aDirectory();
  await (await SqliteStore.open({ directory })).close();
  const database = new DatabaseSync(join(directory, 'andon.db'));
  database.exec('PRAGMA user_version = 7');
  database.close();
  await expect(SqliteStore.open({ directory })).rejects.toMatchObject({
    reason: 'too-new',
    message: expect.stringMatching(
      /was written by a newer Andon \(schema 7; this one knows 1\)\. Nothing was changed\. Run the newer/,
    ),
  });
});

test('a database of another program is left alone', async () => {
  const directory = aDirectory();
  const database = new DatabaseSync(join(directory, 'andon.db'));
  database.exec('CREATE TABLE theirs (x)');
  database.close();
  await expect(SqliteStore.open({ directory })).rejects.toMatchObject({
    reason: 'unknown',
    message: expect.stringContaining('is a database of another program. Nothing was changed.'),
  });
});

test('a failed opening lets go of the folder', async () => {
  const directory = aDirectory();
  writeFileSync(join(directory, 'andon.db'), 'not a database'.repeat(100));
  await expect(SqliteStore.open({ directory })).rejects.toMatchObject({ reason: 'corrupt' });
  writeFileSync(join(directory, 'andon.db'), '');
  await (await SqliteStore.open({ directory })).close();
});

test('a folder that is a file is said to be one', async () => {
  const file = join(aDirectory(), 'file');
  writeFileSync(file, '');
  await expect(SqliteStore.open({ directory: file })).rejects.toMatchObject({
    reason: 'unknown',
    message: expect.stringContaining('EEXIST'),
  });
});

/** Root may write anywhere; for the time of an opening the process is nobody. */
async function asSomebodyElse<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

test.each([
  { what: 'a folder that may not be made', prepare: (directory: string) => chmodSync(join(directory, '..'), 0o555) },
  {
    what: 'a folder that may not be written',
    prepare: (directory: string) => {
      mkdirSync(directory);
      chmodSync(directory, 0o555);
    },
  },
])('$what is read-only', async ({ prepare }) => {
  const parent = aDirectory();
  const directory = join(parent, 'andon');
  chmodSync(parent, 0o755);
  prepare(directory);
  const opening = asSomebodyElse(() => SqliteStore.open({ directory }));
  await expect(opening).rejects.toMatchObject({
    reason: 'read-only',
    message: expect.stringContaining('Make its folder writable for the user Andon runs as'),
  });
  chmodSync(parent, 0o755);
});

test('a database that may not be written is read-only', async () => {
  const directory = aDirectory();
  await (await SqliteStore.open({ directory })).close();
  chmodSync(directory, 0o777);
  chmodSync(join(directory, 'andon.lock'), 0o666);
  chmodSync(join(directory, 'andon.db'), 0o444);
  await expect(asSomebodyElse(() => SqliteStore.open({ directory }))).rejects.toMatchObject({ reason: 'read-only' });
});
