import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SqliteStore } from '../../../src/adapters/sqlite/sqlite-store.ts';
import { DegradableStore } from '../../../src/app/recording/degradable-store.ts';
import type { StoreError } from '../../../src/app/ports/store.ts';
import { aCommit, aNotification, anEvent, observe } from '../../contract/store-builders.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { temporaryDirectories } from './temporary-directory.ts';

const aDirectory = temporaryDirectories();
const megabyte = 1024 * 1024;

/** Someone else's bytes in the same database: what they give back becomes room. */
function ballast(directory: string, sql: string): void {
  const other = new DatabaseSync(join(directory, 'andon.db'));
  other.exec(sql);
  other.close();
}

async function almostFull(): Promise<{ directory: string; store: SqliteStore }> {
  const directory = aDirectory();
  await (await SqliteStore.open({ directory })).close();
  ballast(directory, `CREATE TABLE ballast (x); INSERT INTO ballast VALUES (zeroblob(${megabyte - 60_000}))`);
  return { directory, store: await SqliteStore.open({ directory, maxBytes: megabyte }) };
}

async function fill(
  store: { commit: SqliteStore['commit'] },
  from: number,
): Promise<{ committed: number; error: StoreError }> {
  for (let n = from; n < from + 1000; n++) {
    try {
      await store.commit(
        aCommit({ events: [anEvent(`event ${n}`)], notifications: [aNotification(`n-${n}`, { sequence: n })] }),
      );
    } catch (error) {
      return { committed: n, error: error as StoreError };
    }
  }
  throw new Error('The store never filled up');
}

test('a full store refuses whole commits and takes them again when there is room', async () => {
  const { directory, store } = await almostFull();
  const { committed, error } = await fill(store, 0);
  expect(error).toMatchObject({ name: 'StoreError', reason: 'full' });
  expect(error.message).toContain('Free space on its disk');
  const { events, pending } = await observe(store);
  expect([events.length, pending.length]).toEqual([committed, committed]);
  ballast(directory, 'DROP TABLE ballast');
  expect(await store.commit(aCommit({ events: [anEvent('room')] }))).toMatchObject([{ seq: committed + 1 }]);
  await store.close();
});

test('behind DegradableStore a full disk loses nothing, and what was held is written at its promised positions', async () => {
  const { directory, store: inner } = await almostFull();
  const store = await DegradableStore.over(inner, { clock: new ManualClock(), log: memoryLog() });
  for (let n = 1; n <= 60; n++) {
    const [event] = await store.commit(
      aCommit({ events: [anEvent(`event ${n}`)], notifications: [aNotification(`n-${n}`, { sequence: n })] }),
    );
    expect(event?.seq).toBe(n);
  }
  expect(store.health()).toMatchObject({ degraded: true, reason: 'full' });
  const promised = await observe(store);
  expect(promised.pending).toHaveLength(60);
  ballast(directory, 'DROP TABLE ballast');
  expect(await store.flush()).toEqual({ degraded: false });
  expect(await observe(inner)).toEqual(promised);
  await store.close();
});
