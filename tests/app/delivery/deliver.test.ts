import { describe, expect, test } from '@jest/globals';
import { isIncidentEvent } from '../../../src/domain/log/log-event.ts';
import type { SendResult } from '../../../src/app/ports/channel.ts';
import type { Notification } from '../../../src/domain/notification/notification.ts';
import { aNotification } from '../../support/a-notification.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ScriptedChannel } from '../../support/scripted-channel.ts';
import { aDelivery, TroubledStore } from './delivery-bench.ts';

const incidentId = aNotification().incidentId;
const accepted: SendResult = { kind: 'accepted' };
const down: SendResult = { kind: 'retry', reason: 'unreachable', detail: 'connection refused' };

/** A notification created `ageMs` before the clock's now. */
function born(clock: ManualClock, changes: Parameters<typeof aNotification>[0] = {}, ageMs = 0): Notification {
  return aNotification({ createdAt: clock.now() - ageMs, ...changes });
}

describe('a healthy channel', () => {
  test('starts the send before notify returns', async () => {
    const channel = new ScriptedChannel();
    const { deliverer, clock } = aDelivery([channel]);
    await deliverer.start();
    deliverer.notify([born(clock)]);
    expect(channel.attempts).toHaveLength(1);
    await deliverer.stop();
  });

  test('writes the delivery and the notified event in one commit', async () => {
    const store = new TroubledStore();
    const { deliverer, clock, tell, heard } = aDelivery([new ScriptedChannel()], { store });
    await deliverer.start();
    const notification = born(clock);
    await tell(notification);
    const last = store.commits.at(-1);
    expect(last?.deliveries).toEqual([{ id: notification.id, delivery: { state: 'delivered', attempts: 1 } }]);
    expect(last?.events).toEqual([
      {
        type: 'notified',
        service: 'checkout',
        group: {},
        incidentId,
        at: clock.now(),
        channel: 'oncall',
        notificationId: notification.id,
      },
    ]);
    expect(heard.events.map(({ type }) => type)).toEqual(['notified']);
    expect(heard.depths.get('oncall')).toBe(0);
    await deliverer.stop();
  });

  test('good news counts as no notification of the incident', async () => {
    const { deliverer, clock, tell, heard, states } = aDelivery([new ScriptedChannel()]);
    await deliverer.start();
    const notification = born(clock, { kind: 'resolved' });
    await tell(notification);
    expect(heard.events).toEqual([]);
    expect(await states(incidentId)).toEqual({ [notification.id]: 'delivered' });
    await deliverer.stop();
  });

  test('a later notification waits until the earlier is accepted; other incidents do not wait', async () => {
    const channel = new ScriptedChannel();
    channel.answer = ({ notification }) => (notification.incidentId === incidentId ? 'hold' : accepted);
    const { deliverer, clock, tell } = aDelivery([channel]);
    await deliverer.start();
    await tell(born(clock), born(clock, { sequence: 2, kind: 'resolved' }), born(clock, { incidentId: 'other' }));
    expect(channel.attempts.map(({ notification }) => [notification.incidentId, notification.sequence])).toEqual([
      [incidentId, 1],
      ['other', 1],
    ]);
    channel.held[0]?.end(accepted);
    await clock.advance(0);
    expect(channel.attempts.at(-1)?.notification.sequence).toBe(2);
    await deliverer.stop(0);
  });

  test('no more sends are under way at once than the channel allows', async () => {
    const channel = new ScriptedChannel('oncall', 2);
    channel.answer = () => 'hold';
    const { deliverer, clock, tell } = aDelivery([channel]);
    await deliverer.start();
    await tell(...['a', 'b', 'c'].map((id) => born(clock, { incidentId: id })));
    expect(channel.attempts).toHaveLength(2);
    expect(deliverer.status()).toMatchObject([{ name: 'oncall', pending: 3, sending: 2 }]);
    channel.held[1]?.end(accepted);
    await clock.advance(0);
    expect(channel.attempts.map(({ notification }) => notification.incidentId)).toEqual(['a', 'b', 'c']);
    await deliverer.stop(0);
  });

  test('a notification that is handed over twice is sent once', async () => {
    const channel = new ScriptedChannel();
    const { deliverer, clock, tell } = aDelivery([channel]);
    await deliverer.start();
    const notification = born(clock);
    await tell(notification);
    await tell(notification);
    expect(channel.attempts).toHaveLength(1);
    await deliverer.stop();
  });
});

describe('a channel in trouble', () => {
  test('is tried again under the same id with a growing count until it accepts', async () => {
    const channel = new ScriptedChannel();
    channel.answer = ({ attempt }) => (attempt < 4 ? down : accepted);
    const { deliverer, clock, tell, heard } = aDelivery([channel]);
    await deliverer.start();
    await tell(born(clock));
    await clock.advance(60_000);
    expect(channel.attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
    expect(new Set(channel.attempts.map(({ notification }) => notification.id)).size).toBe(1);
    expect(heard.attempts.map(({ outcome }) => outcome)).toEqual(['retry', 'retry', 'retry', 'accepted']);
    expect(heard.events).toMatchObject([{ type: 'notified' }]);
    await deliverer.stop();
  });

  test('is asked again within a second of its Retry-After, and not before', async () => {
    const channel = new ScriptedChannel();
    channel.answer = ({ attempt }) =>
      attempt === 1 ? { kind: 'retry', reason: 'throttled', detail: 'slow down', retryAfterMs: 7_000 } : accepted;
    const { deliverer, clock, tell } = aDelivery([channel], { random: () => 0.999 });
    await deliverer.start();
    await tell(born(clock));
    await clock.advance(6_999);
    expect(channel.attempts).toHaveLength(1);
    await clock.advance(1_001);
    expect(channel.accepted).toHaveLength(1);
    await deliverer.stop();
  });

  test('back from ten minutes away it gets everything in order within 30 s, and its neighbours never noticed', async () => {
    const [dead, well, slow] = [new ScriptedChannel('dead'), new ScriptedChannel('well'), new ScriptedChannel('slow')];
    slow.answer = () => 'hold';
    const { deliverer, clock, tell, heard } = aDelivery([dead, well, slow], { random: () => 0.9 });
    await deliverer.start();
    dead.answer = () => down;
    const kinds = ['firing', 'resolved', 'relapsed', 'escalated', 'resolved'] as const;
    for (const [index, kind] of kinds.entries()) {
      await tell(
        ...['a', 'b', 'c'].flatMap((id) =>
          ['dead', 'well', 'slow'].map((channel) =>
            born(clock, { incidentId: id, channel, sequence: index + 1, kind }),
          ),
        ),
      );
      // What reaches the healthy one reaches it at once: the clock has not moved.
      expect(well.accepted).toHaveLength(3 * (index + 1));
      await clock.advance(120_000);
    }
    expect(dead.accepted).toHaveLength(0);
    dead.answer = () => accepted;
    await clock.advance(30_000);
    for (const id of ['a', 'b', 'c']) {
      const told = dead.accepted.filter(({ notification }) => notification.incidentId === id);
      expect(told.map(({ notification }) => notification.kind)).toEqual(kinds);
    }
    expect(heard.depths).toEqual(
      new Map([
        ['dead', 0],
        ['well', 0],
        ['slow', 15],
      ]),
    );
    await deliverer.stop(0);
  });

  test('one success after an outage hurries every incident that backs off', async () => {
    const channel = new ScriptedChannel();
    const { deliverer, clock, tell } = aDelivery([channel], { random: () => 0.999 });
    await deliverer.start();
    channel.answer = () => down;
    await tell(...['a', 'b', 'c'].map((id) => born(clock, { incidentId: id })));
    await clock.advance(120_000);
    channel.answer = () => accepted;
    await tell(born(clock, { incidentId: 'd' }));
    expect(channel.accepted).toHaveLength(4);
    await deliverer.stop();
  });

  test('a refusal is final, stands on the timeline and holds nothing up', async () => {
    const channel = new ScriptedChannel();
    channel.answer = ({ notification }) =>
      notification.sequence === 1 ? { kind: 'refused', reason: 'rejected', detail: 'HTTP 400' } : accepted;
    const { deliverer, clock, tell, heard, states } = aDelivery([channel]);
    await deliverer.start();
    const [first, second] = [born(clock), born(clock, { sequence: 2, kind: 'resolved' })];
    await tell(first, second);
    expect(heard.events).toMatchObject([{ type: 'undeliverable', notificationId: first.id, reason: 'rejected' }]);
    expect(await states(incidentId)).toEqual({ [first.id]: 'failed', [second.id]: 'delivered' });
    await deliverer.stop();
  });

  test('after 410 it is called no more, and everything for it is marked undeliverable', async () => {
    const channel = new ScriptedChannel('oncall', 1);
    channel.answer = () => ({ kind: 'gone', detail: 'HTTP 410' });
    const { deliverer, clock, tell, heard, log } = aDelivery([channel]);
    await deliverer.start();
    await tell(born(clock), born(clock, { sequence: 2 }), born(clock, { incidentId: 'other' }));
    await tell(born(clock, { incidentId: 'later' }));
    expect(channel.attempts).toHaveLength(1);
    expect(heard.goneChannels).toEqual(['oncall']);
    expect(
      heard.events
        .filter(isIncidentEvent)
        .map((event) => `${event.type} ${event.incidentId}`)
        .sort(),
    ).toEqual([
      `undeliverable ${incidentId}`,
      `undeliverable ${incidentId}`,
      'undeliverable later',
      'undeliverable other',
    ]);
    expect(deliverer.status()).toMatchObject([{ gone: true, pending: 0, lastError: { reason: 'gone' } }]);
    expect(log.lines.filter(({ message }) => message.startsWith('channel is off'))).toHaveLength(1);
    await deliverer.stop();
  });

  test('a notification is given up after a day of trying, and says so', async () => {
    const channel = new ScriptedChannel();
    channel.answer = () => ({ kind: 'retry', reason: 'throttled', detail: 'slow down', retryAfterMs: 600_000 });
    const { deliverer, clock, tell, heard } = aDelivery([channel]);
    await deliverer.start();
    await tell(born(clock));
    await clock.advance(86_000_000);
    expect(heard.events).toEqual([]);
    await clock.advance(1_200_000);
    expect(heard.events).toMatchObject([{ type: 'undeliverable', reason: 'gave-up' }]);
    await deliverer.stop();
  });

  test('a channel that throws counts as unreachable, and its message goes nowhere', async () => {
    const channel = new ScriptedChannel();
    channel.answer = ({ attempt }) => (attempt === 1 ? new TypeError('secret-token') : accepted);
    const { deliverer, clock, tell, log } = aDelivery([channel]);
    await deliverer.start();
    await tell(born(clock));
    await clock.advance(1_000);
    expect(channel.accepted).toHaveLength(1);
    expect(JSON.stringify(log.lines)).toContain('TypeError');
    expect(JSON.stringify(log.lines)).not.toContain('secret-token');
    await deliverer.stop();
  });

  test('setting the wall clock back an hour delays no retry', async () => {
    const channel = new ScriptedChannel();
    channel.answer = ({ attempt }) => (attempt === 1 ? down : accepted);
    const { deliverer, clock, tell } = aDelivery([channel]);
    await deliverer.start();
    await tell(born(clock));
    clock.step(-3_600_000);
    await clock.advance(500);
    expect(channel.accepted).toHaveLength(1);
    await deliverer.stop();
  });
});

describe('stale notifications', () => {
  test('are told by the newest one, which names them', async () => {
    const channel = new ScriptedChannel();
    const clock = new ManualClock();
    const store = new TroubledStore();
    const [firing, resolved] = [born(clock), born(clock, { sequence: 2, kind: 'resolved' })];
    await store.commit({ recordedAt: clock.now(), notifications: [firing, resolved] });
    await clock.advance(900_000);
    const { deliverer, states, heard } = aDelivery([channel], { clock, store });
    await deliverer.start();
    await clock.advance(0);
    expect(channel.attempts).toMatchObject([{ notification: { id: resolved.id }, collapsed: [{ id: firing.id }] }]);
    expect(await states(incidentId)).toEqual({ [firing.id]: 'collapsed', [resolved.id]: 'delivered' });
    expect(heard.settlements.map(({ state }) => state)).toEqual(['delivered', 'collapsed']);
    expect(heard.events).toEqual([]);
    await deliverer.stop();
  });

  test('collapse when they turn stale during a long wait', async () => {
    const channel = new ScriptedChannel();
    channel.answer = ({ notification }) =>
      notification.sequence === 1
        ? { kind: 'retry', reason: 'throttled', detail: 'slow down', retryAfterMs: 600_000 }
        : accepted;
    const { deliverer, clock, tell } = aDelivery([channel]);
    await deliverer.start();
    await tell(born(clock));
    await clock.advance(300_000);
    await tell(born(clock, { sequence: 2, kind: 'resolved' }));
    await clock.advance(599_999);
    expect(channel.accepted).toEqual([]);
    await clock.advance(1);
    expect(channel.accepted).toMatchObject([{ notification: { sequence: 2 }, collapsed: [{ sequence: 1 }] }]);
    await deliverer.stop();
  });
});
