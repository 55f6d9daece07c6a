import { describe, expect, test } from '@jest/globals';
import type { SendResult } from '../../../src/app/ports/channel.ts';
import { StoreError } from '../../../src/app/ports/store.ts';
import type { Notification } from '../../../src/domain/notification/notification.ts';
import { aNotification } from '../../support/a-notification.ts';
import type { ManualClock } from '../../support/manual-clock.ts';
import { ScriptedChannel } from '../../support/scripted-channel.ts';
import { aDelivery, TroubledStore } from './delivery-bench.ts';

const incidentId = aNotification().incidentId;
const accepted: SendResult = { kind: 'accepted' };
const down: SendResult = { kind: 'retry', reason: 'unreachable', detail: 'connection refused' };

/** A notification created `ageMs` before the clock's now. */
function born(clock: ManualClock, changes: Parameters<typeof aNotification>[0] = {}, ageMs = 0): Notification {
  return aNotification({ createdAt: clock.now() - ageMs, ...changes });
}

describe('the store', () => {
  test('is not written to for each of many tries', async () => {
    const channel = new ScriptedChannel();
    channel.answer = () => down;
    const store = new TroubledStore();
    const { deliverer, clock, tell } = aDelivery([channel], { store, random: () => 0.1 });
    await deliverer.start();
    await tell(...Array.from({ length: 50 }, (_, index) => born(clock, { incidentId: `i${index}` })));
    await clock.advance(120_000);
    expect(channel.attempts.length).toBeGreaterThan(2_000);
    expect(store.commits.length).toBeLessThan(12);
    await deliverer.stop();
  });

  test('that fails after a send leads to no second send, and is written to once it is well', async () => {
    const channel = new ScriptedChannel();
    const store = new TroubledStore();
    const { deliverer, clock, heard, states, log } = aDelivery([channel], { store });
    await deliverer.start();
    await store.commit({ recordedAt: clock.now(), notifications: [born(clock), born(clock, { sequence: 2 })] });
    store.failure = new StoreError('full', 'the disk is full');
    deliverer.notify([born(clock), born(clock, { sequence: 2 })]);
    await clock.advance(60_000);
    expect(channel.attempts).toHaveLength(2);
    expect(heard.recordFailures.length).toBeGreaterThan(1);
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    store.failure = undefined;
    await clock.advance(1_000);
    expect(channel.attempts).toHaveLength(2);
    expect(Object.values(await states(incidentId))).toEqual(['delivered', 'delivered']);
    expect(heard.events).toHaveLength(2);
    await deliverer.stop();
  });
});

describe('a restart', () => {
  test('goes on where the last process stopped: attempts and the time of the next one', async () => {
    const channel = new ScriptedChannel();
    channel.answer = () => ({ kind: 'retry', reason: 'throttled', detail: 'slow down', retryAfterMs: 100_000 });
    const before = aDelivery([channel]);
    await before.deliverer.start();
    await before.tell(born(before.clock));
    await before.deliverer.stop();
    const { store, clock } = before;
    const { deliverer } = aDelivery([channel], { store, clock });
    await deliverer.start();
    await clock.advance(99_000);
    expect(channel.attempts.map(({ attempt }) => attempt)).toEqual([1]);
    await clock.advance(2_000);
    expect(channel.attempts.map(({ attempt }) => attempt)).toEqual([1, 2]);
    await deliverer.stop();
  });

  test('after a crash between send and record repeats the send under the same id', async () => {
    const channel = new ScriptedChannel();
    const store = new TroubledStore();
    const { deliverer: crashed, clock } = aDelivery([channel], { store });
    await crashed.start();
    const notification = born(clock);
    await store.commit({ recordedAt: clock.now(), notifications: [notification] });
    store.failure = new StoreError('closed', 'killed');
    crashed.notify([notification]);
    await clock.advance(0);
    store.failure = undefined;
    const { deliverer, states } = aDelivery([channel], { store, clock });
    await deliverer.start();
    await clock.advance(0);
    expect(channel.acceptedIds).toEqual([notification.id, notification.id]);
    expect(await states(incidentId)).toEqual({ [notification.id]: 'delivered' });
    await deliverer.stop();
  });

  test('sends once what is in the outbox and handed over while the outbox is read', async () => {
    const channel = new ScriptedChannel();
    const { deliverer, clock, store } = aDelivery([channel]);
    const notification = born(clock);
    await store.commit({ recordedAt: clock.now(), notifications: [notification] });
    const starting = deliverer.start();
    deliverer.notify([notification, born(clock, { sequence: 2 })]);
    expect(channel.attempts).toEqual([]);
    await starting;
    await clock.advance(0);
    expect(channel.accepted.map(({ notification }) => notification.sequence)).toEqual([1, 2]);
    await deliverer.stop();
  });

  test('keeps what is for a channel that is not configured, and gives it up after a day', async () => {
    const { deliverer, clock, store, states, log, heard } = aDelivery([]);
    const [young, old] = [born(clock), born(clock, { incidentId: 'older' }, 86_400_000)];
    await store.commit({ recordedAt: clock.now(), notifications: [young, old] });
    await deliverer.start();
    await clock.advance(0);
    expect([await states(incidentId), await states('older')]).toEqual([
      { [young.id]: 'pending' },
      { [old.id]: 'failed' },
    ]);
    expect(heard.events).toMatchObject([{ type: 'undeliverable', reason: 'no-such-channel' }]);
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(2);
    await deliverer.stop();
  });

  test('keeps what a newer one will tell for as long as the newer one, when the channel is not configured', async () => {
    const day = 86_400_000;
    const { deliverer, clock, store, states, heard } = aDelivery([]);
    const [firing, resolved] = [born(clock, {}, day), born(clock, { sequence: 2, kind: 'resolved' }, day / 2)];
    await store.commit({ recordedAt: clock.now(), notifications: [firing, resolved] });
    await deliverer.start();
    await clock.advance(day / 2 - 1);
    expect(await states(incidentId)).toEqual({ [firing.id]: 'pending', [resolved.id]: 'pending' });
    expect(deliverer.status()).toMatchObject([{ configured: false, pending: 2 }]);

    await clock.advance(1);
    expect(await states(incidentId)).toEqual({ [firing.id]: 'collapsed', [resolved.id]: 'failed' });
    expect(heard.events).toMatchObject([{ type: 'undeliverable', notificationId: resolved.id }]);
    expect(heard.settlements.map(({ state }) => state)).toEqual(['collapsed', 'failed']);
    expect(heard.depths.get('oncall')).toBe(0);
    expect(clock.asleep).toBe(0);
    await deliverer.stop();
  });

  test('collapses what turned stale while its channel was not configured, as for a receiver that was away', async () => {
    const { deliverer, clock, store, states } = aDelivery([]);
    const [firing, resolved] = [born(clock, {}, 1_200_000), born(clock, { sequence: 2, kind: 'resolved' }, 60_000)];
    await store.commit({ recordedAt: clock.now(), notifications: [firing, resolved] });
    await deliverer.start();
    await clock.advance(0);
    const channel = new ScriptedChannel();
    await deliverer.use([channel], 900_000);
    await clock.advance(0);
    expect(channel.accepted).toMatchObject([{ notification: { id: resolved.id }, collapsed: [{ id: firing.id }] }]);
    expect(await states(incidentId)).toEqual({ [firing.id]: 'collapsed', [resolved.id]: 'delivered' });
    await deliverer.stop();
  });
});

describe('a stop', () => {
  test('lets sends under way finish, writes down what they came to and starts nothing more', async () => {
    const channel = new ScriptedChannel();
    channel.answer = () => 'hold';
    const { deliverer, clock, tell, states } = aDelivery([channel]);
    await deliverer.start();
    const [first, second] = [born(clock), born(clock, { sequence: 2 })];
    await tell(first, second);
    const stopped = deliverer.stop(5_000);
    await clock.advance(1_000);
    channel.held[0]?.end(accepted);
    await stopped;
    expect(await states(incidentId)).toEqual({ [first.id]: 'delivered', [second.id]: 'pending' });
    expect(channel.attempts).toHaveLength(1);
    expect(clock.asleep).toBe(0);
  });

  test('cuts short what does not end in time and blames nobody for it', async () => {
    const channel = new ScriptedChannel();
    channel.answer = () => 'hold';
    const { deliverer, clock, tell, states, heard } = aDelivery([channel]);
    await deliverer.start();
    const notification = born(clock);
    await tell(notification);
    const stopped = deliverer.stop(5_000);
    await clock.advance(5_000);
    await stopped;
    expect(channel.held[0]?.signal.aborted).toBe(true);
    expect(heard.attempts).toEqual([]);
    expect(await states(incidentId)).toEqual({ [notification.id]: 'pending' });
    expect(clock.asleep).toBe(0);
  });

  test('ends by its deadline even when the store stays in trouble, and twice does no harm', async () => {
    const store = new TroubledStore();
    const { deliverer, clock } = aDelivery([new ScriptedChannel()], { store });
    await deliverer.start();
    store.failure = new StoreError('locked', 'another process holds it');
    deliverer.notify([born(clock)]);
    await clock.advance(0);
    const stopped = deliverer.stop(2_000);
    expect(deliverer.stop(9_000)).toBe(stopped);
    await clock.advance(2_000);
    await stopped;
  });
});

test('ten thousand notifications drain in order, and nothing of them stays behind', async () => {
  const channel = new ScriptedChannel('oncall', 8);
  channel.answer = () => down;
  const store = new TroubledStore();
  const { deliverer, clock, heard } = aDelivery([channel], { store, random: Math.random });
  const notifications = Array.from({ length: 10_000 }, (_, index) =>
    born(clock, { incidentId: `i${index % 1_000}`, sequence: 1 + Math.floor(index / 1_000) }),
  );
  await store.commit({ recordedAt: clock.now(), notifications });
  await deliverer.start();
  await clock.advance(60_000);
  channel.answer = () => accepted;
  await clock.advance(30_000);
  expect(channel.accepted).toHaveLength(10_000);
  const last = new Map<string, number>();
  for (const { notification } of channel.accepted) {
    expect(notification.sequence).toBe((last.get(notification.incidentId) ?? 0) + 1);
    last.set(notification.incidentId, notification.sequence);
  }
  expect(await store.pending()).toEqual([]);
  expect(heard.depths.get('oncall')).toBe(0);
  expect(deliverer.status()).toMatchObject([{ pending: 0, sending: 0, oldestAgeMs: 0 }]);
  // Grouped: far fewer commits than notifications.
  expect(store.commits.length).toBeLessThan(2_500);
  await deliverer.stop();
  expect(clock.asleep).toBe(0);
});
