import { gridBefore } from '../../domain/reading/cadence.ts';
import type { Service } from '../../domain/service/service.ts';
import { BucketedSource, type Placing } from '../sources/bucketed-source.ts';
import type { BudgetBook } from '../budgets/budget-book.ts';
import { LedgerFiller } from '../budgets/ledger-filler.ts';
import { writeLedgers } from '../budgets/write-ledgers.ts';
import { Errands } from './errands.ts';
import { followSetClock } from './follow-set-clock.ts';
import { heardSource } from '../sources/heard-source.ts';
import { Keeper } from './keeper.ts';
import { LivePolls } from './live-polls.ts';
import { Preparer } from './preparer.ts';
import { SourceClock } from '../sources/source-clock.ts';
import { tellPlacing } from '../sources/tell-placing.ts';
import { SourceHealth } from '../sources/source-health.ts';
import type { Source } from '../ports/source.ts';
import type { SourceLoopParts } from './source-loop-parts.ts';
import { Turns } from '../tasks/turns.ts';
import { checkpointOf, needsPreparing, type Watch } from './watch.ts';
import { within } from '../tasks/within.ts';

/** How long the loop sleeps at most, so that a clock that was set is noticed, ms. */
const longestSleepMs = 1_000;
/** How often the state of all services is written down, ms. */
const checkpointEveryMs = 60_000;
/** Services whose past is read at once. */
const preparedAtOnce = 8;

/**
 * Polls everything that reads from one source. Polls never overlap: what falls due meanwhile is read together
 * in the next one, so that a slow source delays only its own services. The past of a service is read beside them,
 * so that what one service missed delays no other.
 */
export class SourceLoop {
  readonly sourceClock: SourceClock;
  readonly #parts: SourceLoopParts;
  readonly #health: SourceHealth;
  readonly #keeper: Keeper;
  readonly #errands: Errands;
  readonly #polls: LivePolls;
  readonly #preparer: Preparer;
  readonly #filler: LedgerFiller;
  readonly #watches = new Map<string, Watch>();
  readonly #turns = new Turns();
  #wake = new AbortController();
  #checkpointAt = -Infinity;

  constructor(given: SourceLoopParts) {
    const heard = heardSource(given.source, () => {
      given.telemetry.sourceHeard(given.source.name);
    });
    const source = new BucketedSource(heard, given.clock, (placing) => {
      this.#place(placing);
    });
    const parts = { ...given, source };
    this.#parts = parts;
    this.sourceClock = new SourceClock(parts.clock, source);
    this.#health = new SourceHealth(parts.source.name, parts.log, parts.telemetry);
    this.#keeper = new Keeper(parts);
    this.#errands = new Errands(preparedAtOnce, () => {
      this.#wake.abort(null);
    });
    const shared = {
      ...parts,
      sourceClock: this.sourceClock,
      keeper: this.#keeper,
      health: this.#health,
      errands: this.#errands,
      buckets: source,
    };
    this.#polls = new LivePolls(shared);
    this.#preparer = new Preparer(shared);
    this.#filler = new LedgerFiller({
      ...parts,
      now: () => this.sourceClock.now(),
      onFilled: (book) => {
        this.#show(book);
      },
    });
  }

  get name(): string {
    return this.#parts.source.name;
  }

  /** The source as the loop reads it, for reads beside the polls. */
  get source(): Source {
    return this.#parts.source;
  }

  watches(): readonly Watch[] {
    return [...this.#watches.values()];
  }

  set(watch: Watch): void {
    this.#errands.cancel(watch.service.name);
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

  /** What is being read for it is let go of. */
  delete(service: string): void {
    this.#errands.cancel(service);
    this.#watches.delete(service);
  }

  /** Runs a task between two polls, while nothing else changes what is known of a service. */
  exclusively<T>(task: () => Promise<T>): Promise<T> {
    return this.#turns.take(async () => await this.#errands.inTurn(task));
  }

  /** Runs until the signal aborts, then writes down where everything stands. Does not reject. */
  async run(signal: AbortSignal): Promise<void> {
    const filling = this.#filler.run(() => this.#fillable(), signal);
    while (!signal.aborted) {
      try {
        await this.#turn(signal);
      } catch (error) {
        this.#parts.log.error('a poll ended unexpectedly; polling goes on', { source: this.name, error });
        await this.#parts.clock.sleep(longestSleepMs, signal);
      }
    }
    await this.#errands.ended();
    await filling;
    await this.#checkpoint().catch((error: unknown) => {
      this.#parts.log.error('the last checkpoint could not be written; the next start catches up from an earlier one', {
        source: this.name,
        error,
      });
    });
  }

  /** One turn: compare clocks, poll what is due, begin to prepare what is new; or sleep until something is due. */
  async #turn(stop: AbortSignal): Promise<void> {
    const { clock, pollDeadlineMs } = this.#parts;
    const now = this.sourceClock.now();
    const due = this.#due(now);
    if (due.length === 0) {
      const dues = this.#idle().map((watch) => watch.dueAt);
      const next = Math.min(now + longestSleepMs, ...dues.filter((dueAt) => dueAt > now));
      this.#wake = new AbortController();
      await clock.sleep(Math.max(1, next - now), AbortSignal.any([stop, this.#wake.signal]));
      return;
    }
    await within(clock, pollDeadlineMs, stop, async (bound) => {
      await this.#turns.take(async () => {
        await this.#serve(due, bound, stop);
      });
    });
    if (clock.monotonic() - this.#checkpointAt > checkpointEveryMs) await this.#checkpoint();
    else await this.#checkpointNew();
  }

  /** Services whose budgets may be filled: what they lack shows once they have been polled. */
  #fillable(): readonly Watch[] {
    return this.watches().filter((watch) => watch.polls > 0 && !watch.blind);
  }

  /** Short windows are known long before the next poll of a service that is sampled once a minute. */
  #show(book: BudgetBook): void {
    const watch = this.#watches.get(book.service.name);
    if (watch?.budgets !== book) return;
    const budgets = book.views(this.sourceClock.now());
    watch.view = { ...watch.view, budgets };
    this.#parts.telemetry.budgets(book.service.name, budgets);
  }

  #place(placing: Placing): void {
    const { signal, lostSince } = placing;
    for (const watch of this.watches()) {
      if (!watch.service.signals.includes(signal)) continue;
      tellPlacing(this.#parts.log, this.name, watch.service.name, placing);
      if (lostSince === undefined) continue;
      // What was counted since the bucket went is too little: it is counted anew by those that are left.
      if (!watch.unread.includes(signal)) watch.unread = [...watch.unread, signal];
      watch.budgets.forgetSince(signal.name, lostSince);
    }
  }

  #idle(): readonly Watch[] {
    return this.watches().filter((watch) => !this.#errands.isOut(watch));
  }

  /** What is due and can be served: as many services begin to be prepared as there are places free. */
  #due(now: number): readonly Watch[] {
    let { free } = this.#errands;
    return this.#idle()
      .filter((watch) => watch.dueAt <= now)
      .sort((a, b) => (a.state.evaluatedAt ?? -Infinity) - (b.state.evaluatedAt ?? -Infinity) || 0)
      .filter((watch) => {
        if (!needsPreparing(watch, now)) return true;
        free -= 1;
        return free >= 0;
      });
  }

  async #serve(due: readonly Watch[], bound: AbortSignal, stop: AbortSignal): Promise<void> {
    const { clock, telemetry } = this.#parts;
    const failure = await this.sourceClock.sync(bound);
    if (stop.aborted) return;
    if (failure !== undefined) telemetry.sourceFailed(this.name, failure.reason, failure.detail);
    else telemetry.clockSkew(this.name, this.sourceClock.skewMs());
    if (failure !== undefined && !this.sourceClock.isKnown) {
      for (const watch of due) this.#preparer.standStill(watch, failure);
      return;
    }
    const at = gridBefore(this.sourceClock.now());
    await this.#followClock(at);
    // A reload may have replaced some while this turn waited for it.
    const current = due.filter(
      (watch) => this.#watches.get(watch.service.name) === watch && !this.#errands.isOut(watch),
    );
    const fresh = current.filter((watch) => needsPreparing(watch, at));
    const live = current.filter((watch) => !fresh.includes(watch) && at > (watch.state.evaluatedAt ?? -Infinity));
    for (const watch of fresh.slice(0, this.#errands.free)) this.#prepare(watch, stop);
    await this.#polls.poll(live, at, bound, stop);
    // Two looks within the same millisecond would see the same.
    if (live.length === 0 && fresh.length === 0) await clock.sleep(1, stop);
  }

  #prepare(watch: Watch, stop: AbortSignal): void {
    this.#errands.begin(watch, stop, async (cancelled) => {
      await this.#keeper.apart(
        watch,
        () => this.sourceClock.now(),
        async () => {
          await this.#preparer.prepare(watch, cancelled);
        },
      );
    });
  }

  /** Of all services, not only of those that are due: on a clock that was set back, the others would be due much too late. */
  async #followClock(at: number): Promise<void> {
    const setByMs = this.sourceClock.takeStep();
    if (setByMs === 0) {
      for (const watch of this.#idle()) followSetClock(watch, at, 0, this.#parts.log);
      return;
    }
    // The past that is being read lies where it lay on the clock before.
    this.#errands.cancel();
    await this.#errands.inTurn(async () => {
      for (const watch of this.watches()) followSetClock(watch, at, setByMs, this.#parts.log);
      await Promise.resolve();
    });
  }

  async #checkpoint(): Promise<void> {
    this.#checkpointAt = this.#parts.clock.monotonic();
    await this.#writeDown(this.watches().filter((watch) => watch.state.evaluatedAt !== undefined));
    const books = this.watches().map(({ budgets }) => budgets);
    await writeLedgers(this.#parts.recorder, books, this.sourceClock.now());
  }
  /** What was evaluated for the first time is written at once: a service that was never written begins anew after a crash. */
  async #checkpointNew(): Promise<void> {
    const isNew = ({ state, checkpointAt }: Watch): boolean =>
      state.evaluatedAt !== undefined && checkpointAt === -Infinity;
    const found = this.watches().filter(isNew);
    if (found.length > 0) await this.#writeDown(found);
  }

  /** What cannot be written waits for the next minute's turn. */
  async #writeDown(watches: readonly Watch[]): Promise<void> {
    for (const watch of watches) watch.checkpointAt = watch.state.evaluatedAt ?? watch.checkpointAt;
    await this.#parts.recorder.record({ events: [], checkpoints: watches.map(checkpointOf), channels: [] });
  }
}
