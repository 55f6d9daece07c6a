import { expect, test } from '@jest/globals';
import { MemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { aLedger, aRow, ledgersOf } from './ledger-builders.ts';
import { aCommit, noon } from './store-builders.ts';
import { storeContract, type StoreUnderTest } from './store.contract.ts';
import { storeLedgersContract } from './store-ledgers.contract.ts';

async function memory(): Promise<StoreUnderTest> {
  const store = new MemoryStore();
  return { store, later: async () => store, dispose: () => store.close() };
}

storeContract('MemoryStore', memory);
storeLedgersContract('MemoryStore', memory);

test('a MemoryStore that keeps no ledgers lets them go', async () => {
  const store = new MemoryStore({ keepsLedgers: false });
  await store.commit(aCommit({ ledgers: [aLedger([aRow(noon)])] }));
  expect(await ledgersOf(store)).toEqual([]);
});
