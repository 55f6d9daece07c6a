import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SqliteStore } from '../../../src/adapters/sqlite/sqlite-store.ts';
import { aCheckpoint, aCommit, aNotification, anEvent, observe } from '../../contract/store-builders.ts';
import { temporaryDirectories } from './temporary-directory.ts';

const aDirectory = temporaryDirectories();

test.each([
  { where: 'in an event', trigger: `BEFORE INSERT ON event WHEN NEW.body LIKE '%boom%'` },
  { where: 'in a checkpoint', trigger: `BEFORE INSERT ON checkpoint WHEN NEW.service = 'boom'` },
  { where: 'in a notification', trigger: `BEFORE INSERT ON outbox WHEN NEW.id = 'boom'` },
  { where: 'in a delivery', trigger: `BEFORE UPDATE ON outbox WHEN NEW.attempts = 666` },
])('a commit that SQLite refuses half-way, $where, leaves nothing behind', async ({ trigger }) => {
  const directory = aDirectory();
  const store = await SqliteStore.open({ directory });
  await store.commit(aCommit({ events: [anEvent('a')], notifications: [aNotification('n-1')] }));
  const other = new DatabaseSync(join(directory, 'andon.db'));
  other.exec(`CREATE TRIGGER fault ${trigger} BEGIN SELECT RAISE(ABORT, 'injected'); END`);
  other.close();
  const before = await observe(store);
  const commit = aCommit({
    events: [anEvent('b'), anEvent('boom')],
    checkpoints: [aCheckpoint('checkout'), aCheckpoint('boom')],
    notifications: [aNotification('n-2'), aNotification('boom')],
    deliveries: [
      { id: 'n-1', delivery: { state: 'delivered', attempts: 1 } },
      { id: 'n-1', delivery: { state: 'delivered', attempts: 666 } },
    ],
  });
  await expect(store.commit(commit)).rejects.toMatchObject({
    reason: 'unknown',
    message: expect.stringContaining('injected'),
  });
  expect(await observe(store)).toEqual(before);
  expect(await store.commit(aCommit({ events: [anEvent('c')] }))).toMatchObject([{ seq: 2 }]);
  await store.close();
});
