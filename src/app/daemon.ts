import { redefine, resume, unwatch } from '../domain/redefine.ts';
import type { Checkpoint } from '../domain/checkpoint.ts';
import type { Service } from '../domain/service.ts';
import { Deliverer } from './deliver.ts';
import { deliveryTelemetry } from './delivery-telemetry.ts';
import type { DegradableStore } from './degradable-store.ts';
import { IncidentBook } from './incident-book.ts';
import type { Channel } from './ports/channel.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { RuleSource } from './ports/rule-source.ts';
import type { Source } from './ports/source.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { Trace } from './ports/trace.ts';
import { Recorder } from './recorder.ts';
import { createResponder, type Responder } from './respond.ts';
import type { ServiceView } from './service-view.ts';
import { SourceLoop } from './source-loop.ts';
import { StatusBoard } from './status-board.ts';
import type { Readiness, ReloadResult, StatusView } from './status-view.ts';
import { checkpointOf, emptyView, newWatch, type Watch } from './watch.ts';

export interface DaemonParts {
  readonly version: string;
  readonly store: DegradableStore;
  readonly rules: RuleSource;
  readonly sources: readonly Source[];
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly trace: Trace;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly externalUrl?: string;
  readonly staleAfterMs: number;
  readonly pollDeadlineMs: number;
}

/** The first load found problems: there is nothing to run. */
export class RulesRefusedError extends Error {
  override readonly name = 'RulesRefusedError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`the rule files have problems:\n${problems.join('\n')}`);
    this.problems = problems;
  }
}

/** How often a store that could not write tries again, ms. */
const flushEveryMs = 5_000;

/** The running monitor: one loop a source, one outbox, and what people ask of them. */
export class Daemon {
  readonly book: IncidentBook;
  readonly responder: Responder;
  readonly #parts: DaemonParts;
  readonly #loops: ReadonlyMap<string, SourceLoop>;
  readonly #deliverer: Deliverer;
  readonly #recorder: Recorder;
  readonly #status: StatusBoard;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>[] = [];
  readonly #checkpoints: Map<string, Checkpoint>;
  #services: readonly Service[] = [];
  #reloading: Promise<ReloadResult> | undefined;
  #reloadAfter: Promise<ReloadResult> | undefined;
  #stopped: Promise<void> | undefined;

  private constructor(parts: DaemonParts, book: IncidentBook, checkpoints: readonly Checkpoint[]) {
    this.#parts = parts;
    this.book = book;
    this.#status = new StatusBoard(
      parts.version,
      parts.clock.now(),
      parts.sources.map((source) => source.name),
    );
    const telemetry = this.#status.listening(parts.telemetry, parts.clock);
    this.#checkpoints = new Map(checkpoints.map((each) => [each.service, each]));
    this.#deliverer = new Deliverer({
      ...parts,
      listener: deliveryTelemetry(telemetry, (events) => telemetry.eventsCommitted(book.apply(events))),
    });
    this.#recorder = new Recorder({
      ...parts,
      telemetry,
      book,
      deliver: (notifications) => {
        this.#deliverer.notify(notifications);
      },
    });
    this.responder = createResponder({ ...parts, telemetry, book });
    const channelsOf = (service: string): readonly string[] => this.#channelsOf(service);
    this.#loops = new Map(
      parts.sources.map((source) => [
        source.name,
        new SourceLoop({ ...parts, telemetry, source, recorder: this.#recorder, channelsOf }),
      ]),
    );
  }

  /** Reads log, checkpoints and rules, and begins. Rejects with StoreError or RulesRefusedError; then nothing runs. */
  static async start(parts: DaemonParts): Promise<Daemon> {
    const book = await IncidentBook.load(parts.store, (applied) => {
      parts.telemetry.eventsCommitted(applied);
    });
    const daemon = new Daemon(parts, book, await parts.store.checkpoints());
    const loaded = await parts.rules.load(daemon.#stop.signal);
    if (loaded.kind === 'refused') throw new RulesRefusedError(loaded.problems);
    for (const warning of loaded.warnings) parts.log.warn('a rule file deserves a look', { warning });
    await daemon.#deliverer.start();
    await daemon.#swap(loaded.services);
    await daemon.#tellUnwatched();
    daemon.#tellReload({ ok: true });
    for (const loop of daemon.#loops.values()) daemon.#running.push(loop.run(daemon.#stop.signal));
    daemon.#running.push(
      daemon.#flushLoop(),
      parts.rules.watch(() => void daemon.reload(), daemon.#stop.signal),
    );
    return daemon;
  }

  /**
   * Builds and checks everything new first; what is refused changes nothing. All that are asked for while one runs are
   * one that follows it, since the files may have changed after they were read. Does not reject.
   */
  reload(): Promise<ReloadResult> {
    if (this.#reloading !== undefined) {
      this.#reloadAfter ??= this.#reloading.then(async () => await this.reload());
      return this.#reloadAfter;
    }
    this.#reloadAfter = undefined;
    this.#reloading = this.#reload()
      .catch((error: unknown): ReloadResult => {
        this.#parts.log.error('the rule files could not be taken over', { error });
        return { ok: false, diagnostics: [error instanceof Error ? error.message : String(error)] };
      })
      .then((result) => {
        this.#reloading = undefined;
        if (!this.#stop.signal.aborted) this.#tellReload(result);
        return result;
      });
    return this.#reloading;
  }

  async #reload(): Promise<ReloadResult> {
    const loaded = await this.#parts.rules.load(this.#stop.signal);
    if (this.#stop.signal.aborted) return { ok: false, diagnostics: ['Andon is stopping'] };
    if (loaded.kind === 'refused') {
      this.#parts.log.error('the rule files have problems; the rules before them still run', {
        problems: loaded.problems,
      });
      return { ok: false, diagnostics: loaded.problems };
    }
    await this.#swap(loaded.services);
    this.#parts.log.info('the rule files were read', { services: loaded.services.length });
    return { ok: true };
  }

  #tellReload(result: ReloadResult): void {
    const at = this.#parts.clock.now();
    this.#status.reloaded(result, at);
    this.#parts.telemetry.reloadFinished(result.ok, at);
  }

  /** Each service changes hands between two polls of its source, so that no poll writes to what was replaced. */
  async #swap(services: readonly Service[]): Promise<void> {
    const before = new Map(this.#watches().map((watch) => [watch.service.name, watch.service]));
    this.#services = services;
    for (const service of services) {
      const known = before.get(service.name);
      before.delete(service.name);
      if (known === undefined) await this.#watch(service);
      else if (known.revision === service.revision && known.source === service.source)
        this.#loop(known)?.rename(service);
      else await this.#redefine(known, service);
    }
    for (const gone of before.values()) await this.#unwatch(gone);
  }

  /** A service that is new, or that goes on from where it was left. */
  async #watch(service: Service): Promise<void> {
    const loop = this.#loop(service);
    const checkpoint = this.#checkpoints.get(service.name);
    if (loop === undefined || checkpoint === undefined) {
      loop?.set(newWatch(service, undefined));
      return;
    }
    const isUnwatched = (id: string): boolean => this.book.get(id)?.incident.unwatched ?? false;
    const { scopes, events } = resume(service, checkpoint.scopes, isUnwatched, loop.sourceClock.now());
    await this.#recorder.record({ events, checkpoints: [], channels: [] });
    loop.set(newWatch(service, { ...checkpoint, scopes }));
  }

  /** Services may have left the rule files while Andon was away. */
  async #tellUnwatched(): Promise<void> {
    const watched = new Set(this.#services.map((service) => service.name));
    const events = this.book
      .list({ phase: 'open', limit: Number.MAX_SAFE_INTEGER })
      .filter((incident) => !watched.has(incident.service) && !incident.unwatched)
      .map(({ id, service, group }) => ({
        type: 'unwatched' as const,
        service,
        group,
        incidentId: id,
        at: this.#parts.clock.now(),
      }));
    await this.#recorder.record({ events, checkpoints: [], channels: [] });
  }

  async #redefine(known: Service, service: Service): Promise<void> {
    const loop = this.#loop(known);
    await loop?.exclusively(async () => {
      const watch = loop.watch(known.name);
      if (watch === undefined) return;
      const { state, events, unread } = redefine(watch.service, service, watch.state, loop.sourceClock.now());
      await this.#recorder.record({ events, checkpoints: [], channels: [] });
      loop.delete(known.name);
      const moved = known.source !== service.source;
      const view = emptyView(service, state);
      this.#loop(service)?.set({
        ...watch,
        service,
        state,
        unread: moved ? service.signals : unread,
        dueAt: -Infinity,
        view,
      });
    });
    this.#parts.telemetry.forgetService(service.name);
  }

  async #unwatch(service: Service): Promise<void> {
    const loop = this.#loop(service);
    await loop?.exclusively(async () => {
      const watch = loop.watch(service.name);
      if (watch === undefined) return;
      await this.#recorder.record({
        events: unwatch(service, watch.state, loop.sourceClock.now()),
        checkpoints: watch.state.evaluatedAt === undefined ? [] : [checkpointOf(watch)],
        channels: [],
      });
      // Should it come back, it goes on from here.
      if (watch.state.evaluatedAt !== undefined) this.#checkpoints.set(service.name, checkpointOf(watch));
      loop.delete(service.name);
    });
    this.#parts.telemetry.forgetService(service.name);
  }

  #loop(service: Service): SourceLoop | undefined {
    return this.#loops.get(service.source);
  }

  #watches(): readonly Watch[] {
    return [...this.#loops.values()].flatMap((loop) => loop.watches());
  }

  #channelsOf(service: string): readonly string[] {
    const notify = this.#services.find((each) => each.name === service)?.notify ?? [];
    return notify.length > 0 ? notify : this.#parts.channels.map((channel) => channel.name);
  }

  views(): readonly ServiceView[] {
    return this.#watches()
      .map((watch) => watch.view)
      .sort((a, b) => (a.service < b.service ? -1 : 1));
  }

  status(): StatusView {
    return this.#status.view(this.#deliverer.status(), this.#parts.store.health());
  }

  /** Ready once every service has been evaluated, or its source is known not to answer: no restart mends that. */
  readiness(): Readiness {
    const waiting = this.#watches().filter((watch) => watch.polls === 0 && !watch.blind);
    return waiting.length === 0
      ? { ready: true, reasons: [] }
      : { ready: false, reasons: waiting.slice(0, 10).map((watch) => `${watch.service.name}: its past is being read`) };
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
    const bound = new AbortController();
    await Promise.race([Promise.allSettled(this.#running), this.#parts.clock.sleep(deadlineMs / 2, bound.signal)]);
    bound.abort();
    await this.#deliverer.stop(deadlineMs / 2);
    await this.#parts.store.close();
    await Promise.allSettled(this.#parts.channels.map(async (channel) => await channel.close()));
  }
}
