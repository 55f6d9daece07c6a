import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import type { Attempt, Channel, SendResult } from '../../../src/app/ports/channel.ts';
import { aNotification } from '../../support/a-notification.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aDelivery } from './delivery-bench.ts';

const incidents = ['a', 'b', 'c', 'd'];
const minute = 60_000;

const answer = fc.record({
  result: fc.constantFrom<SendResult>(
    { kind: 'accepted' },
    { kind: 'accepted' },
    { kind: 'retry', reason: 'unreachable', detail: 'refused' },
    { kind: 'retry', reason: 'throttled', detail: 'slow down', retryAfterMs: 90_000 },
    { kind: 'refused', reason: 'rejected', detail: 'HTTP 400' },
  ),
  tookMs: fc.constantFrom(0, 5, 400, 15_000),
});
const move = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('tell' as const), incident: fc.constantFrom(...incidents) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 90_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);

/** A receiver that takes its time, and knows what it must not see. */
class SlowReceiver implements Channel {
  readonly name = 'oncall';
  readonly type = 'slow';
  readonly concurrency = 2;
  readonly resend = { everyMs: minute, resolvedForMs: 15 * minute };
  readonly violations: string[] = [];
  /** The newest sequence of each incident that was told. */
  readonly newest = new Map<string, number>();
  readonly lastAccepted = new Map<string, { readonly sequence: number; readonly at: number }>();
  readonly #underWay = new Map<string, AbortSignal>();
  readonly #clock: ManualClock;
  readonly #next: () => { readonly result: SendResult; readonly tookMs: number };

  constructor(clock: ManualClock, next: () => { readonly result: SendResult; readonly tookMs: number }) {
    this.#clock = clock;
    this.#next = next;
  }

  async send({ notification, again = false, earlier }: Attempt, signal: AbortSignal): Promise<SendResult> {
    const { incidentId, sequence } = notification;
    if (again && sequence !== this.newest.get(incidentId)) this.violations.push(`${notification.id} is not the newest`);
    if (this.#underWay.get(incidentId)?.aborted === false) this.violations.push(`two of ${incidentId} at once`);
    if (earlier === undefined || earlier.some((other) => other.sequence >= sequence))
      this.violations.push(`${notification.id} came before itself`);
    this.#underWay.set(incidentId, signal);
    const { result, tookMs } = this.#next();
    if (tookMs > 0) await this.#clock.sleep(tookMs, signal);
    if (this.#underWay.get(incidentId) === signal) this.#underWay.delete(incidentId);
    if (signal.aborted) return { kind: 'retry', reason: 'timeout', detail: 'cut short' };
    if (result.kind === 'accepted') {
      if (sequence < (this.lastAccepted.get(incidentId)?.sequence ?? 0))
        this.violations.push(`${notification.id} came late`);
      this.lastAccepted.set(incidentId, { sequence, at: this.#clock.monotonic() });
    }
    return result;
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }
}

test('whatever a receiver does and however slow it is: what is sent again is the newest, alone, and goes on for ever', async () => {
  const run = fc.asyncProperty(
    fc.array(move, { minLength: 5, maxLength: 40 }),
    fc.infiniteStream(answer),
    async (moves, answers) => {
      const clock = new ManualClock();
      const store = new MemoryStore();
      let healed = false;
      const receiver = new SlowReceiver(clock, () => {
        const next = answers.next().value as { readonly result: SendResult; readonly tookMs: number };
        return healed ? { result: { kind: 'accepted' }, tookMs: 5 } : next;
      });
      const open = incidents.map((id) => ({ id, told: ['oncall'] }));
      const start = async () => {
        const process = aDelivery([receiver], { store, clock, incidents: open });
        await process.deliverer.start();
        return process;
      };
      let process = await start();
      for (const each of moves) {
        if (each.kind === 'pass') await clock.advance(each.ms);
        if (each.kind === 'tell') {
          const { incident: incidentId } = each;
          const sequence = (receiver.newest.get(incidentId) ?? 0) + 1;
          receiver.newest.set(incidentId, sequence);
          await process.tell(aNotification({ incidentId, sequence, createdAt: clock.now() }));
        }
        if (each.kind === 'restart') {
          const stopping = process.deliverer.stop();
          await clock.advance(5_000);
          await stopping;
          process = await start();
        }
      }
      healed = true;
      await clock.advance(5 * minute);
      expect(receiver.violations).toEqual([]);
      for (const [incidentId, sequence] of receiver.newest) {
        const last = receiver.lastAccepted.get(incidentId);
        expect(last).toMatchObject({ sequence });
        expect(clock.monotonic() - (last?.at ?? -Infinity)).toBeLessThanOrEqual(minute + 10);
      }
      await process.deliverer.stop();
      expect(clock.asleep).toBe(0);
    },
  );
  await fc.assert(run, { numRuns: 150 });
});
