import { describe, expect, test } from '@jest/globals';
import { every } from '../../../src/app/tasks/every.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('a task that is done every so often', () => {
  test('is done again after the last has ended, goes on when one fails, and ends with the signal', async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const done: number[] = [];
    const failures: unknown[] = [];
    const began = clock.now();
    const running = every(
      clock,
      1_000,
      stop.signal,
      async () => {
        done.push(clock.now() - began);
        // The second one takes its time, and the third fails.
        if (done.length === 2) await clock.sleep(2_500);
        if (done.length === 3) throw new Error('no');
      },
      (error) => failures.push(error),
    );

    await clock.advance(6_000);
    expect(done).toEqual([1_000, 2_000, 5_500]);
    await clock.advance(1_000);
    stop.abort();
    await running;

    expect(done).toEqual([1_000, 2_000, 5_500, 6_500]);
    expect(failures).toEqual([new Error('no')]);
    expect(clock.asleep).toBe(0);
  });
});
