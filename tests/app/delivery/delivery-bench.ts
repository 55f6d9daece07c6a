import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { Deliverer } from '../../../src/app/delivery/deliver.ts';
import type { ToldIncident } from '../../../src/app/delivery/recall-told.ts';
import type { AttemptFacts, DeliveryListener, SettledFacts } from '../../../src/app/delivery/delivery-listener.ts';
import type { Channel } from '../../../src/app/ports/channel.ts';
import type { Commit, Store } from '../../../src/app/ports/store.ts';
import type { StoredLogEvent } from '../../../src/domain/log/log-event.ts';
import type { Notification } from '../../../src/domain/notification/notification.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { memoryLog } from '../../support/memory-log.ts';

const staleAfterMs = 900_000;

/** A listener that keeps what it hears. */
export class HeardDelivery implements DeliveryListener {
  readonly attempts: AttemptFacts[] = [];
  readonly settlements: SettledFacts[] = [];
  readonly goneChannels: string[] = [];
  readonly events: StoredLogEvent[] = [];
  readonly recordFailures: string[] = [];
  readonly depths = new Map<string, number>();
  /** Of each send again, whether it was accepted. */
  readonly resends: boolean[] = [];

  attempted(facts: AttemptFacts): void {
    this.attempts.push(facts);
  }
  settled(facts: SettledFacts): void {
    this.settlements.push(facts);
  }
  resent(_channel: string, accepted: boolean): void {
    this.resends.push(accepted);
  }
  queued(channel: string, pending: number): void {
    this.depths.set(channel, pending);
  }
  channelGone(channel: string): void {
    this.goneChannels.push(channel);
  }
  recorded(events: readonly StoredLogEvent[]): void {
    this.events.push(...events);
  }
  recordFailed(reason: string): void {
    this.recordFailures.push(reason);
  }
}

/** A store that counts commits and can be told to fail. */
export class TroubledStore extends MemoryStore {
  readonly commits: Commit[] = [];
  failure: Error | undefined;

  override async commit(commit: Commit): Promise<readonly StoredLogEvent[]> {
    if (this.failure !== undefined) throw this.failure;
    this.commits.push(commit);
    return await super.commit(commit);
  }
}

/** A deliverer with everything round it, as one process has it; `store` and `clock` outlive the process. */
export function aDelivery(
  channels: readonly Channel[],
  parts: { store?: Store; clock?: ManualClock; random?: () => number; incidents?: readonly ToldIncident[] } = {},
) {
  const clock = parts.clock ?? new ManualClock();
  const store = parts.store ?? new MemoryStore();
  const heard = new HeardDelivery();
  const log = memoryLog();
  const deliverer = new Deliverer({
    store,
    channels,
    clock,
    log,
    random: parts.random ?? (() => 0.5),
    listener: heard,
    staleAfterMs,
    incidentsSince: () => parts.incidents ?? [],
  });
  return {
    clock,
    store,
    heard,
    log,
    deliverer,
    /** Commits and hands over, as the poll does. */
    tell: async (...notifications: Notification[]): Promise<void> => {
      await store.commit({ recordedAt: clock.now(), notifications });
      deliverer.notify(notifications);
      await clock.advance(0);
    },
    /** The delivery state of each notification of an incident, by id. */
    states: async (incidentId: string): Promise<Readonly<Record<string, string>>> => {
      const entries = await store.outbox(incidentId);
      return Object.fromEntries(entries.map(({ notification, delivery }) => [notification.id, delivery.state]));
    },
  };
}
