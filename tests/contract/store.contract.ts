import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { MemoryStore } from '../../src/adapters/memory/memory-store.ts';
import type { Store } from '../../src/app/ports/store.ts';
import { arbitraryCommit, asDaemonsMakeThem } from './store-arbitraries.ts';
import { aCheckpoint, aCommit, aNotification, aPage, anEvent, noon, observe } from './store-builders.ts';

/** A store to put through the contract. */
export interface StoreUnderTest {
  readonly store: Store;
  /** The store as a later reader finds it: the same, or closed and opened again. */
  later(): Promise<Store>;
  dispose(): Promise<void>;
}

/** What every adapter of the Store port keeps. `commits: 'a-daemon-makes'` narrows the random commits to those. */
export function storeContract(
  name: string,
  open: () => Promise<StoreUnderTest>,
  { commits }: { readonly commits: 'any' | 'a-daemon-makes' } = { commits: 'any' },
): void {
  describe(`${name} keeps the store contract`, () => {
    let subject: StoreUnderTest;
    let store: Store;
    beforeEach(async () => {
      subject = await open();
      store = subject.store;
    });
    afterEach(() => subject.dispose());

    test('a new store is empty', async () => {
      expect(await observe(store)).toEqual({
        events: [],
        checkpoints: [],
        pending: [],
        outbox: { 'inc-1': [], 'inc-2': [], 'inc-3': [] },
      });
    });

    test('events come back in order, numbered from 1 without gaps, with when they were recorded', async () => {
      const first = await store.commit(aCommit({ events: [anEvent('a'), anEvent('b')], recordedAt: 10 }));
      await store.commit(aCommit({ checkpoints: [aCheckpoint('checkout')] }));
      const second = await store.commit(aCommit({ events: [anEvent('c')], recordedAt: 20.5 }));
      const events = await (await subject.later()).events(0, 100);
      expect(events).toEqual([
        { ...anEvent('a'), seq: 1, recordedAt: 10 },
        { ...anEvent('b'), seq: 2, recordedAt: 10 },
        { ...anEvent('c'), seq: 3, recordedAt: 20.5 },
      ]);
      expect([...first, ...second]).toEqual(events);
    });

    test('events of gates and changes, which are about no incident, come back as they were', async () => {
      const base = { service: 'checkout', at: noon };
      const frozen = {
        ...base,
        type: 'frozen' as const,
        freezeId: 'f1',
        by: 'ada',
        reason: 'moving the database',
        liftsWhen: 'by-hand' as const,
      };
      const report = { change: 'deploy-42', service: 'checkout', outcome: 'succeeded' as const };
      const reported = { ...base, type: 'change-reported' as const, origin: 'api' as const, report };
      const stored = await store.commit(aCommit({ events: [frozen, reported] }));
      expect(stored).toEqual([
        { ...frozen, seq: 1, recordedAt: noon },
        { ...reported, seq: 2, recordedAt: noon },
      ]);
      expect(await store.events(0, 10)).toEqual(stored);
    });

    test('what an incident cost is kept as it was, with its notification, whether budgets were told or not', async () => {
      const resolved = {
        ...anEvent(''),
        type: 'resolved',
        recoveredAt: noon,
        recovery: { at: noon, earliest: noon - 5000.5, latest: noon },
        impact: { badEvents: 12.5, totalEvents: 1000, peakBadRatio: 0.1, signal: 'success_rate' },
        verdicts: [],
      } as const;
      const budgetsSpent = [{ budget: 'success_rate', spent: 0.1 + 0.2, remaining: -1e-9, about: true }];
      const page = { ...aPage('inc-1'), budgetsSpent };
      await store.commit(
        aCommit({
          events: [resolved, { ...resolved, budgetsSpent }],
          notifications: [aNotification('n-1', { kind: 'resolved', page })],
        }),
      );
      const later = await subject.later();
      expect(await later.events(0, 100)).toMatchObject([
        { type: 'resolved', impact: resolved.impact },
        { type: 'resolved', budgetsSpent },
      ]);
      expect((await later.events(0, 100))[0]).not.toHaveProperty('budgetsSpent');
      expect((await later.pending())[0]?.notification.page.budgetsSpent).toEqual(budgetsSpent);
    });

    test.each([
      { after: 0, limit: 2, seqs: [1, 2] },
      { after: 2, limit: 2, seqs: [3, 4] },
      { after: 4, limit: 2, seqs: [5] },
      { after: 5, limit: 2, seqs: [] },
      { after: 99, limit: 2, seqs: [] },
      { after: 0, limit: 0, seqs: [] },
      { after: 0, limit: -1, seqs: [] },
      { after: 1, limit: Number.POSITIVE_INFINITY, seqs: [2, 3, 4, 5] },
    ])('events after $after, at most $limit, are $seqs', async ({ after, limit, seqs }) => {
      for (const text of ['a', 'b', 'c', 'd', 'e']) await store.commit(aCommit({ events: [anEvent(text)] }));
      const events = await (await subject.later()).events(after, limit);
      expect(events.map(({ seq }) => seq)).toEqual(seqs);
    });

    test('a commit with a part that cannot be stored leaves nothing behind, and the next one is whole', async () => {
      await store.commit(aCommit({ events: [anEvent('before')] }));
      const before = await observe(store);
      const cycle: { page: Record<string, unknown> } = { page: {} };
      cycle.page['self'] = cycle.page;
      const refused = store.commit(
        aCommit({
          events: [anEvent('half')],
          checkpoints: [aCheckpoint('checkout')],
          notifications: [aNotification('n-1'), aNotification('n-2', cycle as never)],
        }),
      );
      await expect(refused).rejects.toMatchObject({ name: 'StoreError', reason: 'invalid' });
      expect(await observe(store)).toEqual(before);
      const [after] = await store.commit(aCommit({ events: [anEvent('after')] }));
      expect(after?.seq).toBe(2);
      expect(await (await subject.later()).pending()).toEqual([]);
    });

    test.each([
      { what: 'recordedAt', commit: aCommit({ recordedAt: Number.NaN, events: [anEvent('a')] }) },
      { what: 'the time of the event noted', commit: aCommit({ events: [{ ...anEvent('a'), at: Number.NaN }] }) },
      { what: 'the time of checkout', commit: aCommit({ checkpoints: [aCheckpoint('checkout', -Infinity)] }) },
      {
        what: 'the sequence of notification n',
        commit: aCommit({ notifications: [aNotification('n', { sequence: NaN })] }),
      },
    ])('$what that is no number is refused: it could not be read again', async ({ what, commit }) => {
      await expect(store.commit(commit)).rejects.toMatchObject({
        reason: 'invalid',
        message: expect.stringContaining(`(${what} is `),
      });
      await store.commit(aCommit({ events: [anEvent('next')] }));
      expect((await (await subject.later()).events(0, 10)).map(({ seq }) => seq)).toEqual([1]);
    });

    test('a commit of nothing changes nothing', async () => {
      expect(await store.commit({ recordedAt: noon })).toEqual([]);
      expect(
        await store.commit({ recordedAt: noon, events: [], checkpoints: [], notifications: [], deliveries: [] }),
      ).toEqual([]);
      expect((await observe(await subject.later())).events).toEqual([]);
    });

    test('commits called at once take effect in the order of the calls', async () => {
      const texts = Array.from({ length: 50 }, (_, n) => `event ${n}`);
      await Promise.all(texts.map((text) => store.commit(aCommit({ events: [anEvent(text)] }))));
      const events = await (await subject.later()).events(0, 100);
      expect(events.map((event) => (event.type === 'noted' ? event.note : ''))).toEqual(texts);
      expect(events.map(({ seq }) => seq)).toEqual(texts.map((_, n) => n + 1));
    });

    test('a notification is pending, never tried and due since it was made', async () => {
      const notification = aNotification('n-1');
      await store.commit(aCommit({ notifications: [notification] }));
      const entry = {
        notification,
        delivery: { state: 'pending', attempts: 0, nextAttemptAt: notification.createdAt },
      };
      const later = await subject.later();
      expect(await later.pending()).toEqual([entry]);
      expect(await later.outbox('inc-1')).toEqual([entry]);
    });

    test('a notification id that is already there is left as it is, delivered or not', async () => {
      await store.commit(aCommit({ notifications: [aNotification('n-1'), aNotification('n-2')] }));
      await store.commit(aCommit({ deliveries: [{ id: 'n-1', delivery: { state: 'delivered', attempts: 1 } }] }));
      const before = await observe(store);
      await store.commit(
        aCommit({ notifications: [aNotification('n-1', { kind: 'resolved' }), aNotification('n-2', { sequence: 9 })] }),
      );
      expect(await observe(await subject.later())).toEqual(before);
    });

    test('pending stands by incident and sequence, whatever the order of the commits', async () => {
      const made = [
        ['d', 'inc-2', 1],
        ['b', 'inc-1', 10],
        ['a', 'inc-1', 9],
        ['c', 'inc-10', 2],
      ] as const;
      for (const [id, incidentId, sequence] of made) {
        await store.commit(aCommit({ notifications: [aNotification(id, { incidentId, sequence })] }));
      }
      const pending = await (await subject.later()).pending();
      expect(pending.map(({ notification }) => notification.id)).toEqual(['a', 'b', 'c', 'd']);
    });

    test('the outbox of an incident keeps what became of each notification, by channel and sequence', async () => {
      await store.commit(
        aCommit({
          notifications: [
            aNotification('p-2', { sequence: 2 }),
            aNotification('p-1'),
            aNotification('c-1', { channel: 'chat' }),
            aNotification('c-2', { channel: 'chat', sequence: 2 }),
            aNotification('other', { incidentId: 'inc-2' }),
          ],
        }),
      );
      await store.commit(
        aCommit({
          deliveries: [
            { id: 'p-1', delivery: { state: 'collapsed', into: 'p-2' } },
            { id: 'p-2', delivery: { state: 'pending', attempts: 3, nextAttemptAt: noon + 60_000, lastError: '503' } },
            { id: 'c-1', delivery: { state: 'failed', attempts: 1, lastError: 'no such channel' } },
            { id: 'c-2', delivery: { state: 'delivered', attempts: 2 } },
          ],
        }),
      );
      const later = await subject.later();
      expect((await later.outbox('inc-1')).map(({ notification, delivery }) => [notification.id, delivery])).toEqual([
        ['c-1', { state: 'failed', attempts: 1, lastError: 'no such channel' }],
        ['c-2', { state: 'delivered', attempts: 2 }],
        ['p-1', { state: 'collapsed', into: 'p-2' }],
        ['p-2', { state: 'pending', attempts: 3, nextAttemptAt: noon + 60_000, lastError: '503' }],
      ]);
      expect((await later.pending()).map(({ notification }) => notification.id)).toEqual(['p-2', 'other']);
    });

    test('a notification and its delivery may come in one commit, and a delivery of nothing is ignored', async () => {
      await store.commit(
        aCommit({
          notifications: [aNotification('n-1')],
          deliveries: [
            { id: 'n-1', delivery: { state: 'delivered', attempts: 1 } },
            { id: 'nobody', delivery: { state: 'delivered', attempts: 1 } },
          ],
        }),
      );
      const entries = await (await subject.later()).outbox('inc-1');
      expect(entries.map(({ delivery }) => delivery)).toEqual([{ state: 'delivered', attempts: 1 }]);
    });

    test('a checkpoint replaces the one before of its service and no other', async () => {
      await store.commit(aCommit({ checkpoints: [aCheckpoint('search', 1), aCheckpoint('checkout', 1)] }));
      await store.commit(aCommit({ checkpoints: [aCheckpoint('checkout', 2), aCheckpoint('checkout', 3)] }));
      expect(await (await subject.later()).checkpoints()).toEqual([
        aCheckpoint('checkout', 3),
        aCheckpoint('search', 1),
      ]);
    });

    test('odd text survives: other alphabets, quotes, NUL, emoji, prototype names and half a surrogate pair', async () => {
      const odd = 'zażółć "jaźń" \' -- 東京 \u0000 \u{1f525} \ud83d $1 %s';
      const group = JSON.parse(`{"__proto__":"a","constructor":"b","":"c"}`) as Record<string, string>;
      group[odd] = odd;
      const event = anEvent(odd, odd, group);
      const notification = aNotification('n-1', { incidentId: odd, channel: odd, page: aPage(odd, group) });
      await store.commit(aCommit({ events: [event], notifications: [notification] }));
      const later = await subject.later();
      const [stored] = await later.events(0, 1);
      expect(JSON.stringify(stored)).toBe(JSON.stringify({ ...event, seq: 1, recordedAt: noon }));
      const [entry] = await later.outbox(odd);
      expect(JSON.stringify(entry?.notification)).toBe(JSON.stringify(notification));
    });

    test('fields this version does not know are kept', async () => {
      const event = { ...anEvent('a'), fromTheFuture: { deep: [1, null, 'x'] } };
      const checkpoint = { ...aCheckpoint('checkout'), fromTheFuture: true };
      const notification = { ...aNotification('n-1'), fromTheFuture: 1 };
      const delivery = { state: 'delivered' as const, attempts: 1, fromTheFuture: 2 };
      await store.commit(
        aCommit({
          events: [event],
          checkpoints: [checkpoint],
          notifications: [notification],
          deliveries: [{ id: 'n-1', delivery }],
        }),
      );
      const later = await subject.later();
      expect((await later.events(0, 1))[0]).toEqual({ ...event, seq: 1, recordedAt: noon });
      expect(await later.checkpoints()).toEqual([checkpoint]);
      expect(await later.outbox('inc-1')).toEqual([{ notification, delivery }]);
    });

    test('what the caller does afterwards to its values, or to the answers, does not reach the store', async () => {
      const labels: Record<string, string> = { region: 'eu' };
      const stored = await store.commit(
        aCommit({ events: [anEvent('a', 'inc-1', labels)], notifications: [aNotification('n-1')] }),
      );
      labels['region'] = 'changed';
      for (const answer of [stored, await store.events(0, 1), await store.pending(), await store.outbox('inc-1')]) {
        tamper(answer);
      }
      const later = await subject.later();
      expect(await later.events(0, 1)).toEqual([
        { ...anEvent('a', 'inc-1', { region: 'eu' }), seq: 1, recordedAt: noon },
      ]);
      expect((await later.pending())[0]?.notification).toEqual(aNotification('n-1'));
    });

    test('a commit of 10,000 notifications is one commit', async () => {
      const notifications = Array.from({ length: 10_000 }, (_, n) =>
        aNotification(`n-${n}`, { incidentId: `inc-${n % 100}`, sequence: n }),
      );
      await store.commit(aCommit({ events: [anEvent('storm')], notifications }));
      const later = await subject.later();
      expect(await later.pending()).toHaveLength(10_000);
      expect(await later.outbox('inc-7')).toHaveLength(100);
    });

    test('closing twice does no harm, and a closed store says so', async () => {
      await store.close();
      await store.close();
      const uses = [
        () => store.commit(aCommit({ events: [anEvent('late')] })),
        () => store.commit({ recordedAt: noon }),
        () => store.events(0, 1),
        () => store.checkpoints(),
        () => store.pending(),
        () => store.outbox('inc-1'),
      ];
      for (const use of uses) await expect(use()).rejects.toMatchObject({ name: 'StoreError', reason: 'closed' });
    });

    test('any sequence of commits leaves what it leaves in memory', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(arbitraryCommit, { maxLength: 12 }), async (random) => {
          const subject = await open();
          const model = new MemoryStore();
          try {
            for (const commit of commits === 'any' ? random : asDaemonsMakeThem(random)) {
              expect(await subject.store.commit(commit)).toEqual(await model.commit(commit));
            }
            expect(await observe(await subject.later())).toEqual(await observe(model));
          } finally {
            await subject.dispose();
          }
        }),
        { numRuns: 40 },
      );
    });
  });
}

/** Overwrites every text in a value that lets it. */
function tamper(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (typeof child === 'string') Reflect.set(value, key, 'tampered');
    else tamper(child);
  }
}
