import { setTimeout as sleep } from 'node:timers/promises';
import { DemoError } from './demo-error.ts';

/** How to wait: what for (a noun phrase, for people), how long at most, and what ends the wait early by rejecting. */
export interface Patience {
  readonly what: string;
  readonly withinMs: number;
  readonly unless: readonly Promise<never>[];
  readonly signal: AbortSignal;
}

const betweenLooksMs = 100;

/**
 * Looks again and again until `look` finds something, and answers with it. Rejects with a DemoError after `withinMs`,
 * naming what was waited for and why the last look failed, and with the signal's reason when it aborts.
 * A look that throws counts as one that found nothing.
 */
export async function eventually<T>(look: () => Promise<T | undefined>, patience: Patience): Promise<T> {
  const ended = new AbortController();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  aborted.catch(() => {});
  patience.signal.addEventListener('abort', () => reject(patience.signal.reason as Error), { signal: ended.signal });
  try {
    patience.signal.throwIfAborted();
    return await Promise.race([keepLooking(look, patience, ended.signal), aborted, ...patience.unless]);
  } finally {
    ended.abort();
  }
}

async function keepLooking<T>(look: () => Promise<T | undefined>, patience: Patience, ended: AbortSignal): Promise<T> {
  const deadline = performance.now() + patience.withinMs;
  for (;;) {
    let problem = '';
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      problem = ` (${error instanceof Error ? error.message : String(error)})`;
    }
    if (performance.now() > deadline) {
      const seconds = Math.round(patience.withinMs / 1000);
      throw new DemoError(`Waited ${seconds} s in vain for ${patience.what}${problem}.`);
    }
    await sleep(betweenLooksMs, undefined, { signal: ended });
  }
}
