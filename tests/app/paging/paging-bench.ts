import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { Deliverer } from '../../../src/app/delivery/deliver.ts';
import { deliveryTelemetry } from '../../../src/app/delivery/delivery-telemetry.ts';
import { Reminders } from '../../../src/app/paging/reminders.ts';
import type { Channel } from '../../../src/app/ports/channel.ts';
import type { Store } from '../../../src/app/ports/store.ts';
import { silentTelemetry } from '../../../src/app/ports/telemetry.ts';
import { IncidentBook } from '../../../src/app/recording/incident-book.ts';
import { Recorder } from '../../../src/app/recording/recorder.ts';
import { createResponder } from '../../../src/app/respond.ts';
import type { IncidentEvent } from '../../../src/domain/incident/event.ts';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import { routeIncident, type Route } from '../../../src/domain/notification/route.ts';
import type { TargetVerdict } from '../../../src/domain/reading/verdict.ts';
import { anEvent } from '../../support/incident-story.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { ScriptedChannel } from '../../support/scripted-channel.ts';

export const minute = 60_000;

export interface BenchParts {
  readonly clock?: ManualClock;
  readonly store?: Store;
  readonly channels?: readonly ScriptedChannel[];
  readonly routes: readonly Route[];
  readonly notify?: readonly string[];
}

/** A route to `on-call` that is repeated every ten minutes and handed on after 15 and 30. */
export function aRoute(over: Partial<Route> = {}): Route {
  return {
    match: {},
    channels: ['on-call'],
    continue: false,
    repeatEveryMs: 10 * minute,
    escalate: [
      { afterMs: 15 * minute, channels: ['boss'] },
      { afterMs: 30 * minute, channels: ['director'] },
    ],
    ...over,
  };
}

/** Everything between an event and a channel, as one process has it; `store` and `clock` outlive the process. */
export class PagingBench {
  readonly clock: ManualClock;
  readonly store: Store;
  readonly channels: ReadonlyMap<string, ScriptedChannel>;
  readonly log = memoryLog();
  readonly book: IncidentBook;
  readonly deliverer: Deliverer;
  readonly recorder: Recorder;
  routes: readonly Route[];
  notify: readonly string[];
  verdicts: readonly TargetVerdict[] | undefined;
  isQuiet = false;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  private constructor(parts: BenchParts, book: IncidentBook) {
    this.clock = parts.clock ?? new ManualClock();
    this.store = parts.store ?? new MemoryStore();
    this.routes = parts.routes;
    this.notify = parts.notify ?? [];
    const channels = parts.channels ?? ['on-call', 'boss', 'director', 'chat'].map((name) => new ScriptedChannel(name));
    this.channels = new Map(channels.map((channel) => [channel.name, channel]));
    this.book = book;
    const { clock, store, log } = this;
    this.deliverer = new Deliverer({
      store,
      channels,
      clock,
      log,
      random: () => 0.5,
      staleAfterMs: 15 * minute,
      listener: deliveryTelemetry(silentTelemetry, (events) => void book.apply(events)),
    });
    this.recorder = new Recorder({
      store,
      book,
      clock,
      log,
      telemetry: silentTelemetry,
      wantsAcknowledged: (channel) => this.deliverer.wants(channel, 'acknowledged'),
      deliver: (notifications) => this.deliverer.notify(notifications),
    });
    const reminders = new Reminders({
      clock,
      log,
      book,
      recorder: this.recorder,
      routed: (incident) => this.routed(incident),
      standingOf: () => (this.verdicts === undefined ? {} : { verdicts: this.verdicts }),
      reachable: (id) => this.deliverer.reachable(id),
      isQuiet: () => this.isQuiet,
    });
    this.#running = reminders.run(this.#stop.signal);
  }

  /** Goes on from what the store holds. */
  static async start(parts: BenchParts): Promise<PagingBench> {
    const book = parts.store === undefined ? new IncidentBook() : await IncidentBook.load(parts.store);
    const bench = new PagingBench(parts, book);
    await bench.deliverer.start();
    return bench;
  }

  routed(incident: Incident) {
    return routeIncident(this.routes, incident, { notify: this.notify, all: [...this.channels.keys()] });
  }

  /** Records an event of the incident `inc-1` as a poll does. */
  async happens(type: IncidentEvent['type'], fields: Partial<Record<string, unknown>> = {}): Promise<void> {
    const { seq: _seq, recordedAt: _at, ...event } = anEvent(type, 0, 0, fields as never);
    const at = this.clock.now();
    await this.recorder.record({
      events: [{ ...event, at } as IncidentEvent],
      checkpoints: [],
      channels: (incident) => this.routed(incident).channels,
    });
    await this.clock.advance(0);
  }

  async acknowledge(by = 'Ada'): Promise<string> {
    const { book, store, clock, log, recorder } = this;
    const closing = { recorder, fleet: { letGo: () => Promise.resolve(false) } };
    const responder = createResponder({ store, book, clock, log, telemetry: silentTelemetry, closing });
    const { kind } = await responder.acknowledge('inc-1', by);
    await clock.advance(0);
    return kind;
  }

  async use(...channels: readonly Channel[]): Promise<void> {
    const moving = this.deliverer.use(channels, 15 * minute).then(async () => await this.deliverer.keepOnly(channels));
    await this.clock.advance(0);
    await moving;
  }

  /** Ends this process; another one may take over. */
  async stop(): Promise<void> {
    this.#stop.abort();
    const stopped = this.deliverer.stop();
    await this.clock.advance(6_000);
    await Promise.all([stopped, this.#running]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  channel(name: string): ScriptedChannel {
    const channel = this.channels.get(name);
    if (channel === undefined) throw new Error(`no channel ${name}`);
    return channel;
  }

  /** What a channel accepted, with minutes since the incident opened. */
  heard(name: string): readonly string[] {
    const opened = this.book.get('inc-1')?.incident.openedRecordedAt ?? 0;
    return this.channel(name).accepted.map(
      ({ notification }) => `${notification.kind} ${Math.round((notification.createdAt - opened) / minute)}`,
    );
  }
}
