import { aimAfter, nextPoll } from '../domain/cadence.ts';
import { rebase } from '../domain/rebase.ts';
import { describeFailure } from '../domain/describe-failure.ts';
import type { IncidentEvent } from '../domain/event.ts';
import type { SourceFailure } from '../domain/observation.ts';
import type { Service } from '../domain/service.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { Source } from './ports/source.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { lookFurtherBack } from './look-further-back.ts';
import { learnArrivals, prepare } from './prepare.ts';
import { pollBlindly, pollTogether, type Polled } from './poll.ts';
import type { Trace } from './ports/trace.ts';
import type { Recorder } from './recorder.ts';
import { reportView } from './report-view.ts';
import { SourceClock } from './source-clock.ts';
import { checkpointOf, viewOf, type Watch } from './watch.ts';

export interface SourceLoopParts {
  readonly source: Source;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly recorder: Recorder;
  readonly trace: Trace;
  /** Bound of one poll with all its retries, ms. */
  readonly pollDeadlineMs: number;
  /** Channels that a service pages. */
  readonly channelsOf: (service: string) => readonly string[];
}

/** How long the loop sleeps at most, so that a clock that was set is noticed, ms. */
const longestSleepMs = 1_000;
/** How often the state of all services is written down, ms. */
const checkpointEveryMs = 60_000;
/** Services that are prepared in one turn, so that the others' polls go on. */
const preparedPerTurn = 8;
/** Services of one poll that are read in one go: what a read brings is held in memory until all of it was judged. */
const polledTogether = 100;
/** Polls after which the times at which samples land are learnt anew. */
const relearnAfterPolls = 240;
const relearnAfterMisses = 3;
/** A source's clock that goes back by more than this was set. */
const clockSetMs = 1_000;

/**
 * Polls everything that reads from one source. Polls never overlap: what falls due meanwhile is read together
 * in the next one, so that a slow source delays only its own services.
 */
export class SourceLoop {
  readonly sourceClock: SourceClock;
  readonly #parts: SourceLoopParts;
  readonly #watches = new Map<string, Watch>();
  #wake = new AbortController();
  #checkpointAt = -Infinity;
  #failing: string | undefined;
  #lock: Promise<void> = Promise.resolve();

  constructor(parts: SourceLoopParts) {
    this.#parts = parts;
    this.sourceClock = new SourceClock(parts.clock, parts.source);
  }

  get name(): string {
    return this.#parts.source.name;
  }

  watches(): readonly Watch[] {
    return [...this.#watches.values()];
  }

  set(watch: Watch): void {
    this.#watches.set(watch.service.name, watch);
    this.#wake.abort(null);
  }

  watch(service: string): Watch | undefined {
    return this.#watches.get(service);
  }

  /** Takes over words that change nothing measured or judged, such as an owner. */
  rename(service: Service): void {
    const watch = this.#watches.get(service.name);
    if (watch !== undefined) watch.service = service;
  }

  delete(service: string): void {
    this.#watches.delete(service);
  }

  /** Runs a task between two polls. */
  exclusively<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#lock.then(task);
    this.#lock = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }

  /** Runs until the signal aborts, then writes down where everything stands. Does not reject. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#turn(signal);
      } catch (error) {
        this.#parts.log.error('a poll ended unexpectedly; polling goes on', { source: this.name, error });
        await this.#parts.clock.sleep(longestSleepMs, signal);
      }
    }
    await this.#checkpoint().catch((error: unknown) => {
      this.#parts.log.error('the last checkpoint could not be written; the next start catches up from an earlier one', {
        source: this.name,
        error,
      });
    });
  }

  /** One turn: compare clocks, poll what is due, prepare what is new; or sleep until something is due. */
  async #turn(stop: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const now = this.sourceClock.now();
    const due = this.watches().filter((watch) => watch.dueAt <= now);
    if (due.length === 0) {
      const next = Math.min(now + longestSleepMs, ...this.watches().map((watch) => watch.dueAt));
      this.#wake = new AbortController();
      await clock.sleep(Math.max(1, next - now), AbortSignal.any([stop, this.#wake.signal]));
      return;
    }
    const deadline = new AbortController();
    const bound = AbortSignal.any([stop, deadline.signal]);
    const ended = new AbortController();
    void clock.sleep(this.#parts.pollDeadlineMs, ended.signal).then(() => {
      if (!ended.signal.aborted) deadline.abort();
    });
    try {
      await this.exclusively(async () => await this.#serve(due, bound, stop));
    } finally {
      // A reason of its own spares the making of an error.
      ended.abort(null);
    }
    if (clock.monotonic() - this.#checkpointAt > checkpointEveryMs) await this.#checkpoint();
  }

  async #serve(due: readonly Watch[], bound: AbortSignal, stop: AbortSignal): Promise<void> {
    const failure = await this.sourceClock.sync(bound);
    if (stop.aborted) return;
    if (failure !== undefined) this.#parts.telemetry.sourceFailed(this.name, failure.reason, failure.detail);
    else this.#parts.telemetry.clockSkew(this.name, this.sourceClock.skewMs());
    if (failure !== undefined && !this.sourceClock.isKnown) {
      for (const watch of due) this.#standStill(watch, failure);
      return;
    }
    const at = this.sourceClock.now();
    const setByMs = this.sourceClock.takeStep();
    // Of all, not only of those that are due: on a clock that was set back, the others would be due much too late.
    for (const watch of this.watches()) this.#followSetClock(watch, at, setByMs);
    // A reload may have replaced some while this turn waited for it.
    const current = due.filter((watch) => this.#watches.get(watch.service.name) === watch);
    const fresh = current.filter((watch) => needsPreparing(watch, at));
    const live = current.filter((watch) => !fresh.includes(watch) && at > (watch.state.evaluatedAt ?? -Infinity));
    for (let from = 0; from < live.length && !stop.aborted; from += polledTogether) {
      const part = live.slice(from, from + polledTogether);
      const attributes = { 'andon.source': this.name, 'andon.services': part.length };
      await this.#parts.trace('poll', attributes, async () => await this.#poll(part, at, bound, stop));
    }
    // Two looks within the same millisecond would see the same.
    if (live.length === 0 && fresh.length === 0) await this.#parts.clock.sleep(1, stop);
    const turn = fresh.slice(0, preparedPerTurn);
    await Promise.all(
      turn.map(async (watch) => await this.#apart(watch, async () => await this.#prepare(watch, bound, stop))),
    );
  }

  /** What cannot be written for one service leaves the others alone, and is judged again at its next poll. */
  async #apart(watch: Watch, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.#parts.log.error('what was judged could not be written; it is judged again', {
        source: this.name,
        service: watch.service.name,
        error,
      });
      this.#aimAnew(watch, this.sourceClock.now());
    }
  }

  async #poll(live: readonly Watch[], at: number, bound: AbortSignal, stop: AbortSignal): Promise<void> {
    const startedAt = this.#parts.clock.monotonic();
    const polled = await pollTogether(this.#parts.source, live, at, bound);
    // A stop is no answer: what was cut off is caught up with at the next start.
    if (stop.aborted) return;
    for (const each of polled) {
      const latenessMs = Number.isFinite(each.watch.dueAt) ? Math.max(0, at - each.watch.dueAt) : 0;
      const missed = Math.floor(latenessMs / each.watch.timing.intervalMs);
      if (missed > 0) this.#parts.telemetry.pollsMissed(each.watch.service.name, missed);
      await this.#apart(each.watch, async () => await this.#settle(each, at, bound));
      this.#parts.telemetry.pollFinished(each.watch.service.name, {
        durationMs: this.#parts.clock.monotonic() - startedAt,
        latenessMs,
        outcome: each.outcome,
        at,
      });
    }
    const doubtful = live.filter(
      (watch) => watch.misses >= relearnAfterMisses || watch.polls % relearnAfterPolls === 0 || !watch.cadence.learnt,
    );
    if (doubtful.length > 0 && !bound.aborted)
      await learnArrivals(this.#parts.source, doubtful, this.sourceClock.now(), bound);
  }

  /** Writes first, then takes over: what could not be written is judged again from the same state at the next poll. */
  async #settle(polled: Polled, at: number, bound: AbortSignal): Promise<void> {
    const { watch, evaluation, failure } = polled;
    if (failure !== undefined) this.#tellFailure(failure);
    else this.#tellAnswer();
    if (failure !== undefined && evaluation.events.length === 0 && canStandStill(watch)) {
      watch.blind = true;
    } else {
      // What happened while nothing could be read is read again in fine steps, for onset and impact.
      if (watch.blind && failure === undefined) watch.unread = watch.service.signals;
      watch.blind = failure !== undefined;
      const after: Watch = { ...watch, state: evaluation.state };
      if (evaluation.events.length > 0) {
        const channels = this.#parts.channelsOf(watch.service.name);
        await this.#parts.recorder.record({
          events: evaluation.events,
          checkpoints: [checkpointOf(after)],
          channels,
          sourceNow: at,
        });
      }
      watch.state = evaluation.state;
      if (evaluation.events.some(isOlderThanMemory)) await this.#lookFurtherBack(watch, at, bound);
    }
    const before = watch.view;
    watch.view = viewOf(watch.service, evaluation);
    watch.polls += 1;
    this.#aim(watch, at, failure !== undefined);
    reportView(this.#parts.telemetry, before, watch.view);
  }

  /** The page has gone out with what is known; where the trouble really began is a question that may take a while. */
  async #lookFurtherBack(watch: Watch, at: number, bound: AbortSignal): Promise<void> {
    const scopes = new Map(watch.state.scopes);
    for (const [key, scope] of scopes) {
      const { incident } = scope;
      if (incident?.onset.method !== 'history-limit' || incident.onsetSettled) continue;
      const { source, recorder } = this.#parts;
      const found = await lookFurtherBack(source, watch.service, scope, incident, watch.timing, at, bound);
      if (found === undefined) continue;
      scopes.set(key, found.scope);
      const state = { ...watch.state, scopes };
      await recorder.record({ events: found.events, checkpoints: [checkpointOf({ ...watch, state })], channels: [] });
      watch.state = state;
    }
  }

  #aim(watch: Watch, at: number, failed: boolean): void {
    if (failed || !Number.isFinite(watch.dueAt)) {
      this.#aimAnew(watch, at);
      return;
    }
    const newest = Math.max(
      -Infinity,
      ...[...watch.state.ledgers.values()].flatMap((ledger) =>
        [...ledger.groups.values()].map((group) => group.newestSampleAt),
      ),
    );
    const aim = aimAfter(watch.cadence, watch.aimedAt, at, newest, watch.tries);
    const gaveUp = aim.tries === 0 && newest < watch.aimedAt - aim.cadence.landingMs - watch.cadence.intervalMs / 2;
    if (gaveUp) watch.misses += 1;
    else if (aim.tries === 0) watch.misses = 0;
    // A retry waits for the same sample, so it keeps the time that the first try was aimed at.
    if (aim.tries === 0) watch.aimedAt = aim.nextAt;
    watch.cadence = aim.cadence;
    watch.tries = aim.tries;
    watch.dueAt = aim.nextAt;
  }

  #aimAnew(watch: Watch, after: number): void {
    watch.dueAt = nextPoll(watch.cadence, after);
    watch.aimedAt = watch.dueAt;
    watch.tries = 0;
  }

  async #prepare(watch: Watch, bound: AbortSignal, stop: AbortSignal): Promise<void> {
    const now = this.sourceClock.now();
    const prepared = await prepare(this.#parts.source, this.#parts.clock, watch, now, bound);
    if (stop.aborted || !this.#watches.has(watch.service.name)) return;
    if (prepared.kind === 'failed') {
      this.#tellFailure(prepared.failure);
      this.#standStill(watch, prepared.failure);
      return;
    }
    const after: Watch = { ...watch, state: prepared.state };
    if (prepared.events.length > 0) {
      const channels = this.#parts.channelsOf(watch.service.name);
      await this.#parts.recorder.record({
        events: prepared.events,
        checkpoints: [checkpointOf(after)],
        channels,
        sourceNow: now,
      });
    }
    watch.state = prepared.state;
    watch.unread = [];
    watch.blind = false;
    // What was caught up with reaches to now; otherwise the first evaluation is due at once.
    if (prepared.state.evaluatedAt === now) this.#aimAnew(watch, now);
    else watch.dueAt = -Infinity;
    if (prepared.evaluation !== undefined) watch.view = viewOf(watch.service, prepared.evaluation);
    if (prepared.missedMs > 0) this.#parts.telemetry.caughtUp(watch.service.name, prepared.missedMs);
  }

  /** Shows that nothing can be read, and leaves the state for the catch-up to go on from. */
  #standStill(watch: Watch, failure: SourceFailure): void {
    const at = this.sourceClock.now();
    watch.blind = true;
    const before = watch.view;
    watch.view = viewOf(
      watch.service,
      pollBlindly(
        { ...watch, state: { ...watch.state, ledgers: new Map() } },
        failure,
        Math.max(at, (watch.state.evaluatedAt ?? 0) + 1),
      ).evaluation,
    );
    this.#aimAnew(watch, at);
    this.#tellFailure(failure);
    reportView(this.#parts.telemetry, before, watch.view);
    this.#parts.telemetry.pollFinished(watch.service.name, { durationMs: 0, latenessMs: 0, outcome: 'failed' });
  }

  /** A clock may also have been set while Andon was away: then the last evaluation lies in the future. */
  #followSetClock(watch: Watch, at: number, setByMs: number): void {
    const { evaluatedAt = at } = watch.state;
    const wasSet = setByMs !== 0 || evaluatedAt - at > clockSetMs;
    if (wasSet && watch.state.evaluatedAt !== undefined) {
      const deltaMs = setByMs === 0 ? at - 1 - evaluatedAt : Math.min(setByMs, at - 1 - evaluatedAt);
      this.#parts.log.warn("the source's clock was set; timers go on, readings are read again", {
        source: this.name,
        service: watch.service.name,
        setByMs: deltaMs,
      });
      watch.state = rebase(watch.state, deltaMs);
      watch.unread = watch.service.signals;
    }
    if (wasSet || watch.dueAt > at + clockSetMs + watch.cadence.intervalMs) watch.dueAt = -Infinity;
  }

  async #checkpoint(): Promise<void> {
    this.#checkpointAt = this.#parts.clock.monotonic();
    const known = this.watches().filter((watch) => watch.state.evaluatedAt !== undefined);
    await this.#parts.recorder.record({ events: [], checkpoints: known.map(checkpointOf), channels: [] });
  }

  /** Logs when the trouble begins, changes or ends, never at each poll. */
  #tellFailure(failure: SourceFailure): void {
    this.#parts.telemetry.sourceFailed(this.name, failure.reason, failure.detail);
    if (this.#failing === failure.reason) return;
    this.#failing = failure.reason;
    this.#parts.log.warn('the source does not answer; its readings are unknown', {
      source: this.name,
      reason: failure.reason,
      detail: describeFailure(failure),
    });
  }

  #tellAnswer(): void {
    if (this.#failing === undefined) return;
    this.#failing = undefined;
    this.#parts.log.info('the source answers again', { source: this.name });
  }
}

function isOlderThanMemory(event: IncidentEvent): boolean {
  return event.type === 'opened' && event.onset.method === 'history-limit';
}

/** New services, new signals, and any stretch that nobody looked at are read from history first. */
function needsPreparing(watch: Watch, now: number): boolean {
  const { evaluatedAt } = watch.state;
  if (watch.unread.length > 0) return true;
  return evaluatedAt !== undefined && now - evaluatedAt > watch.timing.maxGapMs;
}

/** With no incident to keep an eye on and no rule that minds, a blind stretch is better judged afterwards, from history. */
function canStandStill(watch: Watch): boolean {
  if (watch.service.rules.some((rule) => rule.onUnknown.policy === 'open')) return false;
  return ![...watch.state.scopes.values()].some((scope) => scope.incident !== undefined);
}
