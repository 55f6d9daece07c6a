import type { Clock } from '../ports/clock.ts';

/**
 * Does a task again and again until the signal aborts, each time `ms` after the last has ended; `failed` hears of one that
 * rejects. Does not reject.
 */
export async function every(
  clock: Pick<Clock, 'sleep'>,
  ms: number,
  signal: AbortSignal,
  task: () => Promise<void>,
  failed: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(ms, signal);
    if (signal.aborted) return;
    try {
      await task();
    } catch (error) {
      failed(error);
    }
  }
}
