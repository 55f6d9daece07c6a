import { readBooks, type Books } from './books.ts';
import type { Checkpoint } from '../domain/incident/checkpoint.ts';
import { dropLeftLedgers } from './budgets/drop-left-ledgers.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { Deliverer } from './delivery/deliver.ts';
import { deliveryTelemetry } from './delivery/delivery-telemetry.ts';
import type { DegradableStore } from './recording/degradable-store.ts';
import { Fleet } from './fleet.ts';
import { createAlertDesk, type AlertDesk } from './alerts/alert-desk.ts';
import { createRemoteActs, type RemoteActs } from './remote/remote-acts.ts';
import type { ChangeBook } from './changes/change-book.ts';
import { createChangeDesk, type ChangeDesk } from './changes/change-desk.ts';
import { ChangeFollower } from './changes/change-follower.ts';
import { DeploymentWatch } from './changes/deployment-watch.ts';
import type { DeliveryBook } from './changes/delivery-book.ts';
import { FreezeWatch } from './gate/freeze-watch.ts';
import { createGateActs } from './gate/gate-acts.ts';
import { createGateDesk, type GateDesk } from './gate/gate-desk.ts';
import { Gatekeeper } from './gate/gatekeeper.ts';
import { ProtectionDesk } from './gate/protection-desk.ts';
import type { SilenceDesk } from './silence/silence-desk.ts';
import { Telling } from './silence/telling.ts';
import type { TellingWatch } from './silence/telling-watch.ts';
import type { ShadowBook } from './shadow/shadow-book.ts';
import { Pulse } from './heartbeat/pulse.ts';
import { Paging } from './paging/paging.ts';
import type { IncidentBook } from './recording/incident-book.ts';
import type { Clock } from './ports/clock.ts';
import type { Configuration, Configured } from './ports/configuration.ts';
import type { Log } from './ports/log.ts';
import type { ProtectionAnswerer } from './ports/protection-answerer.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { Trace } from './ports/trace.ts';
import { Recorder } from './recording/recorder.ts';
import { Reloader } from './reloader.ts';
import { createResponder, type Responder } from './respond.ts';
import { standingNow } from './views/incident-now.ts';
import type { ServiceView } from './views/service-view.ts';
import { StatusBoard } from './views/status-board.ts';
import type { Readiness, ReloadResult, StatusView } from './views/status-view.ts';

export interface DaemonParts {
  readonly version: string;
  readonly store: DegradableStore;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly trace: Trace;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Tells deployment tools that wait what the gate says, as it is set up now; absent: nobody does. */
  readonly protectionAnswerer?: () => ProtectionAnswerer | undefined;
}

/** How often a store that could not write tries again, ms. */
const flushEveryMs = 5_000;

/** The running monitor: one loop a source, one outbox, and what people ask of them. */
export class Daemon {
  readonly book: IncidentBook;
  readonly changes: ChangeBook;
  readonly shadows: ShadowBook;
  readonly responder: Responder;
  readonly gates: GateDesk;
  readonly protections: ProtectionDesk;
  /** Where people keep pages back. */
  readonly silences: SilenceDesk;
  readonly #telling: Telling;
  readonly #later: TellingWatch;
  readonly changeDesk: ChangeDesk;
  /** What became of deployments. */
  readonly delivery: DeliveryBook;
  readonly alerts: AlertDesk;
  readonly remoteActs: RemoteActs;
  readonly #follower: ChangeFollower;
  readonly #freezes: FreezeWatch;
  readonly #deployments: DeploymentWatch;
  readonly paging: Paging;
  readonly #parts: DaemonParts;
  readonly #fleet: Fleet;
  readonly #deliverer: Deliverer;
  readonly #status: StatusBoard;
  readonly #reloader: Reloader;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>[] = [];
  #externalUrl: string | undefined;
  /** Channels that were told of open incidents and are not configured. */
  #leftOut: ReadonlySet<string> = new Set();
  #stopped: Promise<void> | undefined;

  private constructor(parts: DaemonParts, books: Books, checkpoints: readonly Checkpoint[]) {
    const { incidents: book } = books;
    this.#parts = parts;
    this.book = book;
    this.changes = books.changes;
    this.shadows = books.shadows;
    this.delivery = books.delivery;
    this.#telling = new Telling({ ...parts, book: books.silences, incidents: book });
    this.silences = this.#telling.desk;
    this.#status = new StatusBoard(parts.version, parts.clock.now());
    const pulse = new Pulse(parts.clock);
    const telemetry = pulse.hearing(this.#status.listening(parts.telemetry, parts.clock));
    this.#deliverer = new Deliverer({
      ...parts,
      channels: [],
      staleAfterMs: Infinity,
      incidentsSince: (at) => book.list({ limit: Number.MAX_SAFE_INTEGER }).filter((each) => isNotOverBy(each, at)),
      listener: pulse.listening(
        deliveryTelemetry(telemetry, (events) => telemetry.eventsCommitted(book.apply(events))),
      ),
    });
    const recorder = new Recorder({
      ...parts,
      telemetry,
      book,
      externalUrl: () => this.#externalUrl,
      wantsAcknowledged: (channel) => this.#deliverer.wants(channel, 'acknowledged'),
      holding: () => this.#telling.holding(),
      standingOf: (incident) => standingNow(this.#fleet.look(incident.service)?.view, incident),
      follow: (stored) => {
        books.shadows.apply(stored);
        this.alerts.follow(stored);
      },
      withSuspects: (events, signals) => this.#follower.suspector.withSuspects(events, signals),
      deliver: (notifications) => {
        this.#deliverer.notify(notifications);
      },
    });
    this.#fleet = new Fleet({ ...parts, telemetry, recorder, book }, checkpoints);
    this.#follower = new ChangeFollower({
      ...parts,
      ...books,
      recorder,
      sight: (service) => this.#fleet.sight(service),
    });
    this.#later = this.#telling.watch({
      recorder,
      channelsOf: (incident) => this.#fleet.routed(incident).channels,
      standingOf: (incident) => standingNow(this.#fleet.look(incident.service)?.view, incident),
      isKnown: ({ service }) => {
        const look = this.#fleet.look(service);
        return look === undefined || look.view.lastPollAt !== undefined;
      },
    });
    const closing = { fleet: this.#fleet, recorder };
    this.responder = createResponder({ ...parts, telemetry, book, closing });
    const fleet = this.#fleet;
    this.paging = new Paging({
      ...parts,
      telemetry,
      book,
      recorder,
      fleet,
      silences: this.silences,
      deliverer: this.#deliverer,
      pulse,
      externalUrl: () => this.#externalUrl,
      leavesOut: () => this.#reloader.leftOut.length > 0,
      stop: this.#stop.signal,
    });
    const isLeftOut = (service: string): boolean => this.#reloader.leftOut.includes(service);
    const gatekeeper = new Gatekeeper({ ...parts, fleet, ...books, isLeftOut });
    const isWatched = (service: string): boolean => fleet.look(service) !== undefined;
    this.alerts = createAlertDesk({ ...parts, telemetry, book, recorder, isWatched });
    this.remoteActs = createRemoteActs({ ...parts, book, recorder });
    const acts = createGateActs({ ...parts, book: books.gates, isWatched });
    this.gates = createGateDesk({ ...parts, telemetry, gatekeeper, acts, book: books.gates });
    this.changeDesk = createChangeDesk({
      ...parts,
      telemetry,
      book: books.changes,
      claims: books.claims,
      incidents: book,
      fleet,
    });
    this.#deployments = new DeploymentWatch({
      ...parts,
      desk: this.changeDesk,
      names: () => fleet.names(),
      sight: (service) => fleet.sight(service),
    });
    this.protections = new ProtectionDesk({
      ...parts,
      telemetry,
      gates: this.gates,
      book: books.protections,
      changes: books.changes,
      answerer: () => parts.protectionAnswerer?.(),
      externalUrl: () => this.#externalUrl,
    });
    this.#reloader = new Reloader({
      ...parts,
      status: this.#status,
      use: async (configured) => {
        await this.#use(configured);
      },
      stop: this.#stop.signal,
    });
    this.#freezes = new FreezeWatch({ ...parts, book: books.gates, look: (service) => fleet.look(service) });
  }

  /**
   * Reads log, checkpoints, settings and rules, and begins. Rejects with StoreError or ConfigurationRefusedError; then
   * nothing runs.
   */
  static async start(parts: DaemonParts): Promise<Daemon> {
    const books = await readBooks(parts);
    const daemon = new Daemon(parts, books, await parts.store.checkpoints());
    const { doubts } = await daemon.#reloader.start();
    await daemon.#deliverer.start();
    await daemon.#fleet.tellUnwatched();
    daemon.#fleet.start();
    daemon.#running.push(
      daemon.#flushLoop(),
      // What has a problem in the rule files may be a service whose budgets must not be lost.
      ...(daemon.#reloader.standsIn ? [] : [daemon.#dropLeftLedgers()]),
      daemon.#tellDoubts(doubts),
      daemon.#freezes.run(daemon.#stop.signal),
      daemon.#deployments.run(daemon.#stop.signal),
      daemon.protections.run(daemon.#stop.signal),
      daemon.paging.run(daemon.#stop.signal),
      daemon.#later.run(daemon.#stop.signal),
      daemon.#follower.run(daemon.#stop.signal),
      parts.configuration.watch(() => void daemon.reload(), daemon.#stop.signal),
    );
    return daemon;
  }

  /** Takes settings and rule files over anew; what is refused changes nothing. Does not reject. */
  async reload(): Promise<ReloadResult> {
    return await this.#reloader.reload();
  }

  /** The swap: from here on everything runs as configured. A channel comes before what pages it, and goes after. */
  async #use(configured: Configured): Promise<void> {
    const { channels, sources, staleAfterMs, externalUrl } = configured;
    const before = this.#deliverer.status();
    this.#externalUrl = externalUrl;
    this.#parts.telemetry.reachedAt(externalUrl);
    this.#parts.telemetry.configured({
      channels: channels.map(({ name }) => name),
      sources: sources.map(({ source }) => source.name),
    });
    this.#telling.use(configured);
    await this.#deliverer.use(channels, staleAfterMs);
    this.#status.use(sources.map(({ source }) => source));
    await this.#fleet.use(configured);
    await this.#deliverer.keepOnly(channels);
    this.paging.use(configured.heartbeat);
    const after = new Set(this.#deliverer.status().map(({ name }) => name));
    for (const { name } of before) if (!after.has(name)) this.#parts.telemetry.forgetChannel(name);
    this.#sayWhoIsLeftOut(new Set(channels.map(({ name }) => name)));
    await this.#parts.configuration.taken();
  }

  /** Said when it comes about and not first when there is something to tell: a channel may just have got another name. */
  #sayWhoIsLeftOut(configured: ReadonlySet<string>): void {
    const open = this.book.list({ phase: 'open', limit: Number.MAX_SAFE_INTEGER });
    const leftOut = open.flatMap(({ id, told }) =>
      told.filter((channel) => !configured.has(channel)).map((channel) => ({ channel, incident: id })),
    );
    const byChannel = Map.groupBy(leftOut, ({ channel }) => channel);
    for (const [channel, incidents] of byChannel) {
      if (this.#leftOut.has(channel)) continue;
      this.#parts.log.warn(
        'a channel that was told of open incidents is not configured: how they go on waits for a channel of this name',
        { channel, incidents: incidents.map(({ incident }) => incident) },
      );
    }
    this.#leftOut = new Set(byChannel.keys());
  }

  views(): readonly ServiceView[] {
    return this.#fleet
      .watches()
      .map((watch) => watch.view)
      .sort((a, b) => (a.service < b.service ? -1 : 1));
  }

  status(): StatusView {
    return this.#status.view(this.#deliverer.status(), this.#parts.store.health());
  }

  /** Ready once every service has been evaluated, or its source is known not to answer: no restart mends that. */
  readiness(): Readiness {
    const waiting = this.#fleet.watches().filter((watch) => watch.polls === 0 && !watch.blind);
    return waiting.length === 0
      ? { ready: true, reasons: [] }
      : { ready: false, reasons: waiting.slice(0, 10).map((watch) => `${watch.service.name}: its past is being read`) };
  }

  /** Beside everything else: a source that is slow to say how often samples come holds up no poll. */
  async #tellDoubts(doubts?: (signal: AbortSignal) => Promise<readonly string[]>): Promise<void> {
    for (const warning of (await doubts?.(this.#stop.signal)) ?? [])
      this.#parts.log.warn('a rule file deserves a look', { warning });
  }

  /** Beside everything else: ledgers of many services take a while to read. */
  async #dropLeftLedgers(): Promise<void> {
    const { store, log, clock } = this.#parts;
    const isDeclared = (name: string): boolean => this.#fleet.watches().some(({ service }) => service.name === name);
    try {
      await dropLeftLedgers({ store, log, isDeclared, now: clock.now(), signal: this.#stop.signal });
    } catch (error) {
      log.error('dropping the error budgets of services that left the rule files failed unexpectedly', { error });
    }
  }

  async #flushLoop(): Promise<void> {
    const { clock, store, log } = this.#parts;
    while (!this.#stop.signal.aborted) {
      await clock.sleep(flushEveryMs, this.#stop.signal);
      try {
        await store.flush();
      } catch (error) {
        log.error('writing down what the store could not take failed unexpectedly', { error });
      }
    }
  }

  /** Stops polling, lets deliveries under way finish, writes down where everything stands; within the bound. May be called twice. */
  stop(deadlineMs: number): Promise<void> {
    this.#stopped ??= this.#end(deadlineMs);
    return this.#stopped;
  }

  async #end(deadlineMs: number): Promise<void> {
    this.#stop.abort();
    // A reload under way ends too, or it would set up what nobody stops.
    const ended = Promise.allSettled([this.#fleet.stop(), this.#reloader.settled(), ...this.#running]);
    const bound = new AbortController();
    await Promise.race([ended, this.#parts.clock.sleep(deadlineMs / 2, bound.signal)]);
    bound.abort();
    await this.#deliverer.stop(deadlineMs / 2);
    await this.#parts.store.close();
    await this.#parts.configuration.close();
  }
}

function isNotOverBy({ resolvedAt, closedAt }: Incident, at: number): boolean {
  const over = resolvedAt ?? closedAt;
  return over === undefined || over >= at;
}
