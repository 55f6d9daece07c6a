import { describe, expect, test } from '@jest/globals';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SqliteStore } from '../../../src/adapters/sqlite/sqlite-store.ts';
import { aLedger, aRow, keyOf, ledgersOf } from '../../contract/ledger-builders.ts';
import { aCheckpoint, aCommit, anEvent, noon } from '../../contract/store-builders.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { temporaryDirectories } from './temporary-directory.ts';

const aDirectory = temporaryDirectories();

function rows(count: number) {
  return Array.from({ length: count }, (_, n) => aRow(noon + n * 10_000));
}

/** A closed store with an event and ledgers on some hundred pages. */
async function aStore(ledgers = 10): Promise<{ directory: string; file: string }> {
  const directory = aDirectory();
  const store = await SqliteStore.open({ directory });
  await store.commit(
    aCommit({
      events: [anEvent('a')],
      checkpoints: [aCheckpoint('checkout')],
      ledgers: Array.from({ length: ledgers }, (_, n) => aLedger(rows(2000), { budget: `budget-${n}` })),
    }),
  );
  await store.close();
  return { directory, file: join(directory, 'andon-ledgers.db') };
}

function atPrompt(file: string, sql: string): void {
  const other = new DatabaseSync(file);
  other.exec(sql);
  other.close();
}

function overwrite(file: string, at: number, length: number): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(length, 0xa5), 0, length, at);
  closeSync(descriptor);
}

const useless = 'The stored ledgers of error budgets are of no use: they are deleted and read from the source again';
const missing = 'The stored ledgers of error budgets are missing: they are read from the source again';
const notStored = 'Ledgers of error budgets are not stored: after a restart they are read from the source again';

test('ledgers lie in a file of their own, made for its owner only; it is said when that is gone', async () => {
  const { directory, file } = await aStore();
  expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
  rmSync(file);
  const log = memoryLog();
  const store = await SqliteStore.open({ directory, log });
  expect(await store.events(0, 10)).toHaveLength(1);
  expect(await ledgersOf(store)).toEqual([]);
  expect(log.lines).toEqual([{ level: 'warn', message: missing, fields: { file } }]);
  await store.close();
  const again = memoryLog();
  for (const fresh of [directory, aDirectory()])
    await (await SqliteStore.open({ directory: fresh, log: again })).close();
  expect(again.lines).toEqual([]);
});

test('a write of many rows lets other work in, in one commit or in many', async () => {
  const store = await SqliteStore.open({ directory: aDirectory() });
  for (const inOne of [true, false]) {
    let turns = 0;
    let waiting = setImmediate(function again() {
      turns += 1;
      waiting = setImmediate(again);
    });
    const ledgers = Array.from({ length: 10 }, (_, n) => aLedger(rows(2000), { budget: `budget-${n}` }));
    if (inOne) await store.commit(aCommit({ ledgers }));
    else for (const ledger of ledgers) await store.commit(aCommit({ ledgers: [ledger] }));
    clearImmediate(waiting);
    expect(turns).toBeGreaterThanOrEqual(9);
  }
  await store.close();
});

describe('at start', () => {
  test.each([
    {
      what: 'bytes overwritten in the middle',
      damage: (file: string) => overwrite(file, 40_960, 40_960),
      told: 'corrupt',
    },
    { what: 'a lost second half', damage: (file: string) => truncateSync(file, 100_000), told: 'corrupt' },
    {
      what: 'a torn last page',
      damage: (file: string) => truncateSync(file, statSync(file).size - 1000),
      told: 'corrupt',
    },
    { what: 'an overwritten header', damage: (file: string) => overwrite(file, 0, 100), told: 'corrupt' },
    {
      what: 'a text in its place',
      damage: (file: string) => writeFileSync(file, 'budgets: []\n'.repeat(99)),
      told: 'corrupt',
    },
    {
      what: 'the schema of a newer Andon',
      damage: (file: string) => atPrompt(file, 'PRAGMA user_version = 99'),
      told: 'too-new',
    },
  ])('a ledger file with $what makes room for a new one, and nothing else is touched', async ({ damage, told }) => {
    const { directory, file } = await aStore();
    damage(file);
    const log = memoryLog();
    const store = await SqliteStore.open({ directory, log });
    expect(log.lines).toEqual([
      { level: 'error', message: useless, fields: { file, reason: told, detail: expect.any(String) } },
    ]);
    expect(await store.events(0, 10)).toHaveLength(1);
    expect(await store.checkpoints()).toHaveLength(1);
    expect(await ledgersOf(store)).toEqual([]);
    await store.commit(aCommit({ ledgers: [aLedger(rows(3))] }));
    await store.close();
    const later = await SqliteStore.open({ directory });
    expect((await ledgersOf(later))[0]?.rows).toEqual(rows(3));
    await later.close();
  });

  test.each([
    {
      what: 'the database of another program',
      put: (file: string) => atPrompt(file, 'CREATE TABLE theirs (x)'),
      says: 'is a database of another program. Nothing was changed.',
    },
    { what: 'a folder', put: (file: string) => mkdirSync(file), says: 'EISDIR' },
  ])('$what in its place is left alone: Andon runs, and ledgers are not stored', async ({ put, says }) => {
    const directory = aDirectory();
    const file = join(directory, 'andon-ledgers.db');
    put(file);
    const log = memoryLog();
    const store = await SqliteStore.open({ directory, log });
    for (const text of ['a', 'b'])
      await store.commit(aCommit({ events: [anEvent(text)], ledgers: [aLedger(rows(3))] }));
    expect(await ledgersOf(store)).toEqual([]);
    expect(await store.events(0, 10)).toHaveLength(2);
    expect(log.lines).toEqual([
      { level: 'error', message: notStored, fields: { reason: 'unknown', detail: expect.stringContaining(says) } },
    ]);
    rmSync(file, { recursive: true });
    await store.commit(aCommit({ ledgers: [aLedger(rows(3))] }));
    expect((await ledgersOf(store))[0]?.rows).toEqual(rows(3));
    expect(log.lines.at(-1)).toMatchObject({ level: 'info', message: 'Ledgers of error budgets are stored again' });
    await store.close();
  });
});

describe('in use', () => {
  test('a row that cannot be read is left out and told, and mended when it is written again', async () => {
    const { directory, file } = await aStore(1);
    atPrompt(
      file,
      `UPDATE slot SET gaps = '[[1,' WHERE start = ${noon}; UPDATE slot SET gaps = '{}' WHERE start = ${noon + 10_000}`,
    );
    const log = memoryLog();
    const store = await SqliteStore.open({ directory, log });
    expect((await ledgersOf(store))[0]?.rows).toEqual(rows(2000).slice(2));
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { service: 'checkout', budget: 'budget-0', rows: 2 } }]);
    await store.commit(aCommit({ ledgers: [aLedger(rows(2), { budget: 'budget-0' })] }));
    expect((await ledgersOf(store))[0]?.rows).toEqual(rows(2000));
    await store.close();
  });

  test('a ledger that cannot be read at all is deleted, and the others are read', async () => {
    const { directory, file } = await aStore(3);
    atPrompt(file, `UPDATE slot SET start = ${2n ** 62n} WHERE ledger = 2 AND start = ${noon}`);
    const log = memoryLog();
    const store = await SqliteStore.open({ directory, log });
    for (const tells of [1, 1]) {
      expect((await ledgersOf(store)).map(({ budget }) => budget)).toEqual(['budget-0', 'budget-2']);
      expect(log.lines).toHaveLength(tells);
    }
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { budget: 'budget-1' } }]);
    await store.close();
  });

  test.each([
    { met: 'by a reader', meet: async (store: SqliteStore) => void (await ledgersOf(store)) },
    {
      met: 'by a write',
      meet: async (store: SqliteStore) =>
        void (await store.commit(
          aCommit({ events: [anEvent('b')], ledgers: [aLedger(rows(9), { budget: 'budget-7' })] }),
        )),
    },
  ])('damage met $met makes room for a new file, and the event log goes on', async ({ meet }) => {
    // More than fits SQLite's page cache, which the check at start has filled.
    const { directory, file } = await aStore(80);
    const log = memoryLog();
    const store = await SqliteStore.open({ directory, log });
    overwrite(file, 4096, statSync(file).size - 4096);
    await meet(store);
    expect(log.lines).toMatchObject([{ level: 'error', message: useless, fields: { reason: 'corrupt' } }]);
    await store.commit(aCommit({ events: [anEvent('c')], ledgers: [aLedger(rows(3))] }));
    expect((await store.events(0, 10)).length).toBeGreaterThanOrEqual(2);
    expect(await ledgersOf(store)).toMatchObject([{ budget: 'success', rows: rows(3) }]);
    await store.close();
  });

  test('without room, ledgers are lost and told once while events are stored; what was to go is not added to later', async () => {
    const directory = aDirectory();
    const log = memoryLog();
    const store = await SqliteStore.open({ directory, maxBytes: 200_000, log });
    await store.commit(aCommit({ ledgers: [aLedger(rows(10), { budget: 'small' })] }));
    for (const text of ['a', 'b']) {
      const ledgers = [aLedger(rows(20_000)), aLedger([aRow(noon)], { budget: 'small', replaces: true })];
      expect(await store.commit(aCommit({ events: [anEvent(text)], ledgers }))).toHaveLength(1);
    }
    expect(log.lines).toMatchObject([{ level: 'error', message: notStored, fields: { reason: 'full' } }]);
    await store.commit(aCommit({ ledgers: [aLedger([aRow(noon + 10_000)], { budget: 'small' })] }));
    expect((await ledgersOf(store)).map(({ budget, rows: found }) => [budget, found])).toEqual([
      ['small', [aRow(noon + 10_000)]],
    ]);
    expect(log.lines.at(-1)).toMatchObject({ level: 'info' });
    await store.close();
  });

  test('someone who writes to the ledgers at a SQL prompt costs ledgers, and one wait', async () => {
    const { directory, file } = await aStore(1);
    const log = memoryLog();
    const store = await SqliteStore.open({ directory, busyTimeoutMs: 5, log });
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const ledgers = Array.from({ length: 5 }, (_, n) => aLedger(rows(2000), { budget: `new-${n}` }));
    expect(await store.commit(aCommit({ events: [anEvent('b')], ledgers }))).toMatchObject([{ seq: 2 }]);
    other.exec('ROLLBACK');
    other.close();
    expect(await ledgersOf(store)).toHaveLength(1);
    expect(log.lines).toMatchObject([{ level: 'error', fields: { reason: 'locked' } }]);
    await store.close();
  });

  test('ledgers may be written while they may not be read by others, and nobody else needs them', async () => {
    const { directory, file } = await aStore(1);
    chmodSync(file, 0o600);
    const reader = new DatabaseSync(file, { readOnly: true });
    const store = await SqliteStore.open({ directory });
    reader.exec('BEGIN');
    expect(reader.prepare('SELECT count(*) AS n FROM slot').get()).toMatchObject({ n: 2000 });
    for (let n = 0; n < 5; n += 1)
      await store.commit(aCommit({ ledgers: [aLedger(rows(2000), { budget: `new-${n}` })] }));
    reader.close();
    await store.commit(aCommit({ forgottenLedgers: [keyOf(aLedger([], { budget: 'budget-0' }))] }));
    expect(await ledgersOf(store)).toHaveLength(5);
    await store.close();
  });
});
