import { describe, expect, test } from '@jest/globals';
import { ManualClock } from './manual-clock.ts';

describe('a manual clock', () => {
  test('wakes sleepers in order of their time, each with the clock at it', async () => {
    const clock = new ManualClock(1_000);
    const woken: string[] = [];
    const sleep = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woken.push(`${name} at ${clock.now()}`);
    };
    void sleep('late', 30);
    void sleep('early', 10);
    void sleep('also early', 10);
    await clock.advance(20);
    expect(woken).toEqual(['early at 1010', 'also early at 1010']);
    await clock.advance(10);
    expect(woken).toHaveLength(3);
    expect(clock.asleep).toBe(0);
  });

  test('runs a loop that sleeps again for as often as its time comes', async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    let rounds = 0;
    const loop = (async () => {
      while (!stop.signal.aborted) {
        await clock.sleep(10, stop.signal);
        rounds += 1;
      }
    })();
    await clock.advance(100);
    expect(rounds).toBe(10);
    stop.abort();
    await loop;
    expect(clock.asleep).toBe(0);
  });

  test('ends a sleep at once when its signal aborts, before or after it began', async () => {
    const clock = new ManualClock();
    const signal = AbortSignal.abort();
    await clock.sleep(10, signal);
    const stop = new AbortController();
    const sleeping = clock.sleep(10, stop.signal);
    stop.abort();
    await sleeping;
    expect(clock.asleep).toBe(0);
  });

  test('steps the wall without moving what schedules go by', () => {
    const clock = new ManualClock(5_000);
    clock.step(-3_000);
    expect([clock.now(), clock.monotonic()]).toEqual([2_000, 0]);
  });
});
