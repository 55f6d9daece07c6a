import { afterEach, expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/adapters/clock/system-clock.ts';
import { MemoryStore } from '../../../../src/adapters/memory/memory-store.ts';
import { WebhookChannel } from '../../../../src/adapters/channels/webhook/webhook-channel.ts';
import { Deliverer } from '../../../../src/app/delivery/deliver.ts';
import { aNotification } from '../../../support/a-notification.ts';
import { memoryLog } from '../../../support/memory-log.ts';
import { status, WebhookReceiver } from '../../../support/webhook-receiver.ts';
import { webhookOptions } from './webhook-bench.ts';

const kinds = ['firing', 'resolved', 'relapsed', 'escalated', 'resolved'] as const;
const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

/** Andon's sender with one webhook channel for each name, each with a receiver of its own. */
async function setUp<Name extends string>(names: readonly Name[]) {
  const log = memoryLog();
  const store = new MemoryStore();
  const receivers = new Map<Name, WebhookReceiver>();
  const channels: WebhookChannel[] = [];
  for (const name of names) {
    const receiver = await WebhookReceiver.start();
    const channel = new WebhookChannel(webhookOptions({ name, url: `${receiver.origin}/hook`, timeoutMs: 60_000 }), {
      clock: systemClock,
      log,
    });
    receivers.set(name, receiver);
    channels.push(channel);
    cleanUps.push(async () => {
      await channel.close();
      await receiver.close();
    });
  }
  const deliverer = new Deliverer({
    store,
    channels,
    clock: systemClock,
    log,
    random: Math.random,
    staleAfterMs: 900_000,
    listener: {
      attempted: () => undefined,
      settled: () => undefined,
      resent: () => undefined,
      queued: () => undefined,
      channelGone: () => undefined,
      recorded: () => undefined,
      recordFailed: () => undefined,
    },
  });
  await deliverer.start();
  cleanUps.push(() => deliverer.stop(200));
  return {
    store,
    deliverer,
    receiver: (name: Name): WebhookReceiver => {
      const receiver = receivers.get(name);
      if (receiver === undefined) throw new Error(`no receiver ${name}`);
      return receiver;
    },
    tellAll: async (): Promise<void> => {
      for (const [index, kind] of kinds.entries()) {
        const told = names.map((channel) =>
          aNotification({ channel, kind, sequence: index + 1, createdAt: systemClock.now() }),
        );
        await store.commit({ recordedAt: systemClock.now(), notifications: told });
        deliverer.notify(told);
      }
    },
  };
}

function kindsOf(receiver: WebhookReceiver): readonly string[] {
  return receiver.requests.map(({ text }) => (JSON.parse(text) as { type: string }).type.replace('incident.', ''));
}

test('with one receiver dead and another hanging, the third gets everything in order and at once', async () => {
  const { receiver, tellAll, deliverer } = await setUp(['dead', 'hanging', 'well']);
  await receiver('dead').refuse();
  receiver('hanging').answer = () => ({ kind: 'hang' });
  const before = systemClock.monotonic();
  await tellAll();
  await receiver('well').received(kinds.length);
  expect(systemClock.monotonic() - before).toBeLessThan(1_000);
  expect(kindsOf(receiver('well'))).toEqual(kinds);
  expect(receiver('hanging').requests).toHaveLength(1);
  expect(deliverer.status().find(({ name }) => name === 'hanging')).toMatchObject({
    pending: kinds.length,
    sending: 1,
  });
});

test('a throttled receiver and a failing one are asked again under the same id and get everything in order', async () => {
  const { receiver, tellAll } = await setUp(['throttled', 'failing']);
  receiver('throttled').answer = (_request, count) => (count === 1 ? status(429, { 'retry-after': '0' }) : status(200));
  receiver('failing').answer = (_request, count) => {
    if (count === 1) return status(503);
    return count === 2 ? { kind: 'cut-off' } : status(204);
  };
  await tellAll();
  await receiver('throttled').received(kinds.length + 1);
  await receiver('failing').received(kinds.length + 2);
  expect(kindsOf(receiver('throttled'))).toEqual(['firing', ...kinds]);
  expect(kindsOf(receiver('failing'))).toEqual(['firing', 'firing', ...kinds]);
  const ids = receiver('failing').requests.map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(kinds.length);
});

test('what a receiver took is not in the outbox any more after a stop', async () => {
  const { store, receiver, tellAll, deliverer } = await setUp(['well']);
  await tellAll();
  await receiver('well').received(kinds.length);
  await deliverer.stop(2_000);
  expect(await store.pending()).toEqual([]);
});
