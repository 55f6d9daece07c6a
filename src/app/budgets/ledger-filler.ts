import { describeFailure } from '../../domain/reading/describe-failure.ts';
import type { SourceFailure } from '../../domain/reading/observation.ts';
import type { Timing } from '../../domain/reading/timing.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { HistoryOutcome, Source } from '../ports/source.ts';
import { within } from '../tasks/within.ts';
import type { BudgetBook } from './budget-book.ts';
import { settledShare } from './budget-entry.ts';
import { fillTasks, giveUp, takeFill, type FillTask } from './fill-task.ts';

/** A service whose ledgers may be filled. */
export interface Fillable {
  readonly budgets: BudgetBook;
  readonly timing: Timing;
}

export interface LedgerFillerParts {
  readonly source: Pick<Source, 'name' | 'history'>;
  readonly clock: Clock;
  readonly log: Log;
  /** The source's time, ms. */
  readonly now: () => number;
  /** Told when budgets of a service know more than before. */
  readonly onFilled?: (book: BudgetBook) => void;
}

/** Signals whose past is read in one go. */
const readTogether = 8;
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
  readonly #troubles = new Map<string, Trouble>();
  /** Points that a signal may be read in at most, where it was too much for the source; it grows again. */
  readonly #limits = new Map<string, number>();

  constructor(parts: LedgerFillerParts) {
    this.#parts = parts;
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
    const at = now();
    const timings = new Map(fillables.map(({ budgets, timing }) => [budgets, timing]));
    const tasks = fillables
      .flatMap(({ budgets, timing }) =>
        fillTasks(budgets, timing, at, (signal) => this.#limits.get(nameOf(budgets, signal)) ?? mostPoints),
      )
      .filter((task) => (this.#troubles.get(nameOf(task.book, task.signal.name))?.notBefore ?? 0) <= clock.monotonic())
      .sort((a, b) => b.part.to - a.part.to);
    const [first] = tasks;
    if (first === undefined) return false;
    const { part } = first;
    const together = tasks
      .filter((task) => task.part.to === part.to && task.part.from === part.from && task.part.stepMs === part.stepMs)
      .slice(0, readTogether);
    const signals = together.map(({ signal }) => signal);
    const outcomes = await within(clock, longestReadMs, stop, async (bound) =>
      source.history(signals, part, part.stepMs, bound, 'by-step'),
    );
    if (stop.aborted) return false;
    for (const [index, task] of together.entries()) {
      const timing = timings.get(task.book);
      if (timing !== undefined) this.#take(task, outcomes[index], now(), timing);
    }
    return true;
  }

  #take(task: FillTask, outcome: HistoryOutcome | undefined, now: number, timing: Timing): void {
    const name = nameOf(task.book, task.signal.name);
    if (outcome?.kind === 'history') {
      this.#troubles.delete(name);
      task.book.pastRead(task.signal.name);
      const limit = this.#limits.get(name);
      if (limit !== undefined && limit < mostPoints) this.#limits.set(name, limit * 2);
      else this.#limits.delete(name);
      takeFill(task, outcome.groups, now, timing);
      this.#tell(task, now);
      this.#parts.onFilled?.(task.book);
      return;
    }
    const failure = outcome?.failure ?? { reason: 'bad-response', detail: 'the source gave no outcome' };
    task.book.pastRead(task.signal.name, failure);
    const before = this.#troubles.get(name);
    const tries = (before?.tries ?? 0) + 1;
    const asked = Math.round((task.part.to - task.part.from) / task.part.stepMs);
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
