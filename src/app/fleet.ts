import { routeIncident, type Routed, type RouteFacts } from '../domain/notification/route.ts';
import { isAdrift, withoutIncident } from '../domain/incident/adrift.ts';
import { redefine, resume, unwatch } from '../domain/incident/redefine.ts';
import type { Checkpoint } from '../domain/incident/checkpoint.ts';
import { groupKey } from '../domain/service/group.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { polledSignals } from '../domain/service/polled-signals.ts';
import type { Service } from '../domain/service/service.ts';
import { restoreBook } from './budgets/restore-book.ts';
import type { ServiceSight } from './changes/service-sight.ts';
import type { ServiceLook } from './gate/gate-look.ts';
import type { IncidentBook } from './recording/incident-book.ts';
import type { Clock } from './ports/clock.ts';
import type { Configured, ConfiguredSource } from './ports/configuration.ts';
import type { Log } from './ports/log.ts';
import type { Source } from './ports/source.ts';
import type { Store } from './ports/store.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { Trace } from './ports/trace.ts';
import type { Recorder } from './recording/recorder.ts';
import type { ServiceView } from './views/service-view.ts';
import { SourceLoop } from './polling/source-loop.ts';
import { Turns } from './tasks/turns.ts';
import { checkpointOf, emptyView, newWatch, type Watch } from './polling/watch.ts';

export interface FleetParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly trace: Trace;
  readonly recorder: Recorder;
  readonly book: IncidentBook;
  /** Where the ledgers of error budgets are kept. */
  readonly store: Pick<Store, 'ledgers'>;
}

/** A source's loop, and what ends it. */
interface Berth {
  readonly loop: SourceLoop;
  readonly stop: AbortController;
  running?: Promise<void>;
}

/** How far the clock of a source that was not asked yet may be ahead, ms. */
const unknownSkewMs = 3_600_000;

/** Everything under watch: one loop a source, and which of them polls each service. */
export class Fleet {
  readonly #parts: FleetParts;
  readonly #checkpoints: Map<string, Checkpoint>;
  /** By the source itself and not its name: while a source is replaced, both poll. */
  readonly #berths = new Map<Source, Berth>();
  #configured: Pick<Configured, 'sources' | 'routes'> = { sources: [] };
  readonly #turns = new Turns();
  /** The configured services by name, and the names of all channels. */
  #declared: ReadonlyMap<string, Service> = new Map();
  #allChannels: readonly string[] = [];
  #started = false;

  constructor(parts: FleetParts, checkpoints: readonly Checkpoint[]) {
    this.#parts = parts;
    this.#checkpoints = new Map(checkpoints.map((each) => [each.service, each]));
  }

  /** Begins to poll. */
  start(): void {
    this.#started = true;
    for (const berth of this.#berths.values()) this.#run(berth);
  }

  /** Stops polling, also what a reload under way would begin; resolves when everything under way has ended. */
  async stop(): Promise<void> {
    this.#started = false;
    await Promise.all([...this.#berths.values()].map(end));
  }

  watches(): readonly Watch[] {
    return [...this.#berths.values()].flatMap(({ loop }) => loop.watches());
  }

  /** The services under watch, by name. */
  names(): readonly string[] {
    return this.watches()
      .map(({ service }) => service.name)
      .sort();
  }

  /** A service as it is known this moment; undefined when it is not watched. */
  look(name: string): ServiceLook | undefined {
    for (const { loop } of this.#berths.values()) {
      const watch = loop.watch(name);
      if (watch === undefined) continue;
      const { service, view, state, timing } = watch;
      return { service, view, scopes: state.scopes, sourceNow: loop.sourceClock.now(), maxGapMs: timing.maxGapMs };
    }
    return undefined;
  }

  /** What is remembered of a service's signals, and where their past is read; undefined when it is not watched. */
  sight(name: string): ServiceSight | undefined {
    for (const { loop } of this.#berths.values()) {
      const watch = loop.watch(name);
      if (watch === undefined) continue;
      const { service, state, budgets, timing } = watch;
      return {
        service,
        signals: state.ledgers,
        // Only those who read the past ask for them.
        get budgets() {
          return budgets.entries();
        },
        source: loop.source,
        sourceNow: loop.sourceClock.now(),
        intervalMs: timing.intervalMs,
      };
    }
    return undefined;
  }

  /**
   * Takes over what is configured now. Each service changes hands between two polls of its source, so that no poll writes
   * to what was replaced; the loop of a source that is not needed any more ends when its services have left it.
   */
  async use(configured: Configured): Promise<void> {
    await this.#turns.take(async () => await this.#take(configured));
  }

  async #take(configured: Configured): Promise<void> {
    for (const each of configured.sources) this.#open(each);
    const known = new Map(
      [...this.#berths.values()].flatMap((berth) =>
        berth.loop.watches().map(({ service }) => [service.name, { berth, service }]),
      ),
    );
    this.#configured = configured;
    this.#declared = new Map(configured.services.map((service) => [service.name, service]));
    this.#allChannels = configured.channels.map((channel) => channel.name);
    const moves = new Map<Berth, (() => Promise<void>)[]>();
    const inTurn = (berth: Berth, move: () => Promise<void>): void => {
      const turns = moves.get(berth);
      if (turns === undefined) moves.set(berth, [move]);
      else turns.push(move);
    };
    for (const service of configured.services) {
      const before = known.get(service.name);
      known.delete(service.name);
      const berth = this.#berthOf(service);
      if (before === undefined) await this.#watch(service, berth);
      else if (before.berth === berth && before.service.revision === service.revision) berth.loop.rename(service);
      else inTurn(before.berth, async () => await this.#redefine(before.berth, service, berth));
    }
    for (const { berth, service } of known.values()) inTurn(berth, async () => await this.#unwatch(berth, service));
    for (const [{ loop }, turns] of moves) {
      await loop.exclusively(async () => {
        for (const move of turns) await move();
      });
    }
    for (const service of configured.services) this.#parts.telemetry.declared(service);
    await this.#leave(new Set(configured.sources.map(({ source }) => source)));
  }

  /**
   * Lets go of an incident that nothing can close any more; `write` is given the checkpoint without it. False when the
   * incident is watched. Rejects as `write` does; then nothing has changed.
   */
  async letGo(
    { id, service }: Pick<Incident, 'id' | 'service'>,
    write: (checkpoints: readonly Checkpoint[]) => Promise<void>,
  ): Promise<boolean> {
    return await this.#turns.take(async () => {
      const loop = [...this.#berths.values()].find((berth) => berth.loop.watch(service) !== undefined)?.loop;
      if (loop !== undefined) return await loop.exclusively(async () => await this.#letGoOf(loop, id, service, write));
      const left = this.#checkpoints.get(service);
      const now = this.#latestNow();
      const checkpoints = left === undefined ? [] : [{ ...left, scopes: withoutIncident(left.scopes, id, now) }];
      await write(checkpoints);
      for (const checkpoint of checkpoints) this.#checkpoints.set(service, checkpoint);
      return true;
    });
  }

  async #letGoOf(
    loop: SourceLoop,
    id: string,
    service: string,
    write: (checkpoints: readonly Checkpoint[]) => Promise<void>,
  ): Promise<boolean> {
    const watch = loop.watch(service);
    const incident = this.#parts.book.get(id)?.incident;
    if (watch === undefined || incident === undefined) return false;
    if (!isAdrift(incident, watch.service, watch.state.scopes.values())) return false;
    const left = withoutIncident([...watch.state.scopes.values()], id, loop.sourceClock.now());
    const scopes = new Map(left.map((scope) => [groupKey(scope.group), scope]));
    const after: Watch = { ...watch, state: { ...watch.state, scopes }, view: withoutStop(watch.view, id) };
    await write(after.state.evaluatedAt === undefined ? [] : [checkpointOf(after)]);
    // A watch of its own, so that nobody goes on with what was known before.
    loop.set(after);
    return true;
  }

  /** Of a service that nobody watches it is not known by which clock it goes: no earlier than this by any of them, ms. */
  #latestNow(): number {
    const { clock } = this.#parts;
    return Math.max(clock.now(), ...[...this.#berths.values()].map(({ loop }) => loop.sourceClock.now()));
  }

  #open({ source, pollDeadlineMs }: ConfiguredSource): void {
    if (this.#berths.has(source)) return;
    const channelsOf = () => (incident: Incident) => this.routed(incident).channels;
    const loop = new SourceLoop({ ...this.#parts, source, pollDeadlineMs, channelsOf });
    const berth: Berth = { loop, stop: new AbortController() };
    this.#berths.set(source, berth);
    if (this.#started) this.#run(berth);
  }

  #run(berth: Berth): void {
    berth.running ??= berth.loop.run(berth.stop.signal);
  }

  async #leave(needed: ReadonlySet<Source>): Promise<void> {
    for (const [source, berth] of this.#berths) {
      if (needed.has(source)) continue;
      await end(berth);
      this.#berths.delete(source);
      // One that was replaced goes on under its name.
      const isLeft = [...needed].some(({ name }) => name === source.name);
      if (!isLeft) this.#parts.telemetry.forgetSource(source.name);
    }
  }

  #berthOf(service: Service): Berth {
    const configured = this.#configured.sources.find(({ source }) => source.name === service.source);
    const berth = configured && this.#berths.get(configured.source);
    if (berth === undefined) throw new Error(`${service.name} reads from ${service.source}, which is not configured`);
    return berth;
  }

  /** Who is told of an incident as it is, and when, by what is configured now. */
  routed(incident: RouteFacts): Routed {
    const { routes = [] } = this.#configured;
    const notify = this.#declared.get(incident.service)?.notify ?? [];
    return routeIncident(routes, incident, { notify, all: this.#allChannels });
  }

  /** A service that is new, or that goes on from where it was left. */
  async #watch(service: Service, { loop }: Berth): Promise<void> {
    const checkpoint = this.#checkpoints.get(service.name);
    const { store, log } = this.#parts;
    // Until it has been asked, the source's clock may be ahead of Andon's.
    const budgets = await restoreBook(
      service,
      store,
      log,
      loop.sourceClock.now() + (loop.sourceClock.isKnown ? 0 : unknownSkewMs),
    );
    if (checkpoint === undefined) {
      loop.set({ ...newWatch(service, undefined), budgets });
      return;
    }
    const isUnwatched = (id: string): boolean => this.#parts.book.get(id)?.incident.unwatched ?? false;
    const { scopes, events } = resume(
      service,
      checkpoint.scopes,
      isUnwatched,
      loop.sourceClock.now(),
      checkpoint.declared,
    );
    await this.#parts.recorder.record({ events, checkpoints: [], channels: [] });
    loop.set({ ...newWatch(service, { ...checkpoint, scopes }), budgets });
  }

  /** A service that is declared in another way, or whose source is another one: then its readings are read again there. */
  async #redefine({ loop }: Berth, service: Service, to: Berth): Promise<void> {
    const watch = loop.watch(service.name);
    if (watch === undefined) return;
    const { state, events, unread } = redefine(watch.service, service, watch.state, loop.sourceClock.now());
    await this.#parts.recorder.record({ events, checkpoints: [], channels: [] });
    loop.delete(service.name);
    watch.budgets.redeclare(service, to.loop.sourceClock.now());
    to.loop.set({
      ...watch,
      service,
      state,
      // What was still to be read again, after a blindness say, is not forgotten for a reload.
      unread: to.loop === loop && watch.unread.length === 0 ? unread : polledSignals(service),
      dueAt: -Infinity,
      view: emptyView(service, state),
    });
    this.#parts.telemetry.forgetService(service.name);
  }

  async #unwatch({ loop }: Berth, service: Service): Promise<void> {
    const watch = loop.watch(service.name);
    if (watch === undefined) return;
    const known = watch.state.evaluatedAt === undefined ? [] : [checkpointOf(watch)];
    const events = unwatch(service, watch.state, loop.sourceClock.now());
    // Should it come back, its budgets go on from here too.
    const { ledgers, forgotten } = watch.budgets.takeChanges();
    await this.#parts.recorder.record({
      events,
      checkpoints: known,
      channels: [],
      ledgers,
      forgottenLedgers: forgotten,
    });
    // Should it come back, it goes on from here.
    for (const checkpoint of known) this.#checkpoints.set(service.name, checkpoint);
    loop.delete(service.name);
    this.#parts.telemetry.forgetService(service.name);
  }

  /** Services may have left the rule files while Andon was away. */
  async tellUnwatched(): Promise<void> {
    const events = this.#parts.book
      .list({ phase: 'open', limit: Number.MAX_SAFE_INTEGER })
      .filter((incident) => !this.#declared.has(incident.service) && !incident.unwatched)
      .map(({ id, service, group }) => ({
        type: 'unwatched' as const,
        service,
        group,
        incidentId: id,
        at: this.#parts.clock.now(),
      }));
    await this.#parts.recorder.record({ events, checkpoints: [], channels: [] });
  }
}

/** Until the next poll shows what is true. */
function withoutStop(view: ServiceView, incidentId: string): ServiceView {
  return {
    ...view,
    scopes: view.scopes.map((scope) => {
      if (scope.incidentId !== incidentId) return scope;
      const { incidentId: _closed, keptOpen: _open, ...rest } = scope;
      return { ...rest, line: 'moving' };
    }),
  };
}

async function end({ stop, running }: Berth): Promise<void> {
  stop.abort();
  await running;
}
