import type { Notification } from './notification.ts';

/** A notification waiting for one channel. Times are ms on a clock that never steps back. */
export interface QueuedNotification {
  readonly notification: Notification;
  /** Tries made so far. */
  readonly attempts: number;
  /** When it was created; may lie before the clock's origin. */
  readonly bornAt: number;
  /** Not to be tried before this. */
  readonly dueAt: number;
}

export type DeliveryStep =
  /** Send `next`; it stands for `collapsing`, oldest first, which will never be sent themselves. */
  | { readonly kind: 'send'; readonly next: QueuedNotification; readonly collapsing: readonly QueuedNotification[] }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'nothing' };

/**
 * Decides what to do with one incident's notifications on one channel, given by rising sequence.
 * Order holds because only the first may go, or the last in the name of all before it.
 */
export function nextStep(queue: readonly QueuedNotification[], now: number, staleAfterMs: number): DeliveryStep {
  const first = queue[0];
  const last = queue.at(-1);
  if (first === undefined || last === undefined) return { kind: 'nothing' };
  // Hours later nobody wants the story replayed page by page: the newest one tells it.
  const collapses = queue.length > 1 && now - first.bornAt >= staleAfterMs;
  const next = collapses ? last : first;
  if (next.dueAt > now) {
    // A fresh first one that waits for its retry may turn stale before; then the newest takes over.
    const staleAt = !collapses && queue.length > 1 ? first.bornAt + staleAfterMs : next.dueAt;
    return { kind: 'wait', until: Math.min(next.dueAt, staleAt) };
  }
  return { kind: 'send', next, collapsing: collapses ? queue.slice(0, -1) : [] };
}

export interface RetryPolicy {
  /** Upper end of the first delay, ms; it doubles with each try. */
  readonly firstMs: number;
  /** Upper end of every delay, ms. */
  readonly capMs: number;
  /** A receiver that asks for longer than this is asked again all the same, ms. */
  readonly retryAfterCapMs: number;
  /** After this age, once tried in this process, a notification is given up, ms. */
  readonly giveUpAfterMs: number;
  /** The cap grows so that a dead channel sees no more tries per second than this, however many incidents wait. */
  readonly maxTriesPerSecond: number;
}

/** Quick at first, then every few seconds: a receiver that comes back after ten minutes is served within the cap. */
export const retryPolicy: RetryPolicy = {
  firstMs: 500,
  capMs: 15_000,
  retryAfterCapMs: 600_000,
  giveUpAfterMs: 86_400_000,
  maxTriesPerSecond: 20,
};

export interface FailedTry {
  /** Tries made, this one included. */
  readonly attempts: number;
  /** What the receiver asked for, ms. */
  readonly retryAfterMs?: number;
  /** How many incidents' queues wait for this channel. */
  readonly waiting: number;
}

/** How long to wait after a failed try, ms. `random` is from 0 to below 1: full jitter spreads the retries out. */
export function retryDelayMs(failed: FailedTry, random: number, policy: RetryPolicy = retryPolicy): number {
  if (failed.retryAfterMs !== undefined) {
    // Never before the receiver said, never a second after it, and never in a tight loop when it said zero.
    const asked = Math.min(Math.max(failed.retryAfterMs, policy.firstMs), policy.retryAfterCapMs);
    return asked + Math.round(random * policy.firstMs);
  }
  const cap = Math.max(policy.capMs, (failed.waiting / policy.maxTriesPerSecond) * 2000);
  return Math.round(random * Math.min(cap, policy.firstMs * 2 ** Math.min(failed.attempts - 1, 30)));
}

/** Whether a notification that just failed has become too old to matter. */
export function isOutlived(queued: QueuedNotification, now: number, policy: RetryPolicy = retryPolicy): boolean {
  return now - queued.bornAt >= policy.giveUpAfterMs;
}
