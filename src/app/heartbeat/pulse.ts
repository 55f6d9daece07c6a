import type { ChannelStatus, DeliveryListener, SettledFacts } from '../delivery/delivery-listener.ts';
import type { Clock } from '../ports/clock.ts';
import type { PolledFacts, Telemetry } from '../ports/telemetry.ts';

/** Why the heart does not beat. */
export type SilenceReason = 'blind' | 'undelivered';

/** What Andon last did of what it is there for; times by the clock that never steps back, ms. */
export class Pulse {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #readAt: number;
  /** Since when channels have taken nothing, by those that refused a page for good. */
  readonly #refusing = new Map<string, number>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
    this.#readAt = clock.monotonic();
  }

  /** Hears of a poll; one that read something proves that Andon sees. */
  polled({ outcome }: Pick<PolledFacts, 'outcome'>): void {
    if (outcome !== 'failed') this.#readAt = this.#clock.monotonic();
  }

  /** Hears of a page that arrived, or never will. */
  settled({ channel, state }: Pick<SettledFacts, 'channel' | 'state'>): void {
    if (state === 'delivered') this.#refusing.delete(channel);
    if (state === 'failed' && !this.#refusing.has(channel)) this.#refusing.set(channel, this.#clock.monotonic());
  }

  /** A test arrived: whatever was refused before, the channel works. */
  arrived(channel: string): void {
    this.#refusing.delete(channel);
  }

  /** Why Andon does not work as it must; undefined: it does. Channels that are not configured any more wait for nobody. */
  trouble(
    watchesAny: boolean,
    channels: readonly Pick<ChannelStatus, 'name' | 'oldestAgeMs' | 'configured'>[],
    patienceMs: number,
    pollEveryMs: number,
  ): SilenceReason | undefined {
    const now = this.#clock.monotonic();
    // Of a source with samples every ten minutes, nothing can be read for as long.
    if (watchesAny && now - this.#readAt > Math.max(patienceMs, 3 * pollEveryMs)) return 'blind';
    const isLate = channels.some(
      ({ name, oldestAgeMs, configured }) =>
        configured && Math.max(oldestAgeMs, now - (this.#refusing.get(name) ?? now)) > patienceMs,
    );
    return isLate ? 'undelivered' : undefined;
  }

  /** The same telemetry, overheard. */
  hearing(telemetry: Telemetry): Telemetry {
    const pollFinished = (service: string, poll: PolledFacts): void => {
      this.polled(poll);
      telemetry.pollFinished(service, poll);
    };
    const caughtUp = (service: string, stretchMs: number): void => {
      this.polled({ outcome: 'complete' });
      telemetry.caughtUp(service, stretchMs);
    };
    return new Proxy(telemetry, {
      get(target, key) {
        if (key === 'pollFinished') return pollFinished;
        if (key === 'caughtUp') return caughtUp;
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  /** The same listener, overheard. */
  listening(listener: DeliveryListener): DeliveryListener {
    return {
      ...listener,
      settled: (facts) => {
        this.settled(facts);
        listener.settled(facts);
      },
    };
  }
}
