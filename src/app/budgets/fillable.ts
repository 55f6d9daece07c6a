import type { Timing } from '../../domain/reading/timing.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Source } from '../ports/source.ts';
import type { BudgetBook } from './budget-book.ts';

/** A service whose ledgers may be filled. */
export interface Fillable {
  readonly budgets: BudgetBook;
  readonly timing: Timing;
}

/** What reading the past of error budgets needs. */
export interface LedgerFillerParts {
  readonly source: Pick<Source, 'name' | 'history'>;
  readonly clock: Clock;
  readonly log: Log;
  /** The source's time, ms. */
  readonly now: () => number;
  /** Told when budgets of a service know more than before. */
  readonly onFilled?: (book: BudgetBook) => void;
}
