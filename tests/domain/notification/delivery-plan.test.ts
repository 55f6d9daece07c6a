import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { QueuedNotification } from '../../../src/domain/notification/delivery-plan.ts';
import { isOutlived, nextStep, retryDelayMs, retryPolicy } from '../../../src/domain/notification/delivery-plan.ts';
import { aNotification } from '../../support/a-notification.ts';

const stale = 900_000;

function queued(sequence: number, changes: Partial<QueuedNotification> = {}): QueuedNotification {
  return { notification: aNotification({ sequence }), attempts: 0, bornAt: 0, dueAt: 0, ...changes };
}

describe('the next step of one incident on one channel', () => {
  test('is nothing when nothing waits', () => {
    expect(nextStep([], 0, stale)).toEqual({ kind: 'nothing' });
  });

  test.each([
    { name: 'the first goes, however many wait behind it', queue: [queued(1), queued(2), queued(3)], now: 0, sends: 1 },
    {
      name: 'the first goes when its retry is due to the millisecond',
      queue: [queued(1, { dueAt: 500 })],
      now: 500,
      sends: 1,
    },
    { name: 'a lone one goes however old it is', queue: [queued(1)], now: 10 * stale, sends: 1 },
    { name: 'one that is not quite stale goes itself', queue: [queued(1), queued(2)], now: stale - 1, sends: 1 },
    { name: 'the newest goes for stale ones', queue: [queued(1), queued(2)], now: stale, sends: 2, collapsing: [1] },
    {
      name: 'the newest goes for fresh ones in between, too',
      queue: [queued(1), queued(2, { bornAt: stale }), queued(3, { bornAt: stale })],
      now: stale,
      sends: 3,
      collapsing: [1, 2],
    },
    {
      name: 'the newest does not wait for the retry of a stale one',
      queue: [queued(1, { dueAt: stale + 5_000 }), queued(2)],
      now: stale,
      sends: 2,
      collapsing: [1],
    },
  ])('$name', ({ queue, now, sends, collapsing = [] }) => {
    const step = nextStep(queue, now, stale);
    expect(step.kind).toBe('send');
    if (step.kind !== 'send') return;
    expect(step.next.notification.sequence).toBe(sends);
    expect(step.collapsing.map(({ notification }) => notification.sequence)).toEqual(collapsing);
  });

  test.each([
    { name: 'waits for the retry of the first', queue: [queued(1, { dueAt: 700 })], now: 500, until: 700 },
    {
      name: 'a later one does not overtake the first while that waits',
      queue: [queued(1, { dueAt: 700 }), queued(2)],
      now: 500,
      until: 700,
    },
    {
      name: 'waits only until the first turns stale, when another can take over',
      queue: [queued(1, { dueAt: stale + 60_000 }), queued(2)],
      now: stale - 1_000,
      until: stale,
    },
    {
      name: 'a newest one that stands for others waits for its own retry',
      queue: [queued(1), queued(2, { dueAt: stale + 300 })],
      now: stale,
      until: stale + 300,
    },
  ])('$name', ({ queue, now, until }) => {
    expect(nextStep(queue, now, stale)).toEqual({ kind: 'wait', until });
  });

  test('whatever happens and whenever, nothing is overtaken and nothing is told twice', () => {
    const outcome = fc.constantFrom('accepted', 'retry', 'refused', 'joins');
    const move = fc.record({
      outcome,
      passes: fc.integer({ min: 0, max: stale }),
      delay: fc.integer({ min: 0, max: 60_000 }),
    });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
        let queue: QueuedNotification[] = [];
        let sequence = 0;
        let now = 0;
        const told: number[] = [];
        for (const { outcome, passes, delay } of moves) {
          now += passes;
          if (outcome === 'joins') {
            queue = queue.concat(queued((sequence += 1), { bornAt: now, dueAt: now }));
            continue;
          }
          const step = nextStep(queue, now, stale);
          if (step.kind !== 'send') continue;
          const leaving = new Set([step.next, ...step.collapsing]);
          const before = queue.filter(({ notification }) => notification.sequence < step.next.notification.sequence);
          expect(before.filter((earlier) => !leaving.has(earlier))).toEqual([]);
          if (outcome === 'retry') {
            queue = queue.map((each) => (each === step.next ? { ...each, dueAt: now + delay } : each));
            continue;
          }
          queue = queue.filter((each) => !leaving.has(each));
          if (outcome === 'accepted') told.push(...[...leaving].map(({ notification }) => notification.sequence));
        }
        expect(new Set(told).size).toBe(told.length);
      }),
    );
  });
});

describe('the delay before a retry', () => {
  test.each([
    { attempts: 1, upTo: 500 },
    { attempts: 2, upTo: 1_000 },
    { attempts: 5, upTo: 8_000 },
    { attempts: 6, upTo: 15_000 },
    { attempts: 5_000, upTo: 15_000 },
  ])('is anything up to $upTo ms after try $attempts', ({ attempts, upTo }) => {
    expect(retryDelayMs({ attempts, waiting: 1 }, 0)).toBe(0);
    expect(retryDelayMs({ attempts, waiting: 1 }, 0.999_999)).toBe(upTo);
  });

  test.each([
    { asked: 2_000, least: 2_000, most: 2_500 },
    { asked: 0, least: 500, most: 1_000 },
    { asked: 86_400_000, least: 600_000, most: 600_500 },
  ])('keeps to a Retry-After of $asked ms, within bounds', ({ asked, least, most }) => {
    const failed = { attempts: 9, waiting: 1, retryAfterMs: asked };
    expect(retryDelayMs(failed, 0)).toBe(least);
    expect(retryDelayMs(failed, 0.999_999)).toBe(most);
  });

  test('grows with the number of incidents that wait, so that a dead channel is not hammered', () => {
    const mean = retryDelayMs({ attempts: 50, waiting: 10_000 }, 0.5);
    expect(10_000 / (mean / 1000)).toBeCloseTo(retryPolicy.maxTriesPerSecond);
  });
});

test('a notification is outlived after a day', () => {
  expect(isOutlived(queued(1, { bornAt: 5 }), 86_400_004)).toBe(false);
  expect(isOutlived(queued(1, { bornAt: 5 }), 86_400_005)).toBe(true);
});
