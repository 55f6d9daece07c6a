import type { QueuedNotification } from '../../domain/notification/delivery-plan.ts';
import { retryPolicy } from '../../domain/notification/delivery-plan.ts';
import { usualKinds, type Notification, type NotificationKind } from '../../domain/notification/notification.ts';
import type { Reachable } from '../../domain/notification/reminder-plan.ts';
import type { ChannelStatus, DeliveryListener } from './delivery-listener.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { DeliveryRecorder } from './delivery-recorder.ts';
import { recallTold, type ToldIncident } from './recall-told.ts';
import { Resender } from './resender.ts';
import { sendSafely } from './send-safely.ts';
import type { Channel, SendResult } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { OutboxEntry, Store } from '../ports/store.ts';
import { remember } from '../remember.ts';
import { Stranded } from './stranded.ts';

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
  /** Incidents that were not over at a time, ms since the epoch: channels that resend go on telling of them after a restart. */
  readonly incidentsSince?: (at: number) => readonly ToldIncident[];
}

/** How long a stop without a deadline, and a channel that is set up anew, lets sends under way finish, ms. */
const defaultStopMs = 5_000;
/** The last part of a stop, kept for writing down what the sends came to, ms. */
const recordReserveMs = 500;
/** How long a send that was cut short may take to end, ms. */
const cutShortMs = 250;
/** How many finished ids are remembered, so that a notification handed over twice is sent once. */
const finishedLimit = 10_000;

/** A channel's queue, with the channel it was made for. */
interface Outlet {
  readonly channel: Channel;
  readonly queue: DeliveryQueue;
  readonly resender: Resender | undefined;
}

/**
 * Drains the outbox: at least once, in order per incident and channel, each notification always under its own id.
 * Channels know nothing of each other, so a dead one delays no other.
 */
export class Deliverer {
  readonly #parts: DelivererParts;
  readonly #recorder: DeliveryRecorder;
  readonly #stranded: Stranded;
  readonly #outlets = new Map<string, Outlet>();
  /** What came for channels that are just being set up anew. */
  readonly #moving = new Map<string, QueuedNotification[]>();
  readonly #taken = new Set<string>();
  #staleAfterMs: number;
  #early: Notification[] | undefined = [];
  #stopping: Promise<void> | undefined;

  constructor(parts: DelivererParts) {
    this.#parts = parts;
    this.#staleAfterMs = parts.staleAfterMs;
    this.#recorder = new DeliveryRecorder(parts);
    this.#stranded = new Stranded({ ...parts, recorder: this.#recorder, staleAfterMs: () => this.#staleAfterMs });
    for (const channel of parts.channels) this.#open(channel);
  }

  /**
   * Takes over new channels, and those that are set up in another way: what waited for them goes on in order, and sends
   * under way finish first, within 5 s.
   */
  async use(channels: readonly Channel[], staleAfterMs: number): Promise<void> {
    this.#staleAfterMs = staleAfterMs;
    await Promise.all(
      channels.map(async (channel) => {
        const before = this.#outlets.get(channel.name);
        if (before?.channel === channel) return;
        if (before !== undefined) await this.#move(before, channel);
        else this.#open(channel).queue.add(this.#stranded.take(channel.name));
        if (this.#early === undefined) await this.#recall([channel.name]);
      }),
    );
  }

  /** Lets go of every other channel; what waited for one stays in the outbox, for it to come back. */
  async keepOnly(channels: readonly Channel[]): Promise<void> {
    const kept = new Set(channels.map(({ name }) => name));
    const gone = [...this.#outlets.values()].filter(({ channel }) => !kept.has(channel.name));
    await Promise.all(
      gone.map(async ({ channel, queue, resender }) => {
        this.#outlets.delete(channel.name);
        await resender?.stop();
        this.#stranded.add(await this.#empty(queue));
      }),
    );
  }

  #open(channel: Channel): Outlet {
    const staleAfterMs = (): number => this.#staleAfterMs;
    const { resend } = channel;
    const resender = resend === undefined ? undefined : new Resender({ ...this.#parts, channel, policy: resend });
    const queue = new DeliveryQueue({ ...this.#parts, channel, resender, recorder: this.#recorder, staleAfterMs });
    const outlet = { channel, queue, resender };
    this.#outlets.set(channel.name, outlet);
    return outlet;
  }

  async #move({ queue, resender }: Outlet, to: Channel): Promise<void> {
    const came: QueuedNotification[] = [];
    this.#moving.set(to.name, came);
    const [left, told] = await Promise.all([this.#empty(queue), resender?.stop()]);
    this.#moving.delete(to.name);
    const opened = this.#open(to);
    opened.queue.add([...left, ...came]);
    if (told !== undefined) opened.resender?.takeOver(told);
  }

  async #recall(channels: readonly string[]): Promise<void> {
    const resenders = channels.flatMap((name) => {
      const { channel, resender } = this.#outlets.get(name) ?? {};
      return channel?.resend === undefined || resender === undefined ? [] : [{ channel, resender }];
    });
    await recallTold(resenders, this.#parts);
  }

  /** Loads what earlier processes left and begins to send. Rejects with StoreError. */
  async start(): Promise<void> {
    const left = await this.#parts.store.pending();
    await this.#recall([...this.#outlets.keys()]);
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

  /** Whether a channel that is configured is told of a kind. */
  wants(name: string, kind: NotificationKind): boolean {
    const channel = this.#outlets.get(name)?.channel;
    return channel !== undefined && (channel.wants ?? usualKinds).includes(kind);
  }

  /** What reminders of an incident have to know of channels. */
  reachable(incidentId: string): Reachable {
    return {
      exists: (name) => this.wants(name, 'unacknowledged'),
      repeats: (name) => {
        const { channel, queue } = this.#outlets.get(name) ?? {};
        return channel?.resend === undefined && queue?.isGone === false && this.wants(name, 'repeated');
      },
      waits: (name) => this.#moving.has(name) || this.#outlets.get(name)?.queue.holds(incidentId) === true,
    };
  }

  /** Sends once, past the queue and unrecorded, and says what became of it; undefined: no such channel is configured. */
  async sendTest(notification: Notification, signal: AbortSignal): Promise<SendResult | undefined> {
    const channel = this.#outlets.get(notification.channel)?.channel;
    return channel && (await sendSafely(channel, { notification, collapsed: [], attempt: 1 }, signal));
  }

  /** One line a channel, for metrics and the API. */
  status(): readonly ChannelStatus[] {
    return [...Array.from(this.#outlets.values(), ({ queue }) => queue.status()), ...this.#stranded.status()];
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
    const outlets = [...this.#outlets.values()];
    const queues = outlets.map(({ queue }) => queue);
    this.#stranded.stop();
    const reserveMs = Math.min(recordReserveMs, deadlineMs / 2);
    const ended = Promise.all([
      ...queues.map(async (queue) => await queue.stop()),
      ...outlets.map(async ({ resender }) => void (await resender?.stop())),
    ]);
    await this.#within(ended, deadlineMs - reserveMs);
    for (const queue of queues) queue.abort();
    await this.#within(
      ended.then(() => this.#recorder.drain()),
      reserveMs,
    );
  }

  /** Stops a queue, cutting short what does not end by itself in time, and takes what it has not sent. */
  async #empty(queue: DeliveryQueue): Promise<readonly QueuedNotification[]> {
    const ended = queue.stop();
    await this.#within(ended, defaultStopMs);
    queue.abort();
    await this.#within(ended, cutShortMs);
    return queue.release();
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
    const stranded: QueuedNotification[] = [];
    for (const { notification, delivery } of entries) {
      if (delivery.state !== 'pending' || !remember(this.#taken, notification.id, finishedLimit)) continue;
      const queued = this.#queued(notification, delivery.attempts, delivery.nextAttemptAt);
      const queue = this.#outlets.get(notification.channel)?.queue;
      const moving = this.#moving.get(notification.channel);
      if (moving !== undefined) moving.push(queued);
      else if (queue === undefined) stranded.push(queued);
      else byQueue.set(queue, [...(byQueue.get(queue) ?? []), queued]);
    }
    for (const [queue, taken] of byQueue) queue.add(taken);
    // All at once: whether one is too old depends on what stands behind it.
    if (stranded.length > 0) this.#stranded.add(stranded);
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
}
