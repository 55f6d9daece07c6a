import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import type { StoreUnderTest } from './store.contract.ts';
import { storeContract } from './store.contract.ts';
import { storeLedgersContract } from './store-ledgers.contract.ts';

async function sqlite(reopens: boolean): Promise<StoreUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'andon-store-'));
  let store = await SqliteStore.open({ directory });
  return {
    store,
    async later() {
      if (!reopens) return store;
      await store.close();
      store = await SqliteStore.open({ directory });
      return store;
    },
    async dispose() {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

storeContract('SqliteStore', () => sqlite(false));
storeContract('SqliteStore, closed and opened again,', () => sqlite(true));
storeLedgersContract('SqliteStore', () => sqlite(false));
storeLedgersContract('SqliteStore, closed and opened again,', () => sqlite(true));
