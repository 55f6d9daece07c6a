import { setTimeout as sleep } from 'node:timers/promises';
import type { Failed } from './failure.ts';

export interface RetryPlan {
  readonly signal: AbortSignal;
  readonly random: () => number;
  /** A source that asks for more patience than this is given up at once. */
  readonly longestWaitMs: number;
}

const maxRetries = 2;
const firstBackoffMs = 200;

/** Tries again what a moment may mend, at most twice, with exponential backoff and full jitter; ends with the signal. */
export async function withRetries<T extends { readonly kind: 'ok' }>(
  attempt: () => Promise<T | Failed>,
  { signal, random, longestWaitMs }: RetryPlan,
): Promise<T | Failed> {
  for (let retries = 0; ; retries++) {
    const answer = await attempt();
    if (answer.kind === 'ok' || !answer.retriable || retries === maxRetries) return answer;
    const backoffMs = random() * firstBackoffMs * 2 ** retries;
    const waitMs = Math.max(backoffMs, answer.retryAfterMs ?? 0);
    if (waitMs > longestWaitMs || signal.aborted) return answer;
    try {
      await sleep(waitMs, undefined, { signal });
    } catch {
      return answer;
    }
  }
}
