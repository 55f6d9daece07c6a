import type { QueuedNotification } from '../../domain/notification/delivery-plan.ts';
import { isOutlived, nextStep, retryDelayMs } from '../../domain/notification/delivery-plan.ts';
import { Alarm } from '../tasks/alarm.ts';
import type { ChannelStatus, DeliveryListener, UndeliverableReason } from './delivery-listener.ts';
import { deliveredRecord, failedRecord } from './delivery-record.ts';
import type { DeliveryRecorder } from './delivery-recorder.ts';
import type { Resender } from './resender.ts';
import { sendSafely } from './send-safely.ts';
import type { Channel, SendResult } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

/** One incident's notifications on this channel, by sequence. */
interface Lane {
  readonly incidentId: string;
  queue: QueuedNotification[];
  state: 'waiting' | 'ready' | 'sending';
  /** When to look again; for a waiting lane. */
  wakeAt: number;
  /** False while the receiver named the time of the next try itself. */
  mayHurry: boolean;
}

interface Parts {
  readonly channel: Channel;
  readonly recorder: DeliveryRecorder;
  /** Sends again what has been told, where the channel's receiver forgets. */
  readonly resender?: Resender | undefined;
  readonly listener: DeliveryListener;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly staleAfterMs: () => number;
}

/** So many failures in a row are an outage; the first success after it hurries everyone who waits. */
const outageFailures = 3;

/** Sends one channel's notifications: in order within an incident, side by side across incidents. */
export class DeliveryQueue {
  readonly #parts: Parts;
  readonly #lanes = new Map<string, Lane>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #abort = new AbortController();
  readonly #alarm: Alarm;
  #ready: Lane[] = [];
  #pending = 0;
  #sending = 0;
  #failuresInARow = 0;
  #lastDeliveryAt: number | undefined;
  #lastError: ChannelStatus['lastError'];
  #gone = false;
  #stopped = false;
  #released = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#alarm = new Alarm(parts.clock, () => this.#ring());
  }

  /** Takes notifications in and starts every send that nothing stands before, before it returns. */
  add(notifications: readonly QueuedNotification[]): void {
    if (this.#stopped) return;
    // All take their places before any goes, because what stands behind one decides whether it goes itself.
    const lanes = new Set<Lane>();
    for (const queued of notifications) {
      if (this.#gone) this.#fail(queued, [], 'gone', 'the receiver asked never to be called again');
      else lanes.add(this.#line(queued));
    }
    for (const lane of lanes) {
      if (lane.state === 'waiting') this.#place(lane);
    }
    this.#pump();
  }

  /** Puts a notification in its place in its incident's lane. */
  #line(queued: QueuedNotification): Lane {
    const { incidentId, sequence } = queued.notification;
    let lane = this.#lanes.get(incidentId);
    if (lane === undefined) {
      lane = { incidentId, queue: [], state: 'waiting', wakeAt: Infinity, mayHurry: true };
      this.#lanes.set(incidentId, lane);
    }
    const behind = lane.queue.findIndex((other) => other.notification.sequence > sequence);
    lane.queue.splice(behind < 0 ? lane.queue.length : behind, 0, queued);
    this.#count(1);
    this.#parts.resender?.expect(queued.notification);
    return lane;
  }

  /** Whether something of an incident has not been settled. */
  holds(incidentId: string): boolean {
    return this.#lanes.has(incidentId);
  }

  get isGone(): boolean {
    return this.#gone;
  }

  status(): ChannelStatus {
    const now = this.#parts.clock.monotonic();
    const lastError = laterOf(this.#lastError, this.#parts.resender?.lastError);
    let oldest = now;
    for (const { queue } of this.#lanes.values()) oldest = Math.min(oldest, queue[0]?.bornAt ?? now);
    return {
      name: this.#parts.channel.name,
      type: this.#parts.channel.type,
      pending: this.#pending,
      sending: this.#sending,
      oldestAgeMs: now - oldest,
      ...(this.#lastDeliveryAt === undefined ? {} : { lastDeliveryAt: this.#lastDeliveryAt }),
      ...(lastError === undefined ? {} : { lastError }),
      gone: this.#gone,
      configured: true,
    };
  }

  /** Starts nothing more and resolves when the sends under way have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#alarm.stop();
    await Promise.all(this.#underWay);
  }

  /** Cuts short the sends under way; they are repeated under the same ids by the next process. */
  abort(): void {
    this.#abort.abort();
  }

  /** Gives back what was not sent, for another queue or for later; to be called once it has stopped. */
  release(): readonly QueuedNotification[] {
    const left = [...this.#lanes.values()].flatMap((lane) => lane.queue);
    this.#lanes.clear();
    this.#count(-this.#pending);
    this.#released = true;
    return left;
  }

  /** Puts a lane where its next step belongs. */
  #place(lane: Lane): void {
    const step = nextStep(lane.queue, this.#parts.clock.monotonic(), this.#parts.staleAfterMs());
    switch (step.kind) {
      case 'nothing':
        this.#lanes.delete(lane.incidentId);
        return;
      case 'wait':
        lane.state = 'waiting';
        lane.wakeAt = step.until;
        this.#alarm.set(step.until);
        return;
      case 'send':
        lane.state = 'ready';
        this.#ready.push(lane);
    }
  }

  #pump(): void {
    while (!this.#stopped && this.#sending < this.#parts.channel.concurrency) {
      const lane = this.#ready.shift();
      if (lane === undefined) return;
      // Asked again: a newer notification may have joined, or an older one turned stale, while the lane stood in line.
      const step = nextStep(lane.queue, this.#parts.clock.monotonic(), this.#parts.staleAfterMs());
      if (step.kind === 'send') this.#start(lane, step.next, step.collapsing);
      else this.#place(lane);
    }
  }

  #start(lane: Lane, next: QueuedNotification, collapsing: readonly QueuedNotification[]): void {
    const send = this.#carry(lane, next, collapsing).finally(() => this.#underWay.delete(send));
    this.#underWay.add(send);
  }

  async #carry(lane: Lane, next: QueuedNotification, collapsing: readonly QueuedNotification[]): Promise<void> {
    lane.state = 'sending';
    this.#sending += 1;
    const startedAt = this.#parts.clock.monotonic();
    const result = await this.#send(next, collapsing);
    this.#sending -= 1;
    // A send that was cut short tells nothing about the receiver.
    if (this.#abort.signal.aborted && result.kind !== 'accepted') return;
    this.#parts.listener.attempted({
      channel: this.#parts.channel.name,
      notification: next.notification,
      attempt: next.attempts + 1,
      outcome: result.kind,
      ...('reason' in result ? { reason: result.reason } : {}),
      durationMs: this.#parts.clock.monotonic() - startedAt,
    });
    this.#digest(lane, next, collapsing, result);
    if (this.#gone) this.#abandon(lane);
    else this.#place(lane);
    this.#pump();
  }

  async #send({ notification, attempts }: QueuedNotification, collapsing: readonly QueuedNotification[]) {
    const { channel, resender } = this.#parts;
    // Only awaited where there is something to wait for: a send that can start starts at once.
    const passed = resender?.giveWay(notification.incidentId);
    if (passed !== undefined) await passed;
    const attempt = {
      notification,
      collapsed: collapsing.map((older) => older.notification),
      attempt: attempts + 1,
      ...(resender === undefined ? {} : { earlier: resender.earlier(notification) }),
    };
    return await sendSafely(channel, attempt, this.#abort.signal);
  }

  #digest(lane: Lane, next: QueuedNotification, collapsing: readonly QueuedNotification[], result: SendResult): void {
    const at = this.#parts.clock.now();
    if (result.kind === 'accepted') this.#lastDeliveryAt = at;
    else this.#lastError = { at, reason: result.kind === 'gone' ? 'gone' : result.reason, detail: result.detail };
    switch (result.kind) {
      case 'accepted':
        this.#leave(lane, next, collapsing);
        this.#deliver(next, collapsing);
        this.#comeBack();
        return;
      case 'retry':
        this.#failuresInARow += 1;
        this.#retry(lane, next, collapsing, result);
        return;
      case 'refused':
        this.#leave(lane, next, collapsing);
        this.#fail(next, collapsing, result.reason, result.detail);
        return;
      case 'gone':
        this.#leave(lane, next, collapsing);
        this.#fail(next, collapsing, 'gone', result.detail);
        this.#close(result.detail);
    }
  }

  #deliver(next: QueuedNotification, collapsing: readonly QueuedNotification[]): void {
    const { recorder, clock, log } = this.#parts;
    recorder.settled(deliveredRecord(next, collapsing, clock.now()));
    this.#tell(next, 'delivered');
    for (const older of collapsing) this.#tell(older, 'collapsed');
    log.info('notification delivered', {
      ...facts(next),
      attempts: next.attempts + 1,
      ...(collapsing.length === 0 ? {} : { collapsed: collapsing.map(({ notification }) => notification.id) }),
    });
  }

  #retry(
    lane: Lane,
    next: QueuedNotification,
    collapsing: readonly QueuedNotification[],
    result: Extract<SendResult, { kind: 'retry' }>,
  ): void {
    const { clock, random, recorder, log } = this.#parts;
    const attempts = next.attempts + 1;
    const now = clock.monotonic();
    const lastError = `${result.reason}: ${result.detail}`;
    if (isOutlived(next, now)) {
      this.#leave(lane, next, collapsing);
      this.#fail(next, collapsing, 'gave-up', lastError);
      return;
    }
    const { retryAfterMs } = result;
    const asked = retryAfterMs === undefined ? {} : { retryAfterMs };
    const delayMs = retryDelayMs({ attempts, waiting: this.#lanes.size, ...asked }, random());
    lane.mayHurry = retryAfterMs === undefined;
    lane.queue = lane.queue.map((queued) => (queued === next ? { ...next, attempts, dueAt: now + delayMs } : queued));
    recorder.progress(next.notification.id, {
      state: 'pending',
      attempts,
      nextAttemptAt: clock.now() + delayMs,
      lastError,
    });
    const line = { ...facts(next), attempts, reason: result.reason, detail: result.detail, retryInMs: delayMs };
    // The first failure is news; the following ones are counted in metrics.
    if (attempts === 1) log.warn('notification was not accepted; it will be tried again', line);
    else log.debug('notification was not accepted; it will be tried again', line);
  }

  #fail(
    next: QueuedNotification,
    collapsing: readonly QueuedNotification[],
    reason: UndeliverableReason,
    detail: string,
  ): void {
    const { recorder, clock, log } = this.#parts;
    recorder.settled(failedRecord(next, collapsing, reason, detail, clock.now()));
    this.#tell(next, 'failed', reason);
    for (const older of collapsing) this.#tell(older, 'collapsed');
    log.error('notification cannot be delivered', { ...facts(next), attempts: next.attempts + 1, reason, detail });
  }

  /** The receiver asked never to be called again, so nothing that waits for it can be delivered either. */
  #close(detail: string): void {
    this.#gone = true;
    void this.#parts.resender?.stop();
    const { channel, log, listener } = this.#parts;
    log.error(
      'channel is off until it is set up in another way or Andon starts anew: its receiver asked never to be called again',
      {
        channel: channel.name,
        detail,
      },
    );
    listener.channelGone(channel.name);
    this.#ready = [];
    for (const lane of this.#lanes.values()) {
      if (lane.state !== 'sending') this.#abandon(lane);
    }
  }

  #abandon(lane: Lane): void {
    for (const queued of lane.queue) this.#fail(queued, [], 'gone', 'the receiver asked never to be called again');
    this.#count(-lane.queue.length);
    this.#lanes.delete(lane.incidentId);
  }

  /** After an outage those who back off need not sit it out. */
  #comeBack(): void {
    const outage = this.#failuresInARow >= outageFailures;
    this.#failuresInARow = 0;
    if (!outage) return;
    this.#parts.log.info('channel accepts notifications again', { channel: this.#parts.channel.name });
    const now = this.#parts.clock.monotonic();
    for (const lane of this.#lanes.values()) {
      if (lane.state !== 'waiting' || !lane.mayHurry) continue;
      lane.queue = lane.queue.map((queued) => ({ ...queued, dueAt: Math.min(queued.dueAt, now) }));
      this.#place(lane);
    }
  }

  #leave(lane: Lane, next: QueuedNotification, collapsing: readonly QueuedNotification[]): void {
    const left = new Set([next, ...collapsing]);
    lane.queue = lane.queue.filter((queued) => !left.has(queued));
    lane.mayHurry = true;
    this.#count(-left.size);
  }

  #count(change: number): void {
    // By now somebody else counts them.
    if (this.#released) return;
    this.#pending += change;
    this.#parts.listener.queued(this.#parts.channel.name, this.#pending);
  }

  #ring(): void {
    const now = this.#parts.clock.monotonic();
    let earliest = Infinity;
    for (const lane of this.#lanes.values()) {
      if (lane.state !== 'waiting') continue;
      if (lane.wakeAt <= now) this.#place(lane);
      else earliest = Math.min(earliest, lane.wakeAt);
    }
    if (earliest < Infinity) this.#alarm.set(earliest);
    this.#pump();
  }

  #tell(queued: QueuedNotification, state: 'delivered' | 'failed' | 'collapsed', reason?: UndeliverableReason): void {
    const { channel, clock, listener, resender } = this.#parts;
    if (state !== 'collapsed') resender?.settled(queued.notification);
    listener.settled({
      channel: channel.name,
      notification: queued.notification,
      state,
      ageMs: clock.monotonic() - queued.bornAt,
      ...(reason === undefined ? {} : { reason }),
    });
  }
}

function laterOf(one: ChannelStatus['lastError'], other: ChannelStatus['lastError']): ChannelStatus['lastError'] {
  return one === undefined || (other !== undefined && other.at > one.at) ? other : one;
}

function facts({ notification }: QueuedNotification): Readonly<Record<string, unknown>> {
  const { id, channel, incidentId, kind, page } = notification;
  return { notification: id, channel, incident: incidentId, kind, service: page.service };
}
