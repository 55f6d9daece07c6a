import type { Notification } from '../../domain/notification/notification.ts';
import {
  nextResend,
  withNotification,
  withSettled,
  type ResendPolicy,
  type Telling,
} from '../../domain/notification/resend-plan.ts';
import { Alarm } from '../tasks/alarm.ts';
import type { Channel, SendResult } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { OutboxEntry } from '../ports/store.ts';
import type { ChannelStatus, DeliveryListener } from './delivery-listener.ts';
import { sendSafely } from './send-safely.ts';

interface Parts {
  readonly channel: Channel;
  readonly policy: ResendPolicy;
  readonly clock: Clock;
  readonly log: Log;
  readonly listener: DeliveryListener;
}

interface Running {
  readonly cut: AbortController;
  readonly ended: Promise<void>;
}

/** How long something new waits for a send of the old to end, ms; then that one is cut short. */
const giveWayMs = 1_000;
/** How long a send that was cut short may take to end, ms. */
const cutShortMs = 250;

const untold: Telling = { notifications: [], sentAt: -Infinity };

/**
 * Sends what one channel was last told of each open incident again and again, for receivers that forget. Nothing of it
 * is written down: after a restart it is put together from the outbox. It has as many sends of its own as the channel's
 * queue has, and gives way to what is new, so that no page ever waits for it.
 */
export class Resender {
  readonly #parts: Parts;
  readonly #tellings = new Map<string, Telling>();
  readonly #running = new Map<string, Running>();
  /** What the last send again of an incident failed with. */
  readonly #problems = new Map<string, string>();
  readonly #alarm: Alarm;
  readonly #due = new Set<string>();
  #lastError: ChannelStatus['lastError'];
  #stopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#alarm = new Alarm(parts.clock, () => this.#ring());
  }

  /** Why what was sent again was last not accepted. */
  get lastError(): ChannelStatus['lastError'] {
    return this.#lastError;
  }

  /** A notification that the queue took in: until it is settled, nothing of its incident is sent again. */
  expect(notification: Notification): void {
    this.#change(notification.incidentId, (telling) => withNotification(telling, notification));
  }

  /** The queue is done with a notification, whatever became of it. */
  settled(notification: Notification): void {
    const now = this.#parts.clock.monotonic();
    this.#change(notification.incidentId, (telling) => ({
      ...withSettled(telling, notification, now),
      sentAt: now,
    }));
    this.#place(notification.incidentId);
  }

  /** Takes up what earlier processes told of one incident, and sends it at once. */
  recall(entries: readonly OutboxEntry[]): void {
    const now = this.#parts.clock.monotonic();
    for (const { notification, delivery } of entries) {
      const ageMs = Math.max(0, this.#parts.clock.now() - notification.createdAt);
      const isSettled = delivery.state === 'delivered' || delivery.state === 'failed';
      this.#change(notification.incidentId, (telling) =>
        isSettled ? withSettled(telling, notification, now - ageMs) : withNotification(telling, notification),
      );
    }
    for (const id of new Set(entries.map(({ notification }) => notification.incidentId))) this.#place(id);
  }

  /** Takes over from the resender of the channel as it was set up before, and sends all at once: the receiver may be another. */
  takeOver(tellings: ReadonlyMap<string, Telling>): void {
    for (const [id, telling] of tellings) {
      this.#tellings.set(id, { ...telling, sentAt: -Infinity });
      this.#place(id);
    }
  }

  /** What came before a notification in its incident, oldest first. */
  earlier({ incidentId, sequence }: Notification): readonly Notification[] {
    const known = this.#tellings.get(incidentId)?.notifications ?? [];
    return known.filter((other) => other.sequence < sequence);
  }

  /** Lets something new of an incident pass: resolves once no send of the old can arrive after it. Undefined: nothing is under way. */
  giveWay(incidentId: string): Promise<void> | undefined {
    const running = this.#running.get(incidentId);
    return running === undefined ? undefined : this.#giveWay(running);
  }

  /** Cuts short what is under way and sends nothing more. Returns what was told, for another to take over. */
  async stop(): Promise<ReadonlyMap<string, Telling>> {
    this.#stopped = true;
    this.#alarm.stop();
    const running = [...this.#running.values()];
    for (const { cut } of running) cut.abort();
    await this.#within(Promise.all(running.map(async ({ ended }) => await ended)), cutShortMs);
    return this.#tellings;
  }

  #change(incidentId: string, change: (telling: Telling) => Telling): void {
    this.#tellings.set(incidentId, change(this.#tellings.get(incidentId) ?? untold));
  }

  /** Puts an incident where its next step belongs. */
  #place(incidentId: string): void {
    const telling = this.#tellings.get(incidentId);
    if (this.#stopped || telling === undefined || this.#running.has(incidentId)) return;
    const step = nextResend(telling, this.#parts.clock.monotonic(), this.#parts.policy);
    switch (step.kind) {
      case 'newer-pending':
        return;
      case 'over':
        this.#tellings.delete(incidentId);
        this.#problems.delete(incidentId);
        return;
      case 'wait':
        this.#alarm.set(step.until);
        return;
      case 'send':
        this.#due.add(incidentId);
        this.#pump();
    }
  }

  #ring(): void {
    for (const id of this.#tellings.keys()) this.#place(id);
  }

  #pump(): void {
    for (const id of this.#due) {
      if (this.#stopped || this.#running.size >= this.#parts.channel.concurrency) return;
      this.#due.delete(id);
      const telling = this.#tellings.get(id);
      if (telling === undefined || this.#running.has(id)) continue;
      // Asked again: something newer may have come while it stood in line.
      const step = nextResend(telling, this.#parts.clock.monotonic(), this.#parts.policy);
      if (step.kind === 'send') this.#start(id, telling, step.notification);
      else this.#place(id);
    }
  }

  #start(id: string, telling: Telling, notification: Notification): void {
    const cut = new AbortController();
    this.#tellings.set(id, { ...telling, sentAt: this.#parts.clock.monotonic() });
    const ended = this.#send(notification, cut.signal).then(() => {
      this.#running.delete(id);
      this.#place(id);
      this.#pump();
    });
    this.#running.set(id, { cut, ended });
  }

  async #send(notification: Notification, signal: AbortSignal): Promise<void> {
    const { channel, listener } = this.#parts;
    const earlier = this.earlier(notification);
    const result = await sendSafely(channel, { notification, collapsed: [], attempt: 1, earlier, again: true }, signal);
    // A send that was cut short tells nothing about the receiver.
    if (signal.aborted && result.kind !== 'accepted') return;
    listener.resent(channel.name, result.kind === 'accepted');
    this.#say(notification, result);
    if (result.kind === 'gone') {
      this.#stopped = true;
      this.#alarm.stop();
    }
  }

  /** An outage hits every incident alike: what fails is said once, and again only when it fails in another way. */
  #say({ incidentId }: Notification, result: SendResult): void {
    const { channel, clock, log } = this.#parts;
    if (result.kind === 'accepted') {
      if (this.#problems.delete(incidentId) && this.#problems.size === 0)
        log.info('channel takes open incidents again', { channel: channel.name });
      return;
    }
    const reason = result.kind === 'gone' ? 'gone' : result.reason;
    this.#lastError = { at: clock.now(), reason, detail: result.detail };
    const problem = `${reason}: ${result.detail}`;
    const isNews = !new Set(this.#problems.values()).has(problem);
    this.#problems.set(incidentId, problem);
    if (!isNews) return;
    log.warn('channel could not be told again of an open incident; it is tried on', {
      channel: channel.name,
      incident: incidentId,
      reason,
      detail: result.detail,
    });
  }

  async #giveWay({ cut, ended }: Running): Promise<void> {
    await this.#within(ended, giveWayMs);
    cut.abort();
    await this.#within(ended, cutShortMs);
  }

  async #within(work: Promise<unknown>, ms: number): Promise<void> {
    const done = new AbortController();
    await Promise.race([work, this.#parts.clock.sleep(ms, done.signal)]);
    done.abort();
  }
}
