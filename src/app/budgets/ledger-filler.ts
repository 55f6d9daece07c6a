import { describeFailure } from '../../domain/reading/describe-failure.ts';
import type { SourceFailure } from '../../domain/reading/observation.ts';
import type { Timing } from '../../domain/reading/timing.ts';
import type { HistoryOutcome } from '../ports/source.ts';
import { within } from '../tasks/within.ts';
import type { BudgetBook } from './budget-book.ts';
import { settledShare } from './budget-entry.ts';
import { CutReader } from './cut-reader.ts';
import type { Fillable, LedgerFillerParts } from './fillable.ts';
import { fillTasks, giveUp, takeFill, type FillTask } from './fill-task.ts';

/** Signals whose past is read in one go at most. */
const mostTogether = 8;
/** A read that took longer is too near to what sources give up after, and holds up what else they do, ms. */
const slowMs = 4_000;
/** Bound of reading one part, ms. */
const longestReadMs = 60_000;
/** How often it is looked whether something is missing, ms. */
const idleMs = 1_000;
/** After so many failures of one signal in a row, what was asked for counts as not to be had for now. */
const mostTries = 4;
const longestPauseMs = 60_000;
const fewestPoints = 15;
const mostPoints = 720;

interface Trouble {
  readonly tries: number;
  /** ms on the monotonic clock. */
  readonly notBefore: number;
  readonly reason: SourceFailure['reason'];
}

/**
 * Fills the ledgers of error budgets from a source's history, beside the polls: one part at a time, newest first, so that
 * short windows are known soon and the source and Andon's memory stay free. It goes on where it stopped, since the ledgers
 * know what they lack.
 */
export class LedgerFiller {
  readonly #parts: LedgerFillerParts;
  readonly #cuts: CutReader;
  readonly #troubles = new Map<string, Trouble>();
  /** Points that a signal may be read in at most, where it was too much for the source; it grows again. */
  readonly #limits = new Map<string, number>();
  /** Signals read in one go: fewer while the source is slow. */
  #together = mostTogether;
  /** What the last look at all services found and was not read since: a look at a thousand takes longer than a read. */
  #found: readonly FillTask[] = [];
  /** On the monotonic clock, ms. */
  #lookedAt = -Infinity;

  constructor(parts: LedgerFillerParts) {
    this.#parts = parts;
    this.#cuts = new CutReader(parts);
  }

  /** Runs until the signal aborts. Does not reject. `fillables`: the services as they are then. */
  async run(fillables: () => readonly Fillable[], stop: AbortSignal): Promise<void> {
    const { clock, log, source } = this.#parts;
    while (!stop.aborted) {
      let wasBusy = false;
      try {
        wasBusy = await this.fillNext(fillables(), stop);
      } catch (error) {
        log.error('filling error budgets ended unexpectedly; it goes on', { source: source.name, error });
      }
      await clock.sleep(wasBusy ? 1 : idleMs, stop);
    }
  }

  /** Reads and takes the newest part that is missing anywhere; false when there is nothing to read now. */
  async fillNext(fillables: readonly Fillable[], stop: AbortSignal): Promise<boolean> {
    const { clock, source, now } = this.#parts;
    const timings = new Map(fillables.map(({ budgets, timing }) => [budgets, timing]));
    const isToRead = ({ book, signal }: FillTask): boolean =>
      timings.has(book) &&
      book.service.signals.includes(signal) &&
      (this.#troubles.get(nameOf(book, signal.name))?.notBefore ?? 0) <= clock.monotonic();
    let tasks = this.#found.filter(isToRead);
    // What is left of a look may be too little for a whole read, while more of another part is missing meanwhile.
    if (this.#next(tasks).length < this.#together || clock.monotonic() - this.#lookedAt >= idleMs) {
      this.#lookedAt = clock.monotonic();
      tasks = this.#look(fillables, now()).filter(isToRead);
    }
    const together = this.#next(tasks);
    const [first] = together;
    if (first === undefined) return this.#cuts.readNext(fillables, stop);
    const { part } = first;
    this.#found = tasks.filter((task) => !together.includes(task));
    const signals = together.map(({ signal }) => signal);
    const begun = clock.monotonic();
    const outcomes = await within(clock, longestReadMs, stop, async (bound) =>
      source.history(signals, part, part.stepMs, bound, 'by-step'),
    );
    if (stop.aborted) return false;
    const tookMs = clock.monotonic() - begun;
    for (const [index, task] of together.entries()) {
      const timing = timings.get(task.book);
      if (timing !== undefined) this.#take(task, outcomes[index], now(), timing);
    }
    this.#pace(together, tookMs);
    return true;
  }

  /** Those of the newest part that are read in one go. */
  #next(tasks: readonly FillTask[]): readonly FillTask[] {
    const part = tasks[0]?.part;
    return tasks
      .filter((task) => task.part.to === part?.to && task.part.from === part.from && task.part.stepMs === part.stepMs)
      .slice(0, this.#together);
  }

  /** What is missing, newest first. */
  #look(fillables: readonly Fillable[], at: number): readonly FillTask[] {
    return fillables
      .flatMap(({ budgets, timing }) =>
        fillTasks(budgets, timing, at, (signal) => this.#limits.get(nameOf(budgets, signal)) ?? mostPoints),
      )
      .sort((a, b) => b.part.to - a.part.to);
  }

  /** Has the next reads ask for less where one took long, and for more again where one was quick. */
  #pace(read: readonly FillTask[], tookMs: number): void {
    const names = read.map(({ book, signal }) => nameOf(book, signal.name));
    if (tookMs > slowMs) {
      this.#together = Math.max(1, Math.floor(read.length / 2));
      const [task, ...others] = read;
      const [name] = names;
      if (task === undefined || name === undefined || others.length > 0) return;
      const limit = this.#limits.get(name) ?? mostPoints;
      this.#limits.set(name, Math.min(limit, Math.max(fewestPoints, Math.floor(pointsOf(task) / 2))));
    } else if (tookMs < slowMs / 3) {
      this.#together = Math.min(mostTogether, this.#together * 2);
      for (const name of names) {
        // What just failed is asked for in the smaller parts first.
        if (this.#troubles.has(name)) continue;
        const limit = (this.#limits.get(name) ?? mostPoints) * 2;
        if (limit < mostPoints) this.#limits.set(name, limit);
        else this.#limits.delete(name);
      }
    }
  }

  #take(task: FillTask, outcome: HistoryOutcome | undefined, now: number, timing: Timing): void {
    const name = nameOf(task.book, task.signal.name);
    if (outcome?.kind === 'history') {
      this.#troubles.delete(name);
      task.book.pastRead(task.signal.name);
      takeFill(task, outcome.groups, now, timing);
      this.#tell(task, now);
      this.#parts.onFilled?.(task.book);
      return;
    }
    const failure = outcome?.failure ?? { reason: 'bad-response', detail: 'the source gave no outcome' };
    task.book.pastRead(task.signal.name, failure);
    const before = this.#troubles.get(name);
    const tries = (before?.tries ?? 0) + 1;
    const asked = pointsOf(task);
    const points = Math.max(fewestPoints, Math.floor(asked / 2));
    if (isTooMuch(failure)) this.#limits.set(name, points);
    // A smaller part is another question, and asked for at once.
    const isSmaller = failure.reason === 'too-expensive' && points < asked;
    const pauseMs = isSmaller ? 0 : Math.min(longestPauseMs, 1_000 * 2 ** (tries - 1));
    this.#troubles.set(name, { tries, reason: failure.reason, notBefore: this.#parts.clock.monotonic() + pauseMs });
    if (before?.reason !== failure.reason) this.#warn(task, failure);
    if (isSmaller || failure.reason === 'unavailable' || tries < mostTries) return;
    giveUp(task, now);
    this.#troubles.set(name, { tries: 0, reason: failure.reason, notBefore: this.#parts.clock.monotonic() });
  }

  #warn({ book, signal }: FillTask, failure: SourceFailure): void {
    this.#parts.log.warn('the past of an error budget cannot be read; it is asked for again', {
      source: this.#parts.source.name,
      service: book.service.name,
      signal: signal.name,
      reason: failure.reason,
      detail: describeFailure(failure),
    });
  }

  /** Tells each quarter of a period that has become known. */
  #tell({ book, entries }: FillTask, now: number): void {
    for (const entry of entries) {
      const declared = book.declared(entry);
      if (declared === undefined || !book.holds(entry)) continue;
      const known = Math.floor(settledShare(entry, declared, now) * 4) / 4;
      const told = entry.toldKnown ?? 0;
      entry.toldKnown = Math.max(told, known);
      if (known <= told) continue;
      this.#parts.log.info('an error budget is being filled from the past', {
        service: book.service.name,
        budget: entry.budget,
        group: entry.key,
        knownPercent: known * 100,
      });
    }
  }
}

/** Whether a smaller part may be answered where this one was not. */
function isTooMuch({ reason }: SourceFailure): boolean {
  return reason === 'too-expensive' || reason === 'timeout' || reason === 'bad-response';
}

function pointsOf({ part }: FillTask): number {
  return Math.round((part.to - part.from) / part.stepMs);
}

function nameOf(book: BudgetBook, signal: string): string {
  return `${book.service.name}|${signal}`;
}

/** Fills for so many ms at most, or until nothing is left to read now. */
export async function fillFor(
  ms: number,
  parts: LedgerFillerParts,
  fillables: readonly Fillable[],
  stop: AbortSignal,
): Promise<void> {
  const filler = new LedgerFiller(parts);
  const end = parts.clock.monotonic() + ms;
  while (parts.clock.monotonic() < end && (await filler.fillNext(fillables, stop)));
}
