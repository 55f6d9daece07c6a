import { describe, expect, test } from '@jest/globals';
import { closeSync, openSync, renameSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SqliteStore } from '../../../src/adapters/sqlite/sqlite-store.ts';
import { aCheckpoint, aCommit, aNotification, anEvent } from '../../contract/store-builders.ts';
import { temporaryDirectories } from './temporary-directory.ts';

const aDirectory = temporaryDirectories();

/** A closed store of some hundred pages. */
async function aStore(size = 500): Promise<{ directory: string; file: string }> {
  const directory = aDirectory();
  const store = await SqliteStore.open({ directory });
  const notifications = Array.from({ length: size }, (_, n) => aNotification(`n-${n}`, { sequence: n }));
  await store.commit(aCommit({ events: [anEvent('a')], checkpoints: [aCheckpoint('checkout')], notifications }));
  await store.close();
  return { directory, file: join(directory, 'andon.db') };
}

function overwrite(file: string, at: number, length: number): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(length, 0xa5), 0, length, at);
  closeSync(descriptor);
}

describe('at start', () => {
  test.each([
    {
      what: 'bytes overwritten in the middle',
      damage: (file: string) => overwrite(file, statSync(file).size / 2, 8192),
    },
    { what: 'a lost second half', damage: (file: string) => truncateSync(file, Math.floor(statSync(file).size / 2)) },
    { what: 'a torn last page', damage: (file: string) => truncateSync(file, statSync(file).size - 1000) },
    { what: 'an overwritten header', damage: (file: string) => overwrite(file, 0, 100) },
    {
      what: 'a text file in its place',
      damage: (file: string) => writeFileSync(file, 'apiVersion: andon/v1\n'.repeat(50)),
    },
  ])('a database with $what is corrupt, and the error says what to do', async ({ damage }) => {
    const { directory, file } = await aStore();
    damage(file);
    const size = statSync(file).size;
    const error: unknown = await SqliteStore.open({ directory }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'StoreError', reason: 'corrupt' });
    expect((error as Error).message).toMatch(
      new RegExp(`^${file} is damaged \\(.+\\)\\. Nothing was deleted\\. Stop Andon, move ${file} and the files`),
    );
    expect(statSync(file).size).toBe(size);
    // What the message tells people to do works.
    renameSync(file, `${file}.damaged`);
    const fresh = await SqliteStore.open({ directory });
    expect(await fresh.events(0, 1)).toEqual([]);
    await fresh.close();
  });
});

describe('in use', () => {
  test('a database damaged under a running Andon is corrupt when the damage is met', async () => {
    // More than fits SQLite's page cache, which the check at start has filled.
    const { directory, file } = await aStore(4000);
    const store = await SqliteStore.open({ directory });
    overwrite(file, 4096, statSync(file).size - 4096);
    await expect(store.pending()).rejects.toMatchObject({ reason: 'corrupt' });
    await expect(store.commit(aCommit({ notifications: [aNotification('late')] }))).rejects.toMatchObject({
      reason: 'corrupt',
    });
    await store.close();
  });

  test.each([
    { what: 'a body that is not JSON', sql: `UPDATE event SET body = '{'`, says: 'event 1 is not JSON' },
    { what: 'an event without a type', sql: `UPDATE event SET body = '{}'`, says: 'event 1: type: ' },
    {
      what: 'an unheard-of delivery',
      sql: `UPDATE outbox SET delivery = '{"state":"lost"}'`,
      says: 'delivery of notification n-',
    },
    {
      what: 'a checkpoint without scopes',
      sql: `UPDATE checkpoint SET body = '{"service":"checkout","evaluatedAt":1}'`,
      says: 'checkpoint of checkout: scopes: ',
    },
  ])('a row with $what is named', async ({ sql, says }) => {
    const { directory, file } = await aStore();
    const store = await SqliteStore.open({ directory });
    const other = new DatabaseSync(file);
    other.exec(sql);
    other.close();
    const reads = Promise.all([store.events(0, 1), store.pending(), store.checkpoints()]);
    await expect(reads).rejects.toMatchObject({ reason: 'corrupt', message: expect.stringContaining(says) });
    await store.close();
  });

  test('a row written by an older version, with fields missing, still loads', async () => {
    const { directory, file } = await aStore();
    const other = new DatabaseSync(file);
    const old = '{"type":"closed","service":"checkout","group":{},"incidentId":"inc-1","at":1}';
    other.prepare('INSERT INTO event (recorded_at, body) VALUES (2, ?)').run(old);
    other.close();
    const store = await SqliteStore.open({ directory });
    expect((await store.events(1, 1))[0]).toEqual({ ...JSON.parse(old), seq: 2, recordedAt: 2 });
    await store.close();
  });

  test('a database that is deleted or replaced does not take commits into nowhere', async () => {
    const { directory, file } = await aStore();
    const store = await SqliteStore.open({ directory });
    renameSync(file, `${file}.elsewhere`);
    const late = aCommit({ events: [anEvent('late')] });
    await expect(store.commit(late)).rejects.toMatchObject({
      reason: 'unknown',
      message: `${file} could not be used: it was moved or deleted while Andon runs; put it back, or restart Andon.`,
    });
    writeFileSync(file, '');
    await expect(store.commit(late)).rejects.toMatchObject({ reason: 'unknown' });
    rmSync(file);
    renameSync(`${file}.elsewhere`, file);
    expect(await store.commit(late)).toMatchObject([{ seq: 2 }]);
    await store.close();
  });

  test('someone who writes at a SQL prompt makes commits fail as locked, not hang', async () => {
    const { directory, file } = await aStore();
    const store = await SqliteStore.open({ directory, busyTimeoutMs: 5 });
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    await expect(store.commit(aCommit({ events: [anEvent('b')] }))).rejects.toMatchObject({ reason: 'locked' });
    other.exec('ROLLBACK');
    other.close();
    expect(await store.commit(aCommit({ events: [anEvent('b')] }))).toMatchObject([{ seq: 2 }]);
    await store.close();
  });
});
