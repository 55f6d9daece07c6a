import { MemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { storeContract } from './store.contract.ts';

storeContract('MemoryStore', async () => {
  const store = new MemoryStore();
  return { store, later: async () => store, dispose: () => store.close() };
});
