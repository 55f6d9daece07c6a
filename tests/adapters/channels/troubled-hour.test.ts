import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import type { Notification } from '../../../src/domain/notification/notification.ts';
import { aDelivery } from '../../app/delivery/delivery-bench.ts';
import { aNotification } from '../../support/a-notification.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { status } from '../../support/webhook-receiver.ts';
import { channelKinds, ChannelWithReceiver } from './every-channel.ts';
import { SecretDirectory } from './webhook/webhook-bench.ts';

const stepMs = 60_000;
const hourMs = 3_600_000;

let secrets: SecretDirectory;
beforeAll(async () => {
  secrets = await SecretDirectory.make();
});
afterAll(async () => {
  await secrets[Symbol.asyncDispose]();
});

const troubles: Readonly<Record<string, (sick: ChannelWithReceiver) => Promise<void>>> = {
  hangs: async ({ receiver }) => {
    receiver.answer = () => ({ kind: 'hang' });
    await Promise.resolve();
  },
  refuses: async ({ receiver }) => {
    await receiver.refuse();
  },
  'floods 429': async ({ receiver }) => {
    receiver.answer = () => status(429, { 'retry-after': '30' });
    await Promise.resolve();
  },
};

/** Real time that a receiver has to answer in, ms; enough on a machine with much else to do. */
const patientMs = 10_000;

/** A well and a sick channel of every kind, behind one deliverer on a manual clock. */
async function aWard(sickTimeoutMs = patientMs) {
  const clock = new ManualClock();
  const store = new MemoryStore();
  const open = async (name: string, kind: string, timeoutMs: number) =>
    await ChannelWithReceiver.start(kind, { name, clock, timeoutMs, secrets });
  const well = await Promise.all(channelKinds.map(async (kind) => await open(`well-${kind}`, kind, patientMs)));
  const sick = await Promise.all(channelKinds.map(async (kind) => await open(`sick-${kind}`, kind, sickTimeoutMs)));
  const all = [...well, ...sick];
  const delivery = aDelivery(
    all.map(({ channel }) => channel),
    { clock, store, random: () => 0.9 },
  );
  await delivery.deliverer.start();
  return {
    ...delivery,
    clock,
    store,
    well,
    sick,
    all,
    async [Symbol.asyncDispose]() {
      await delivery.deliverer.stop(0);
      await Promise.all(all.map(async (each) => await each[Symbol.asyncDispose]()));
    },
  };
}

/** Lets what can be sent at this time be sent, and what came of it be recorded. */
async function settled(channels: readonly ChannelWithReceiver[], clock: ManualClock): Promise<void> {
  for (let busy = true; busy;) {
    await clock.advance(0);
    busy = (await Promise.all(channels.map(async (each) => await each.quiet()))).includes(true);
  }
}

/** The ids that the receiver was told of, by themselves or in the name of a newer one. */
function toldOf({ accepted }: ChannelWithReceiver): readonly string[] {
  return accepted.flatMap(({ notification, collapsed }) => [...collapsed, notification].map(({ id }) => id));
}

function expectOrder({ accepted }: ChannelWithReceiver): void {
  const last = new Map<string, number>();
  for (const { notification } of accepted) {
    expect(notification.sequence).toBeGreaterThan(last.get(notification.incidentId) ?? 0);
    last.set(notification.incidentId, notification.sequence);
  }
}

describe.each(Object.keys(troubles))('a channel of any kind whose receiver %s for an hour', (trouble) => {
  test('delays no other channel and loses nothing', async () => {
    await using ward = await aWard(trouble === 'hangs' ? 100 : patientMs);
    const { clock, well, sick, tell, heard, store } = ward;
    await Promise.all(sick.map(troubles[trouble] ?? (() => Promise.resolve())));
    const told: Notification[] = [];
    const say = async (incidentId: string, sequence: number, kind: 'firing' | 'resolved') => {
      const made = ward.all.map(({ channel }) =>
        aNotification({ channel: channel.name, incidentId, sequence, kind, createdAt: clock.now() }),
      );
      told.push(...made);
      await tell(...made);
    };
    const toldTo = (channel: string) => told.filter((each) => each.channel === channel).map(({ id }) => id);

    for (let past = 0; past < hourMs; past += stepMs) {
      if (past % 600_000 === 0) await say(`i${past / 600_000}`, 1, 'firing');
      if (past % 600_000 === 300_000) await say(`i${(past - 300_000) / 600_000}`, 2, 'resolved');
      await settled(well, clock);
      for (const { channel, accepted } of well)
        expect(accepted.map(({ notification }) => notification.id)).toEqual(toldTo(channel.name));
      await clock.advance(stepMs);
      await settled(sick, clock);
    }

    for (const { accepted } of well) for (const each of accepted) expect(each.at).toBe(each.notification.createdAt);
    for (const { accepted, attempts } of sick) {
      expect(accepted).toEqual([]);
      expect(attempts).toBeGreaterThan(hourMs / stepMs);
    }
    expect(heard.events.filter(({ type }) => type === 'undeliverable')).toEqual([]);

    for (const each of sick) {
      each.heal();
      if (trouble === 'refuses') await each.receiver.comeBack();
    }
    for (let past = 0; past < 60_000; past += 5_000) {
      await clock.advance(5_000);
      await settled(ward.all, clock);
    }
    for (const each of sick) {
      expect([...toldOf(each)].sort()).toEqual([...toldTo(each.channel.name)].sort());
      expectOrder(each);
    }
    expect(await store.pending()).toEqual([]);
    expect(heard.events.filter(({ type }) => type === 'undeliverable')).toEqual([]);
  }, 120_000);
});

test('ten thousand notifications that wait for channels of every kind drain in order, each once', async () => {
  await using ward = await aWard();
  const { clock, all, tell, store } = ward;
  const notifications = Array.from({ length: 10_000 }, (_, index) => {
    const round = Math.floor(index / all.length);
    const incident = { incidentId: `i${round % 100}`, sequence: 1 + Math.floor(round / 100) };
    return aNotification({ ...incident, channel: all[index % all.length]?.channel.name ?? '', createdAt: clock.now() });
  });
  await tell(...notifications);
  await settled(all, clock);
  for (const each of all) {
    const mine = notifications.filter(({ channel }) => channel === each.channel.name).map(({ id }) => id);
    expect([...toldOf(each)].sort()).toEqual(mine.sort());
    expect(each.receiver.requests).toHaveLength(mine.length);
    expectOrder(each);
  }
  expect(await store.pending()).toEqual([]);
}, 120_000);
