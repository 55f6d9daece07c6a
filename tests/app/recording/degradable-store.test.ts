import { beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import type { DegradableStoreOptions, StoreHealth } from '../../../src/app/recording/degradable-store.ts';
import { DegradableStore } from '../../../src/app/recording/degradable-store.ts';
import type { StoreFailureReason } from '../../../src/app/ports/store.ts';
import { aLedger, aRow, keyOf, ledgersOf } from '../../contract/ledger-builders.ts';
import { aCheckpoint, aCommit, aNotification, anEvent, noon, observe } from '../../contract/store-builders.ts';
import { FaultyStore } from '../../support/faulty-store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { memoryLog } from '../../support/memory-log.ts';

let disk: MemoryStore;
let faulty: FaultyStore;
let clock: ManualClock;
let log: ReturnType<typeof memoryLog>;
let told: StoreHealth[];

beforeEach(() => {
  disk = new MemoryStore();
  faulty = new FaultyStore(disk);
  clock = new ManualClock(noon);
  log = memoryLog();
  told = [];
});

function over(options: Partial<DegradableStoreOptions> = {}): Promise<DegradableStore> {
  return DegradableStore.over(faulty, { clock, log, onHealth: (health) => told.push(health), ...options });
}

function refuse(reason: StoreFailureReason): void {
  faulty.writeFault = () => reason;
}

function accept(): void {
  faulty.writeFault = () => undefined;
}

describe('while the store refuses', () => {
  test.each(['full', 'read-only', 'corrupt', 'locked', 'unknown'] as const)(
    'for being %s, events go on where the log ends and pages go out',
    async (reason) => {
      const store = await over();
      await store.commit(aCommit({ events: [anEvent('written')] }));
      refuse(reason);
      await clock.advance(5000);
      const stored = await store.commit(
        aCommit({ events: [anEvent('a'), anEvent('b')], notifications: [aNotification('n-1')], recordedAt: 7 }),
      );
      expect(stored).toEqual([
        { ...anEvent('a'), seq: 2, recordedAt: 7 },
        { ...anEvent('b'), seq: 3, recordedAt: 7 },
      ]);
      expect((await store.events(0, 100)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
      expect((await store.pending()).map(({ notification }) => notification.id)).toEqual(['n-1']);
      expect(store.health()).toEqual({
        degraded: true,
        reason,
        detail: `cannot write: ${reason}`,
        since: noon + 5000,
        buffered: 3,
      });
      expect(told.at(-1)).toEqual(store.health());
      expect(log.lines).toEqual([
        {
          level: 'error',
          message: 'The store refuses commits: they are kept in memory until it takes them',
          fields: { reason, detail: `cannot write: ${reason}` },
        },
      ]);
      accept();
      await store.close();
    },
  );

  test('it is told once, and again when the reason changes, but since when stays', async () => {
    const store = await over();
    refuse('full');
    for (const text of ['a', 'b', 'c']) await store.commit(aCommit({ events: [anEvent(text)] }));
    await clock.advance(1000);
    refuse('read-only');
    await store.flush();
    expect(log.lines.map(({ fields }) => fields['reason'])).toEqual(['full', 'read-only']);
    expect(store.health()).toMatchObject({ reason: 'read-only', since: noon, buffered: 3 });
    expect(told.map((health) => (health.degraded ? health.buffered : -1))).toEqual([0, 1, 2, 3, 3]);
  });

  test('a notification that the store has delivered is not sent again when it is committed again', async () => {
    const store = await over();
    await store.commit(aCommit({ notifications: [aNotification('n-1')] }));
    await store.commit(aCommit({ deliveries: [{ id: 'n-1', delivery: { state: 'delivered', attempts: 1 } }] }));
    refuse('full');
    await store.commit(aCommit({ events: [anEvent('a')], notifications: [aNotification('n-1')] }));
    expect(await store.pending()).toEqual([]);
    expect(await store.outbox('inc-1')).toEqual(await disk.outbox('inc-1'));
  });

  test('what became of a notification in the store is known at once', async () => {
    const store = await over();
    await store.commit(aCommit({ notifications: [aNotification('n-1'), aNotification('n-2', { sequence: 2 })] }));
    refuse('full');
    await store.commit(aCommit({ deliveries: [{ id: 'n-1', delivery: { state: 'delivered', attempts: 1 } }] }));
    expect((await store.pending()).map(({ notification }) => notification.id)).toEqual(['n-2']);
    expect((await disk.pending()).map(({ notification }) => notification.id)).toEqual(['n-1', 'n-2']);
  });

  test('commits without events join the one before: a day of polls is one write', async () => {
    const store = await over();
    refuse('full');
    for (let poll = 1; poll <= 500; poll++) {
      await store.commit(aCommit({ checkpoints: [aCheckpoint('checkout', poll), aCheckpoint('search', poll)] }));
    }
    accept();
    await store.flush();
    expect(faulty.written).toHaveLength(1);
    expect(faulty.written[0]?.checkpoints).toEqual([aCheckpoint('checkout', 500), aCheckpoint('search', 500)]);
  });

  test('beyond its bound it drops superseded checkpoints and nothing else', async () => {
    const store = await over({ maxBufferedCommits: 3 });
    refuse('full');
    for (let n = 1; n <= 10; n++) {
      await store.commit(
        aCommit({
          events: [anEvent(`event ${n}`)],
          notifications: [aNotification(`n-${n}`, { sequence: n })],
          checkpoints: [aCheckpoint(n === 2 ? 'search' : 'checkout', n)],
        }),
      );
    }
    expect(store.health()).toMatchObject({ buffered: 20 });
    accept();
    await store.flush();
    expect(faulty.written.map(({ checkpoints }) => checkpoints?.length)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    const seen = await observe(disk);
    expect(seen.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(seen.pending).toHaveLength(10);
    expect(seen.checkpoints).toEqual([aCheckpoint('checkout', 10), aCheckpoint('search', 2)]);
  });

  test.each(['closed', 'too-new', 'invalid'] as const)(
    'for being %s, the commit fails: waiting would not help',
    async (reason) => {
      const store = await over();
      refuse(reason);
      await expect(store.commit(aCommit({ events: [anEvent('a')] }))).rejects.toMatchObject({ reason });
      expect(store.health()).toEqual({ degraded: false });
    },
  );

  test('a commit that no store could write fails for its caller and holds up nobody', async () => {
    const store = await over();
    refuse('full');
    const impossible = aCommit({ events: [{ ...anEvent('a'), size: 1n } as never] });
    await expect(store.commit(impossible)).rejects.toMatchObject({ name: 'StoreError', reason: 'invalid' });
    expect(store.health()).toEqual({ degraded: false });
    await store.commit(aCommit({ events: [anEvent('b')] }));
    await expect(store.commit(impossible)).rejects.toMatchObject({ name: 'StoreError', reason: 'invalid' });
    accept();
    expect(await store.flush()).toEqual({ degraded: false });
    expect(await disk.events(0, 10)).toMatchObject([{ seq: 1, note: 'b' }]);
  });
});

describe('ledgers of error budgets', () => {
  test('are not held while the store refuses, however many come, and stored again afterwards', async () => {
    const store = await over();
    await store.commit(aCommit({ ledgers: [aLedger([aRow(noon)])] }));
    refuse('full');
    for (let n = 1; n <= 100; n += 1)
      await store.commit(
        aCommit({ checkpoints: [aCheckpoint('checkout', n)], ledgers: [aLedger([aRow(noon + 10_000)])] }),
      );
    expect((await ledgersOf(store))[0]?.rows).toEqual([aRow(noon)]);
    accept();
    await store.commit(aCommit({ ledgers: [aLedger([aRow(noon + 20_000)])] }));
    expect(faulty.written.flatMap(({ ledgers }) => ledgers ?? [])).toHaveLength(2);
    expect((await ledgersOf(store))[0]?.rows).toEqual([aRow(noon), aRow(noon + 20_000)]);
    expect(store.health()).toEqual({ degraded: false });
  });

  test('that were to go while the store refused are gone for readers at once, and gone before anything is added', async () => {
    const store = await over();
    const budgets = ['forgotten', 'kept', 'replaced'];
    await store.commit(aCommit({ ledgers: budgets.map((budget) => aLedger([aRow(noon)], { budget })) }));
    refuse('full');
    await store.commit(aCommit({ forgottenLedgers: [keyOf(aLedger([], { budget: 'forgotten' }))] }));
    for (let n = 0; n < 3; n += 1)
      await store.commit(
        aCommit({ ledgers: [aLedger([aRow(noon + 10_000)], { budget: 'replaced', replaces: true })] }),
      );
    expect((await ledgersOf(store)).map(({ budget }) => budget)).toEqual(['kept']);
    accept();
    await store.commit(aCommit({ ledgers: [aLedger([aRow(noon + 20_000)], { budget: 'replaced' })] }));
    expect(faulty.written.flatMap(({ forgottenLedgers }) => forgottenLedgers ?? [])).toHaveLength(2);
    expect((await ledgersOf(disk)).map(({ budget, rows }) => [budget, rows])).toEqual([
      ['kept', [aRow(noon)]],
      ['replaced', [aRow(noon + 20_000)]],
    ]);
  });
});

describe('when the store cannot even be read', () => {
  test('pages that are held go out, the end of the log can be followed, and the rest says why it cannot be told', async () => {
    const store = await over();
    await store.commit(aCommit({ events: [anEvent('written')], notifications: [aNotification('n-1')] }));
    refuse('corrupt');
    faulty.readFault = 'corrupt';
    await store.commit(aCommit({ events: [anEvent('held')], notifications: [aNotification('n-2', { sequence: 2 })] }));
    expect((await store.pending()).map(({ notification }) => notification.id)).toEqual(['n-2']);
    expect((await store.outbox('inc-1')).map(({ notification }) => notification.id)).toEqual(['n-2']);
    expect(await store.events(1, 10)).toMatchObject([{ seq: 2, note: 'held' }]);
    await expect(store.events(0, 10)).rejects.toMatchObject({ reason: 'corrupt' });
    await expect(store.checkpoints()).rejects.toMatchObject({ reason: 'corrupt' });
    faulty.readFault = undefined;
    expect((await store.pending()).map(({ notification }) => notification.id)).toEqual(['n-1', 'n-2']);
  });

  test('a store that is not degraded does not pretend to be empty', async () => {
    const store = await over();
    faulty.readFault = 'corrupt';
    await expect(store.pending()).rejects.toMatchObject({ reason: 'corrupt' });
    await expect(store.outbox('inc-1')).rejects.toMatchObject({ reason: 'corrupt' });
    await expect(over()).rejects.toMatchObject({ reason: 'corrupt' });
  });
});

describe('once the store takes commits again', () => {
  test('the next commit writes what is held first, in order, at the positions it was given', async () => {
    const store = await over();
    refuse('full');
    const promised = [
      ...(await store.commit(aCommit({ events: [anEvent('a')], recordedAt: 1 }))),
      ...(await store.commit(aCommit({ events: [anEvent('b'), anEvent('c')], recordedAt: 2 }))),
    ];
    accept();
    const [last] = await store.commit(aCommit({ events: [anEvent('d')], recordedAt: 3 }));
    expect(await disk.events(0, 10)).toEqual([...promised, last]);
    expect(last).toMatchObject({ seq: 4, note: 'd', recordedAt: 3 });
    expect(store.health()).toEqual({ degraded: false });
    expect(told.at(-1)).toEqual({ degraded: false });
    expect(log.lines.at(-1)).toMatchObject({
      level: 'info',
      message: 'The store takes commits again: nothing is in memory only',
    });
  });

  test('a flush that breaks off goes on where it stopped: nothing twice, nothing missing', async () => {
    const store = await over();
    refuse('full');
    for (const text of ['a', 'b', 'c', 'd']) await store.commit(aCommit({ events: [anEvent(text)] }));
    let room = 2;
    faulty.writeFault = () => (room-- > 0 ? undefined : 'full');
    expect(await store.flush()).toMatchObject({ degraded: true, buffered: 2 });
    expect((await store.events(0, 10)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    accept();
    expect(await store.flush()).toEqual({ degraded: false });
    expect((await disk.events(0, 10)).map((event) => ('note' in event ? event.note : ''))).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
  });

  test('a log that someone else wrote to meanwhile is told as an error, and numbers go on from its end', async () => {
    const store = await over();
    refuse('locked');
    await store.commit(aCommit({ events: [anEvent('mine')] }));
    await disk.commit(aCommit({ events: [anEvent('theirs')] }));
    accept();
    await store.flush();
    expect(log.lines).toContainEqual({
      level: 'error',
      message: 'Events took other positions in the log than promised: someone else writes to this store',
      fields: { promised: 1, stored: 2 },
    });
    refuse('full');
    expect(await store.commit(aCommit({ events: [anEvent('next')] }))).toMatchObject([{ seq: 3 }]);
  });
});

describe('closing', () => {
  test('writes what is held when it can', async () => {
    const store = await over();
    refuse('full');
    await store.commit(aCommit({ events: [anEvent('a')] }));
    accept();
    const written = faulty.written;
    await store.close();
    expect(written).toHaveLength(1);
  });

  test('says what is lost when it cannot, closes all the same, and may be called again', async () => {
    const store = await over();
    refuse('full');
    await store.commit(aCommit({ events: [anEvent('a')], notifications: [aNotification('n-1')] }));
    await expect(store.close()).rejects.toMatchObject({
      name: 'StoreError',
      reason: 'full',
      message: 'Andon stopped with 2 events and notifications not written: cannot write: full',
    });
    await expect(disk.events(0, 1)).rejects.toMatchObject({ reason: 'closed' });
    await store.close();
    await expect(store.flush()).rejects.toMatchObject({ reason: 'closed' });
  });
});
