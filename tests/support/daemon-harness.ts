import { MemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { Daemon } from '../../src/app/daemon.ts';
import { DegradableStore } from '../../src/app/recording/degradable-store.ts';
import type { Channel, SendResult } from '../../src/app/ports/channel.ts';
import type { Log } from '../../src/app/ports/log.ts';
import type { Configured, LoadedConfiguration, StandIn } from '../../src/app/ports/configuration.ts';
import type { Source } from '../../src/app/ports/source.ts';
import type { Store } from '../../src/app/ports/store.ts';
import { silentTelemetry, type Telemetry } from '../../src/app/ports/telemetry.ts';
import { untraced } from '../../src/app/ports/trace.ts';
import type { Notification } from '../../src/domain/notification/notification.ts';
import type { Service } from '../../src/domain/service/service.ts';
import { ManualClock } from './manual-clock.ts';
import { SimulatedSource } from './simulated-source.ts';
import { aService, start, type Traffic } from './simulation.ts';

/** What the rule files say, as a test sets it. */
type Rules =
  | {
      readonly kind: 'loaded';
      readonly services: readonly Service[];
      readonly warnings: readonly string[];
      readonly standIn?: StandIn;
    }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** A channel that keeps what it was given. */
export class KeepingChannel implements Channel {
  readonly name: string;
  readonly type = 'test';
  readonly concurrency = 4;
  readonly sent: Notification[] = [];
  answer: SendResult = { kind: 'accepted' };

  constructor(name = 'on-call') {
    this.name = name;
  }

  send({ notification }: { readonly notification: Notification }): Promise<SendResult> {
    if (this.answer.kind === 'accepted') this.sent.push(notification);
    return Promise.resolve(this.answer);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export interface HarnessOptions {
  readonly traffic: Traffic;
  readonly scrapeMs?: number;
  /** When Andon starts, ms after the traffic. */
  readonly startsAt?: number;
  readonly services?: readonly Service[];
  readonly store?: Store;
  readonly telemetry?: Partial<Telemetry>;
  /** Further sources with the same traffic, by name. */
  readonly moreSources?: readonly string[];
}

/** A whole daemon in one process and in manual time, with a simulated source. */
export class DaemonHarness implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly source: SimulatedSource;
  /** All sources by name; the first one is `default`. */
  readonly sources: ReadonlyMap<string, SimulatedSource>;
  readonly #options: HarnessOptions;
  readonly channel = new KeepingChannel();
  /** What the settings name, as a test sets it. */
  configured: Omit<Configured, 'services'>;
  /** What the settings say that takes effect at the next start. */
  atNextStart: readonly string[] = [];
  /** What the sources settle of the rule files. */
  doubts: NonNullable<Extract<LoadedConfiguration, { kind: 'loaded' }>['doubts']> = () => Promise.resolve([]);
  readonly store: Store;
  readonly lines: { level: string; message: string }[] = [];
  rules: Rules;
  load: () => Promise<Rules> = () => Promise.resolve(this.rules);
  daemon!: Daemon;
  readonly #telemetry: Telemetry;

  constructor(options: HarnessOptions) {
    this.#options = options;
    this.clock = new ManualClock(start + (options.startsAt ?? 30 * 60_000));
    this.source = this.simulate('default');
    const more = (options.moreSources ?? []).map((name) => this.simulate(name));
    this.sources = new Map([this.source, ...more].map((source) => [source.name, source]));
    this.store = options.store ?? new MemoryStore();
    this.rules = { kind: 'loaded', services: options.services ?? [aService()], warnings: [] };
    this.#telemetry = { ...silentTelemetry, ...options.telemetry };
    this.configured = {
      sources: [...this.sources.values()].map(polled),
      channels: [this.channel],
      staleAfterMs: 15 * 60_000,
    };
  }

  /** A source with the same traffic. */
  simulate(name: string): SimulatedSource {
    const { traffic, scrapeMs = 5_000 } = this.#options;
    return new SimulatedSource(this.clock, traffic, start, start + 6 * 3_600_000, scrapeMs, name);
  }

  async #load(): Promise<LoadedConfiguration> {
    const rules = await this.load();
    if (rules.kind === 'refused') return { ...rules, refused: 'rules' };
    const { services, ...said } = rules;
    const { doubts, atNextStart } = this;
    return { ...said, configured: { ...this.configured, services }, doubts, atNextStart };
  }

  /** Starts the daemon on what the store holds. */
  async start(): Promise<this> {
    const log = (level: string) => (message: string) => void this.lines.push({ level, message });
    const lines: Log = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
    this.daemon = await Daemon.start({
      version: 'test',
      // A restart closes its view of the store, never the store itself.
      store: await DegradableStore.over(unclosable(this.store), { clock: this.clock, log: lines }),
      configuration: {
        load: async () => await this.#load(),
        taken: () => Promise.resolve(),
        watch: () => Promise.resolve(),
        close: () => Promise.resolve(),
      },
      clock: this.clock,
      log: lines,
      telemetry: this.#telemetry,
      trace: untraced,
      random: () => 0.5,
    });
    return this;
  }

  /** Moves time on in small steps, so that everything started in between gets its turn. */
  async advance(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 250) await this.clock.advance(Math.min(250, left));
  }

  async stop(): Promise<void> {
    const stopping = this.daemon.stop(1_000);
    await this.advance(2_000);
    await stopping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  kinds(): readonly string[] {
    return this.channel.sent.map((notification) => notification.kind);
  }

  incidents() {
    return this.daemon.book.list({ limit: 100 });
  }
}

/** A source as the settings name it. */
export function polled(source: Source): Configured['sources'][number] {
  return { source, pollDeadlineMs: 10_000 };
}

function unclosable(store: Store): Store {
  return {
    commit: async (commit) => await store.commit(commit),
    events: async (after, limit) => await store.events(after, limit),
    checkpoints: async () => await store.checkpoints(),
    pending: async () => await store.pending(),
    outbox: async (incident) => await store.outbox(incident),
    ledgers: (service) => store.ledgers(service),
    ledgerServices: async () => await store.ledgerServices(),
    close: () => Promise.resolve(),
  };
}
