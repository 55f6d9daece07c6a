import { describe, expect, test } from '@jest/globals';
import type { SendResult } from '../../../src/app/ports/channel.ts';
import { StoreError } from '../../../src/app/ports/store.ts';
import type { NotificationKind } from '../../../src/domain/notification/notification.ts';
import { aNotification } from '../../support/a-notification.ts';
import type { ManualClock } from '../../support/manual-clock.ts';
import { ScriptedChannel } from '../../support/scripted-channel.ts';
import { aDelivery, TroubledStore } from './delivery-bench.ts';

const minute = 60_000;
const resend = { everyMs: minute, resolvedForMs: 15 * minute };
const incidentId = aNotification().incidentId;
const accepted: SendResult = { kind: 'accepted' };
const down: SendResult = { kind: 'retry', reason: 'unreachable', detail: 'connection refused' };
const refusing: SendResult = { kind: 'refused', reason: 'rejected', detail: 'HTTP 401' };

function forgetful(name?: string, concurrency?: number): ScriptedChannel {
  const channel = new ScriptedChannel(name, concurrency);
  channel.resend = resend;
  return channel;
}

const one = (clock: ManualClock, sequence = 1, kind: NotificationKind = 'firing', incident = incidentId) =>
  aNotification({ createdAt: clock.now(), sequence, kind, incidentId: incident });
/** What arrived, and whether it was sent again. */
const seen = ({ accepted: taken }: ScriptedChannel) =>
  taken.map(({ notification, again }) => `${notification.sequence}${again === true ? ' again' : ''}`);

describe('a channel whose receiver forgets', () => {
  test('is told again of an open incident every minute, and of its end for a quarter of an hour', async () => {
    const channel = forgetful();
    const { deliverer, clock, tell, heard, store } = aDelivery([channel]);
    await deliverer.start();
    await tell(one(clock));
    await clock.advance(3 * minute);
    expect(seen(channel)).toEqual(['1', '1 again', '1 again', '1 again']);
    await tell(one(clock, 2, 'resolved'));
    await clock.advance(60 * minute);
    expect(seen(channel).slice(4)).toEqual(['2', ...Array.from({ length: 14 }, () => '2 again')]);
    expect(clock.asleep).toBe(0);
    expect(heard.resends).toEqual(Array.from({ length: 17 }, () => true));
    // Nothing of it is news.
    expect(heard.attempts).toHaveLength(2);
    expect(heard.events).toHaveLength(1);
    expect(await store.outbox(incidentId)).toHaveLength(2);
    await deliverer.stop();
  });

  test('is not when it did not ask for it', async () => {
    const channel = new ScriptedChannel();
    const { deliverer, clock, tell } = aDelivery([channel]);
    await deliverer.start();
    await tell(one(clock));
    await clock.advance(10 * minute);
    expect(channel.attempts).toHaveLength(1);
    expect(channel.attempts[0]).not.toHaveProperty('earlier');
    await deliverer.stop();
  });

  test('hears with each what came before it, whatever became of that', async () => {
    const channel = forgetful();
    channel.answer = ({ notification }) => (notification.sequence === 1 ? refusing : accepted);
    const { deliverer, clock, tell } = aDelivery([channel]);
    await deliverer.start();
    await tell(one(clock));
    await tell(one(clock, 2, 'escalated'));
    await clock.advance(minute);
    expect(channel.accepted.map(({ again, earlier = [] }) => [again, earlier.map(({ sequence }) => sequence)])).toEqual(
      [
        [undefined, [1]],
        [true, [1]],
      ],
    );
    await deliverer.stop();
  });

  test('is not told again of the old while something newer is tried', async () => {
    const channel = forgetful();
    const { deliverer, clock, tell } = aDelivery([channel]);
    await deliverer.start();
    await tell(one(clock));
    channel.answer = () => down;
    await tell(one(clock, 2, 'resolved'));
    await clock.advance(5 * minute);
    expect(new Set(channel.attempts.slice(1).map(({ notification }) => notification.sequence))).toEqual(new Set([2]));
    channel.answer = () => accepted;
    await clock.advance(minute);
    expect(seen(channel)).toEqual(['1', '2']);
    await deliverer.stop();
  });

  test('is told again of what it refused, so that it hears of the incident once it is mended', async () => {
    const channel = forgetful();
    channel.answer = () => refusing;
    const { deliverer, clock, tell, states } = aDelivery([channel]);
    await deliverer.start();
    await tell(one(clock));
    await clock.advance(minute);
    expect(channel.accepted).toEqual([]);
    channel.answer = () => accepted;
    await clock.advance(minute);
    expect(seen(channel)).toEqual(['1 again']);
    expect(Object.values(await states(incidentId))).toEqual(['failed']);
    await deliverer.stop();
  });

  test('that is away costs one line in the log, and other incidents nothing', async () => {
    const channel = forgetful();
    const { deliverer, clock, tell, log, heard } = aDelivery([channel]);
    await deliverer.start();
    await tell(...['a', 'b', 'c'].map((id) => one(clock, 1, 'firing', id)));
    const lines = () => log.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields['detail']);
    channel.answer = () => down;
    await clock.advance(5 * minute);
    expect(lines()).toEqual(['connection refused']);
    expect(deliverer.status()).toMatchObject([{ pending: 0, lastError: { detail: 'connection refused' } }]);
    channel.answer = ({ notification }) => (notification.incidentId === 'b' ? refusing : accepted);
    await clock.advance(5 * minute);
    expect(lines()).toEqual(['connection refused', 'HTTP 401']);
    channel.answer = () => accepted;
    await clock.advance(minute);
    expect(log.lines.at(-1)?.message).toBe('channel takes open incidents again');
    expect(heard.resends.filter((taken) => !taken)).toHaveLength(15 + 5);
    await deliverer.stop();
  });

  test('that asks never to be called again is left alone', async () => {
    const channel = forgetful();
    const { deliverer, clock, tell } = aDelivery([channel]);
    await deliverer.start();
    await tell(one(clock), one(clock, 1, 'firing', 'another'));
    channel.answer = () => ({ kind: 'gone', detail: 'HTTP 410' });
    await tell(one(clock, 2, 'escalated'));
    await clock.advance(10 * minute);
    expect(channel.attempts).toHaveLength(3);
    await deliverer.stop();
  });
});

describe('a page', () => {
  test('waits for no send of the old of other incidents, however many hang', async () => {
    const channel = forgetful('oncall', 2);
    const { deliverer, clock, tell } = aDelivery([channel]);
    await deliverer.start();
    await tell(...['a', 'b', 'c', 'd'].map((id) => one(clock, 1, 'firing', id)));
    channel.answer = ({ again }) => (again === true ? 'hold' : accepted);
    await clock.advance(minute);
    expect(channel.held.map(({ notification }) => notification.incidentId)).toEqual(['a', 'b']);
    await tell(one(clock, 1, 'firing', 'new'));
    expect(channel.acceptedIds.at(-1)).toContain('new');
    for (const held of channel.held) held.end(accepted);
    await clock.advance(0);
    expect(channel.held.map(({ notification }) => notification.incidentId)).toEqual(['a', 'b', 'c', 'd']);
    await deliverer.stop();
  });

  test.each([
    { name: 'ends', end: true, afterMs: 300 },
    { name: 'hangs', end: false, afterMs: 1_000 },
  ])('about an incident goes once the send of the old that is under way $name', async ({ end, afterMs }) => {
    const channel = forgetful();
    const { deliverer, clock, tell } = aDelivery([channel]);
    await deliverer.start();
    await tell(one(clock));
    channel.answer = ({ again }) => (again === true ? 'hold' : accepted);
    await clock.advance(minute);
    await tell(one(clock, 2, 'resolved'));
    await clock.advance(299);
    expect(seen(channel)).toEqual(['1']);
    if (end) channel.held[0]?.end(accepted);
    await clock.advance(afterMs - 299);
    expect(seen(channel)).toEqual(end ? ['1', '1 again', '2'] : ['1', '2']);
    await deliverer.stop();
  });
});

describe('a restart', () => {
  test('tells at once what was told before, with what came before that', async () => {
    const channel = forgetful();
    const before = aDelivery([channel]);
    await before.deliverer.start();
    await before.tell(one(before.clock));
    await before.tell(one(before.clock, 2, 'escalated'));
    await before.deliverer.stop();
    const { store, clock } = before;
    const again = forgetful();
    const { deliverer } = aDelivery([again, new ScriptedChannel('other')], {
      store,
      clock,
      incidents: [
        { id: incidentId, told: ['oncall', 'other'] },
        { id: 'unknown', told: ['oncall'] },
      ],
    });
    await deliverer.start();
    await clock.advance(minute);
    expect(seen(again)).toEqual(['2 again', '2 again']);
    expect(again.accepted[0]?.earlier?.map(({ sequence }) => sequence)).toEqual([1]);
    await deliverer.stop();
  });

  test('goes on with the end only until it has been told for long enough', async () => {
    const channel = forgetful();
    const before = aDelivery([channel]);
    await before.deliverer.start();
    await before.tell(one(before.clock));
    await before.tell(one(before.clock, 2, 'resolved'));
    await before.deliverer.stop();
    const { store, clock } = before;
    await clock.advance(13 * minute);
    const again = forgetful();
    const { deliverer } = aDelivery([again], { store, clock, incidents: [{ id: incidentId, told: ['oncall'] }] });
    await deliverer.start();
    await clock.advance(10 * minute);
    expect(seen(again)).toEqual(['2 again', '2 again']);
    await deliverer.stop();
  });

  test('sends what waited in the outbox as news, and nothing older beside it', async () => {
    const store = new TroubledStore();
    const before = aDelivery([forgetful()], { store });
    await before.deliverer.start();
    await before.tell(one(before.clock));
    await before.deliverer.stop();
    const { clock } = before;
    await store.commit({ recordedAt: clock.now(), notifications: [one(clock, 2, 'resolved')] });
    const channel = forgetful();
    const { deliverer } = aDelivery([channel], { store, clock, incidents: [{ id: incidentId, told: ['oncall'] }] });
    await deliverer.start();
    await clock.advance(minute);
    expect(seen(channel)).toEqual(['2', '2 again']);
    await deliverer.stop();
  });

  test('pages all the same when what was told cannot be read', async () => {
    class Unreadable extends TroubledStore {
      override async outbox(): Promise<never> {
        return await Promise.reject(new StoreError('corrupt', 'the file is damaged'));
      }
    }
    const channel = forgetful();
    const { deliverer, tell, clock, log } = aDelivery([channel], {
      store: new Unreadable(),
      incidents: [{ id: 'old', told: ['oncall'] }],
    });
    await deliverer.start();
    expect(log.lines).toMatchObject([{ level: 'error', fields: { detail: 'the file is damaged' } }]);
    await tell(one(clock));
    expect(seen(channel)).toEqual(['1']);
    await deliverer.stop();
  });
});

describe('a reload', () => {
  test('tells a channel that is set up anew at once, and the one before it no more', async () => {
    const channel = forgetful();
    const { deliverer, clock, tell } = aDelivery([channel]);
    await deliverer.start();
    await tell(one(clock));
    const other = forgetful();
    await deliverer.use([other], 900_000);
    await clock.advance(minute);
    expect([seen(channel), seen(other)]).toEqual([['1'], ['1 again', '1 again']]);
    await deliverer.stop();
  });

  test('tells nothing more when the channel leaves, and goes on when it is back', async () => {
    const channel = forgetful();
    const { deliverer, clock, tell } = aDelivery([channel], { incidents: [{ id: incidentId, told: ['oncall'] }] });
    await deliverer.start();
    await tell(one(clock));
    await deliverer.keepOnly([]);
    await clock.advance(10 * minute);
    expect(seen(channel)).toEqual(['1']);
    const back = forgetful();
    await deliverer.use([back], 900_000);
    await clock.advance(0);
    expect(seen(back)).toEqual(['1 again']);
    await deliverer.stop();
  });

  test('that makes a channel one whose receiver forgets tells it of what is open', async () => {
    const { deliverer, clock, tell } = aDelivery([new ScriptedChannel()], {
      incidents: [{ id: incidentId, told: ['oncall'] }],
    });
    await deliverer.start();
    await tell(one(clock));
    await clock.advance(minute);
    const channel = forgetful();
    await deliverer.use([channel], 900_000);
    await clock.advance(0);
    expect(seen(channel)).toEqual(['1 again']);
    await deliverer.stop();
  });
});

test('a stop cuts short what is sent again, and leaves nothing behind', async () => {
  const channel = forgetful();
  const { deliverer, clock, tell, heard, log } = aDelivery([channel]);
  await deliverer.start();
  await tell(one(clock));
  channel.answer = () => 'hold';
  await clock.advance(minute);
  await deliverer.stop();
  expect(channel.held[0]?.signal.aborted).toBe(true);
  await clock.advance(10 * minute);
  expect(channel.attempts).toHaveLength(2);
  // What was cut short tells nothing about the receiver.
  expect(heard.resends).toEqual([]);
  expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  expect(clock.asleep).toBe(0);
});
