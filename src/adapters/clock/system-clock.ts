import { performance } from 'node:perf_hooks';
import type { Clock } from '../../app/ports/clock.ts';

/** Longer waits overflow Node's timers and would fire at once. */
const longestWaitMs = 2 ** 31 - 1;

/** The machine's clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  // Node's own promised timer rejects when it is aborted, and making that error at each poll is not free.
  async sleep(ms, signal) {
    if (signal?.aborted === true) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(Math.max(0, ms), longestWaitMs));
      signal?.addEventListener('abort', end, { once: true });
    });
  },
};
