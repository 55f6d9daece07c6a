import { isOutlived, nextStep, retryPolicy, type QueuedNotification } from '../../domain/notification/delivery-plan.ts';
import { Alarm } from '../tasks/alarm.ts';
import type { ChannelStatus, DeliveryListener } from './delivery-listener.ts';
import { failedRecord } from './delivery-record.ts';
import type { DeliveryRecorder } from './delivery-recorder.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

interface Parts {
  readonly clock: Clock;
  readonly log: Log;
  readonly recorder: DeliveryRecorder;
  readonly listener: DeliveryListener;
  readonly staleAfterMs: () => number;
}

interface Waiting {
  readonly since: number;
  readonly queue: QueuedNotification[];
}

const reason = 'no-such-channel';

/** Notifications whose channel is not configured: they wait in the outbox for it to come back, until they are too old. */
export class Stranded {
  readonly #parts: Parts;
  readonly #byChannel = new Map<string, Waiting>();
  readonly #alarm: Alarm;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#alarm = new Alarm(parts.clock, () => this.#giveUp());
  }

  add(notifications: readonly QueuedNotification[]): void {
    for (const queued of notifications) {
      const { id, channel, incidentId } = queued.notification;
      let waiting = this.#byChannel.get(channel);
      if (waiting === undefined) {
        waiting = { since: this.#parts.clock.now(), queue: [] };
        this.#byChannel.set(channel, waiting);
      }
      waiting.queue.push(queued);
      if (isOutlived(queued, this.#parts.clock.monotonic())) continue;
      this.#parts.log.error('no channel of this name is configured: the notification stays in the outbox', {
        notification: id,
        channel,
        incident: incidentId,
        reason,
      });
    }
    this.#tell();
    this.#giveUp();
  }

  /** Hands over what waits for a channel that is configured again. */
  take(channel: string): readonly QueuedNotification[] {
    const waiting = this.#byChannel.get(channel);
    this.#byChannel.delete(channel);
    return waiting?.queue ?? [];
  }

  status(): readonly ChannelStatus[] {
    const now = this.#parts.clock.monotonic();
    return Array.from(this.#byChannel, ([name, { since, queue }]) => ({
      name,
      type: 'none',
      configured: false,
      pending: queue.length,
      sending: 0,
      oldestAgeMs: Math.max(0, ...queue.map(({ bornAt }) => now - bornAt)),
      gone: false,
      lastError: { at: since, reason, detail: detailOf(name) },
    }));
  }

  stop(): void {
    this.#alarm.stop();
  }

  /** Says of what has become too old that it will never be sent. */
  #giveUp(): void {
    const now = this.#parts.clock.monotonic();
    for (const [channel, { since, queue }] of this.#byChannel) {
      const lanes = Map.groupBy(queue, ({ notification }) => notification.incidentId);
      const left = Array.from(lanes.values(), (lane) => this.#leftOf(lane, now)).flat();
      if (left.length === 0) this.#byChannel.delete(channel);
      else this.#byChannel.set(channel, { since, queue: left });
      if (left.length < queue.length) this.#parts.listener.queued(channel, left.length);
    }
  }

  /**
   * What still waits of one incident, by the plan that a channel goes by: what is told by a newer one, once its channel is
   * back, waits as long as the newer one does.
   */
  #leftOf(lane: readonly QueuedNotification[], now: number): readonly QueuedNotification[] {
    const left = lane.toSorted((a, b) => a.notification.sequence - b.notification.sequence);
    for (;;) {
      const step = nextStep(
        left.map((queued) => ({ ...queued, dueAt: now })),
        now,
        this.#parts.staleAfterMs(),
      );
      if (step.kind !== 'send') return left;
      if (!isOutlived(step.next, now)) {
        this.#alarm.set(step.next.bornAt + retryPolicy.giveUpAfterMs);
        return left;
      }
      left.splice(0, step.collapsing.length + 1);
      this.#fail(step.next, step.collapsing, now);
    }
  }

  #fail(next: QueuedNotification, collapsing: readonly QueuedNotification[], now: number): void {
    const { clock, log, recorder, listener } = this.#parts;
    const { id, channel, incidentId } = next.notification;
    recorder.settled(failedRecord(next, collapsing, reason, detailOf(channel), clock.now()));
    for (const { notification, bornAt } of collapsing)
      listener.settled({ channel, notification, state: 'collapsed', ageMs: now - bornAt });
    listener.settled({
      channel,
      notification: next.notification,
      state: 'failed',
      reason,
      ageMs: now - next.bornAt,
    });
    log.error('notification cannot be delivered', {
      notification: id,
      channel,
      incident: incidentId,
      reason,
      detail: detailOf(channel),
    });
  }

  #tell(): void {
    for (const [channel, { queue }] of this.#byChannel) this.#parts.listener.queued(channel, queue.length);
  }
}

function detailOf(channel: string): string {
  return `no channel named ${channel} is configured`;
}
