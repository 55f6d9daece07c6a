import { expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { endOfLog } from '../../../src/app/recording/end-of-log.ts';
import { aCommit, anEvent } from '../../contract/store-builders.ts';

test('the end of a log is found whatever its length', async () => {
  const store = new MemoryStore();
  for (let length = 0; length <= 70; length++) {
    expect(await endOfLog(store)).toBe(length);
    await store.commit(aCommit({ events: [anEvent(`event ${length + 1}`)] }));
  }
});

test('the end of a log of 100,000 events costs at most 40 reads', async () => {
  const store = new MemoryStore();
  await store.commit(aCommit({ events: Array.from({ length: 100_000 }, () => anEvent('same')) }));
  let reads = 0;
  const counting = Object.assign(Object.create(store) as MemoryStore, {
    events: (afterSeq: number, limit: number) => {
      reads += 1;
      return store.events(afterSeq, limit);
    },
  });
  expect(await endOfLog(counting)).toBe(100_000);
  expect(reads).toBeLessThanOrEqual(40);
});
