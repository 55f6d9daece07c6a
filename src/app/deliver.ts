import type { QueuedNotification } from '../domain/delivery-plan.ts';
import { isOutlived, retryPolicy } from '../domain/delivery-plan.ts';
import type { Notification } from '../domain/notification.ts';
import type { ChannelStatus, DeliveryListener } from './delivery-listener.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { failedRecord } from './delivery-record.ts';
import { DeliveryRecorder } from './delivery-recorder.ts';
import type { Channel } from './ports/channel.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { OutboxEntry, Store } from './ports/store.ts';

export interface DelivererParts {
  readonly store: Store;
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 to below 1; spreads retries out. */
  readonly random: () => number;
  readonly listener: DeliveryListener;
  /** After this age, ms, a notification with a newer one behind it is told by the newer one. */
  readonly staleAfterMs: number;
}

/** How long a stop without a deadline lets sends under way finish, ms. */
const defaultStopMs = 5_000;
/** The last part of a stop, kept for writing down what the sends came to, ms. */
const recordReserveMs = 500;
/** How many finished ids are remembered, so that a notification handed over twice is sent once. */
const finishedLimit = 10_000;

/**
 * Drains the outbox: at least once, in order per incident and channel, each notification always under its own id.
 * Channels know nothing of each other, so a dead one delays no other.
 */
export class Deliverer {
  readonly #parts: DelivererParts;
  readonly #recorder: DeliveryRecorder;
  readonly #queues: ReadonlyMap<string, DeliveryQueue>;
  readonly #taken = new Set<string>();
  #early: Notification[] | undefined = [];
  #stopping: Promise<void> | undefined;

  constructor(parts: DelivererParts) {
    this.#parts = parts;
    this.#recorder = new DeliveryRecorder(parts);
    this.#queues = new Map(
      parts.channels.map((channel) => [
        channel.name,
        new DeliveryQueue({ ...parts, channel, recorder: this.#recorder }),
      ]),
    );
  }

  /** Loads what earlier processes left and begins to send. Rejects with StoreError. */
  async start(): Promise<void> {
    const left = await this.#parts.store.pending();
    const early = this.#early ?? [];
    this.#early = undefined;
    this.#take(left);
    this.notify(early);
    if (left.length > 0) this.#parts.log.info('taking up notifications left in the outbox', { count: left.length });
  }

  /** Hands over notifications that were just committed; a send that can start has started when this returns. */
  notify(notifications: readonly Notification[]): void {
    if (this.#early !== undefined) {
      this.#early.push(...notifications);
      return;
    }
    this.#take(
      notifications.map((notification) => ({
        notification,
        delivery: { state: 'pending', attempts: 0, nextAttemptAt: notification.createdAt },
      })),
    );
  }

  /** One line a channel, for metrics and the API. */
  status(): readonly ChannelStatus[] {
    return Array.from(this.#queues.values(), (queue) => queue.status());
  }

  /**
   * Starts nothing more, lets sends under way finish, writes down what they came to; takes no longer than the
   * deadline, ms. What is left stays in the outbox.
   */
  stop(deadlineMs: number = defaultStopMs): Promise<void> {
    this.#stopping ??= this.#stop(deadlineMs);
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(deadlineMs: number): Promise<void> {
    const queues = [...this.#queues.values()];
    const reserveMs = Math.min(recordReserveMs, deadlineMs / 2);
    const ended = Promise.all(queues.map((queue) => queue.stop()));
    await this.#within(ended, deadlineMs - reserveMs);
    for (const queue of queues) queue.abort();
    await this.#within(
      ended.then(() => this.#recorder.drain()),
      reserveMs,
    );
  }

  async #within(work: Promise<unknown>, ms: number): Promise<void> {
    if (ms <= 0) return;
    const done = new AbortController();
    const bound = this.#parts.clock.sleep(ms, done.signal);
    await Promise.race([work, bound]);
    done.abort();
  }

  #take(entries: readonly OutboxEntry[]): void {
    const byQueue = new Map<DeliveryQueue, QueuedNotification[]>();
    for (const { notification, delivery } of entries) {
      if (delivery.state !== 'pending' || this.#taken.has(notification.id)) continue;
      this.#remember(notification.id);
      const queued = this.#queued(notification, delivery.attempts, delivery.nextAttemptAt);
      const queue = this.#queues.get(notification.channel);
      if (queue === undefined) this.#strand(queued);
      else byQueue.set(queue, [...(byQueue.get(queue) ?? []), queued]);
    }
    for (const [queue, taken] of byQueue) queue.add(taken);
  }

  /** Wall-clock times become times on the clock that never steps back, so that a clock set anew delays nothing. */
  #queued(notification: Notification, attempts: number, nextAttemptAt: number): QueuedNotification {
    const now = this.#parts.clock.now();
    const monotonic = this.#parts.clock.monotonic();
    const waitMs = Math.min(Math.max(0, nextAttemptAt - now), retryPolicy.retryAfterCapMs);
    return {
      notification,
      attempts,
      bornAt: monotonic - Math.max(0, now - notification.createdAt),
      dueAt: monotonic + waitMs,
    };
  }

  /** A channel that is not configured now may be again after the next reload; its notifications wait until they are too old. */
  #strand(queued: QueuedNotification): void {
    const { clock, log } = this.#parts;
    const { id, channel, incidentId } = queued.notification;
    const line = { notification: id, channel, incident: incidentId };
    if (!isOutlived(queued, clock.monotonic())) {
      log.error('no channel of this name is configured: the notification stays in the outbox', line);
      return;
    }
    const detail = `no channel named ${channel} is configured`;
    this.#recorder.settled(failedRecord(queued, [], 'no-such-channel', detail, clock.now()));
    log.error('notification cannot be delivered', { ...line, reason: 'no-such-channel', detail });
  }

  #remember(id: string): void {
    this.#taken.add(id);
    if (this.#taken.size <= finishedLimit) return;
    for (const oldest of this.#taken) {
      this.#taken.delete(oldest);
      return;
    }
  }
}
