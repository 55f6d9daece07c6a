import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../app/ports/clock.ts';

/** Longer waits overflow Node's timers and would fire at once. */
const longestWaitMs = 2 ** 31 - 1;

/** The machine's clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    const isOver = (): boolean => signal?.aborted === true;
    if (isOver()) return;
    try {
      await wait(Math.min(Math.max(0, ms), longestWaitMs), undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // An aborted wait is an early end, not a failure.
      if (!isOver()) throw error;
    }
  },
};
