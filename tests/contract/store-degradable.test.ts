import { MemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { DegradableStore } from '../../src/app/recording/degradable-store.ts';
import { FaultyStore } from '../support/faulty-store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { memoryLog } from '../support/memory-log.ts';
import { storeContract } from './store.contract.ts';
import { storeLedgersContract } from './store-ledgers.contract.ts';

type Writes = 'always' | 'never' | 'every other time';

/** The contract holds through the wrapper whatever the disk does, while it does it. */
function degradable(writes: Writes, maxBufferedCommits = 1000) {
  return async () => {
    const faulty = new FaultyStore(new MemoryStore());
    const store = await DegradableStore.over(faulty, {
      clock: new ManualClock(),
      log: memoryLog(),
      maxBufferedCommits,
    });
    let tries = 0;
    faulty.writeFault = () =>
      writes === 'never' || (writes === 'every other time' && tries++ % 2 === 0) ? 'full' : undefined;
    return {
      store,
      later: async () => store,
      async dispose() {
        faulty.writeFault = () => undefined;
        await store.close();
      },
    };
  };
}

/** As above, but all that was held is written before anyone looks. */
function flushed(maxBufferedCommits: number) {
  return async () => {
    const inner = new MemoryStore();
    const faulty = new FaultyStore(inner);
    const store = await DegradableStore.over(faulty, {
      clock: new ManualClock(),
      log: memoryLog(),
      maxBufferedCommits,
    });
    faulty.writeFault = () => 'full';
    return {
      store,
      async later() {
        faulty.writeFault = () => undefined;
        await store.flush();
        return inner;
      },
      dispose: async () => {
        faulty.writeFault = () => undefined;
        await store.close();
      },
    };
  };
}

const daemon = { commits: 'a-daemon-makes' } as const;
storeContract('DegradableStore over a store that writes', degradable('always'));
storeContract('DegradableStore over a store that never writes', degradable('never'), daemon);
storeContract('DegradableStore over a store that writes every other time', degradable('every other time'), daemon);
storeContract('DegradableStore with room for two commits', degradable('never', 2), daemon);
storeContract('DegradableStore, once flushed,', flushed(1000), daemon);
storeContract('DegradableStore with room for two commits, once flushed,', flushed(2), daemon);
storeLedgersContract('DegradableStore over a store that writes', degradable('always'));
