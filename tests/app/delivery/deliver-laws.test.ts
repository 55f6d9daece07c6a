import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import type { Attempt, SendResult } from '../../../src/app/ports/channel.ts';
import type { Notification } from '../../../src/domain/notification/notification.ts';
import { aNotification } from '../../support/a-notification.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ScriptedChannel } from '../../support/scripted-channel.ts';
import { aDelivery } from './delivery-bench.ts';

const channels = ['oncall', 'chat'];
const incidents = ['a', 'b', 'c'];

const outcome = fc.constantFrom<SendResult>(
  { kind: 'accepted' },
  { kind: 'retry', reason: 'unreachable', detail: 'refused' },
  { kind: 'retry', reason: 'throttled', detail: 'slow down', retryAfterMs: 90_000 },
  { kind: 'refused', reason: 'rejected', detail: 'HTTP 400' },
);
const move = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('tell' as const), incident: fc.constantFrom(...incidents) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 1_200_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), inPeace: fc.boolean() }) },
);

/** What the receivers saw, checked attempt by attempt against the laws of delivery. */
class Witness {
  readonly #settled = new Set<string>();
  readonly #told: Notification[] = [];
  readonly #firstAccepted = new Map<string, number[]>();
  readonly violations: string[] = [];

  told(notifications: readonly Notification[]): void {
    this.#told.push(...notifications);
  }

  attempted({ notification, collapsed }: Attempt, result: SendResult): void {
    const lane = (other: Notification): boolean =>
      other.channel === notification.channel && other.incidentId === notification.incidentId;
    const named = new Set(collapsed.map(({ id }) => id));
    for (const earlier of this.#told.filter(lane)) {
      if (earlier.sequence >= notification.sequence) continue;
      if (!this.#settled.has(earlier.id) && !named.has(earlier.id)) {
        this.violations.push(`${notification.id} overtook ${earlier.id}`);
      }
    }
    if (collapsed.some((older) => !lane(older) || older.sequence >= notification.sequence)) {
      this.violations.push(`${notification.id} stands for what is not its own`);
    }
    if (result.kind === 'retry') return;
    for (const { id } of [...collapsed, notification]) this.#settled.add(id);
    if (result.kind !== 'accepted') return;
    const key = `${notification.incidentId} ${notification.channel}`;
    const order = this.#firstAccepted.get(key) ?? [];
    if (!order.includes(notification.sequence)) order.push(notification.sequence);
    this.#firstAccepted.set(key, order);
    if (order.some((sequence, index) => sequence < (order[index - 1] ?? 0))) {
      this.violations.push(`${key} saw ${order.join(', ')}`);
    }
  }

  get unsettled(): readonly string[] {
    return this.#told.filter(({ id }) => !this.#settled.has(id)).map(({ id }) => id);
  }
}

test('whatever receivers answer, however long it takes and whenever the process restarts: in order, nothing lost', async () => {
  const run = fc.asyncProperty(
    fc.array(move, { minLength: 5, maxLength: 40 }),
    fc.infiniteStream(outcome),
    fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
    async (moves, outcomes, random) => {
      const clock = new ManualClock();
      const store = new MemoryStore();
      const witness = new Witness();
      let healed = false;
      const receivers = channels.map((name) => {
        const channel = new ScriptedChannel(name, 2);
        channel.answer = (attempt) => {
          const result: SendResult = healed ? { kind: 'accepted' } : (outcomes.next().value as SendResult);
          witness.attempted(attempt, result);
          return result;
        };
        return channel;
      });
      const start = async () => {
        const process = aDelivery(receivers, { store, clock, random: () => random.next().value as number });
        await process.deliverer.start();
        return process;
      };
      const sequences = new Map<string, number>();
      let process = await start();
      for (const each of moves) {
        if (each.kind === 'pass') await clock.advance(each.ms);
        if (each.kind === 'tell') {
          const sequence = (sequences.get(each.incident) ?? 0) + 1;
          sequences.set(each.incident, sequence);
          const notifications = channels.map((channel) =>
            aNotification({ incidentId: each.incident, channel, sequence, createdAt: clock.now() }),
          );
          witness.told(notifications);
          await process.tell(...notifications);
        }
        if (each.kind === 'restart') {
          await process.deliverer.stop(each.inPeace ? 5_000 : 0);
          process = await start();
        }
      }
      healed = true;
      await clock.advance(1_300_000);
      expect(witness.violations).toEqual([]);
      expect(witness.unsettled).toEqual([]);
      expect(await store.pending()).toEqual([]);
      await process.deliverer.stop();
      expect(clock.asleep).toBe(0);
    },
  );
  await fc.assert(run, { numRuns: 150 });
});
