import type { Clock } from '../ports/clock.ts';

/** Runs a task under a signal that aborts after `ms`, or as soon as `stop` does. */
export async function within<T>(
  clock: Pick<Clock, 'sleep'>,
  ms: number,
  stop: AbortSignal,
  task: (bound: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const ended = new AbortController();
  void clock.sleep(ms, ended.signal).then(() => {
    if (!ended.signal.aborted) deadline.abort();
  });
  try {
    return await task(AbortSignal.any([stop, deadline.signal]));
  } finally {
    // A reason of its own spares the making of an error.
    ended.abort(null);
  }
}
