import { describeFailure } from '../../domain/reading/describe-failure.ts';
import type { SourceFailure } from '../../domain/reading/observation.ts';
import type { HistoryGroup } from '../../domain/reading/history.ts';
import { within } from '../tasks/within.ts';
import { AskedStretches } from './asked-stretches.ts';
import type { BudgetEntry } from './budget-entry.ts';
import { giveUpCut, nextCut, takeCut, type CutTask } from './cut-task.ts';
import type { Fillable, LedgerFillerParts } from './fillable.ts';

/** Bound of reading one side, ms. */
const longestReadMs = 60_000;
/** How long after nothing was found it is looked again: exclusions are seldom declared, ms. */
const idleMs = 5_000;
const longestPauseMs = 60_000;
/** After so many failures in a row, what was asked for counts as not to be had for now. */
const mostTries = 4;
/** More than any budget has: what is not remembered would be asked for all the time. */
const mostAsked = 10_000;

/**
 * Reads what lies on each side of where an exclusion begins or ends, of slots that are too long to tell: one slot at a
 * time, newest first, and only while nothing else is missing.
 */
export class CutReader {
  readonly #parts: LedgerFillerParts;
  readonly #asked = new WeakMap<BudgetEntry, AskedStretches>();
  /** On the monotonic clock, ms. */
  #notBefore = -Infinity;
  #tries = 0;
  /** Budgets of which the log says that they cannot be read; until one of their slots is. */
  readonly #told = new Set<string>();

  constructor(parts: LedgerFillerParts) {
    this.#parts = parts;
  }

  /** Reads and takes the newest slot that exclusions cut anywhere; false when there is nothing to read now. */
  async readNext(fillables: readonly Fillable[], stop: AbortSignal): Promise<boolean> {
    const { clock, now, onFilled } = this.#parts;
    if (clock.monotonic() < this.#notBefore) return false;
    const found = this.#look(fillables, now());
    if (found === undefined) {
      this.#notBefore = clock.monotonic() + idleMs;
      return false;
    }
    const { task, timing } = found;
    const read = await this.#read(task, stop);
    if (stop.aborted) return false;
    if ('reason' in read) {
      this.#failed(task, read);
      return false;
    }
    this.#tries = 0;
    this.#told.delete(budgetOf(task));
    takeCut(task, read, this.#askedOf, now(), timing);
    onFilled?.(task.book);
    return true;
  }

  #look(fillables: readonly Fillable[], now: number) {
    const tasks = fillables.flatMap(({ budgets, timing }) => {
      const task = nextCut(budgets, timing, now, this.#askedOf);
      return task === undefined ? [] : [{ task, timing }];
    });
    return tasks.sort((a, b) => b.task.slot.to - a.task.slot.to)[0];
  }

  async #read({ signal, parts }: CutTask, stop: AbortSignal): Promise<SourceFailure | readonly HistoryGroup[][]> {
    const { clock, source } = this.#parts;
    const read: HistoryGroup[][] = [];
    for (const part of parts) {
      const [outcome] = await within(clock, longestReadMs, stop, async (bound) =>
        source.history([signal], part, part.stepMs, bound, 'by-step'),
      );
      if (outcome?.kind !== 'history')
        return outcome?.failure ?? { reason: 'bad-response', detail: 'the source gave no outcome' };
      read.push([...outcome.groups]);
    }
    return read;
  }

  #failed(task: CutTask, failure: SourceFailure): void {
    const { clock, log, now, source } = this.#parts;
    this.#tries += 1;
    this.#notBefore = clock.monotonic() + Math.min(longestPauseMs, 1_000 * 2 ** (this.#tries - 1));
    if (!this.#told.has(budgetOf(task))) {
      this.#told.add(budgetOf(task));
      log.warn('what lies on each side of an exclusion cannot be read; it is asked for again', {
        source: source.name,
        service: task.book.service.name,
        signal: task.signal.name,
        reason: failure.reason,
        detail: describeFailure(failure),
      });
    }
    if (failure.reason === 'unavailable' || this.#tries < mostTries) return;
    giveUpCut(task, this.#askedOf, now());
    this.#tries = 0;
  }

  readonly #askedOf = (entry: BudgetEntry): AskedStretches => {
    const known = this.#asked.get(entry);
    if (known !== undefined) return known;
    const asked = new AskedStretches(mostAsked);
    this.#asked.set(entry, asked);
    return asked;
  };
}

/** One line in the log a budget: its slots are many, and what is wrong with one is wrong with all. */
function budgetOf({ book, entries, signal }: CutTask): string {
  return JSON.stringify([book.service.name, entries[0]?.budget ?? signal.name]);
}
