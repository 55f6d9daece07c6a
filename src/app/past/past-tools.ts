import type { ServiceState } from '../../domain/incident/evaluate.ts';
import type { IncidentEvent } from '../../domain/incident/event.ts';
import type { ShadowEvent } from '../../domain/shadow/shadow-event.ts';
import type { BudgetBook } from '../budgets/budget-book.ts';
import type { RecordedBook } from '../budgets/recorded-book.ts';
import type { Clock } from '../ports/clock.ts';
import type { Source } from '../ports/source.ts';

/** What judging a part of the past came to: where the service then stands, and what happened in that part. */
export interface JudgedPart {
  readonly state: ServiceState;
  readonly events: readonly IncidentEvent[];
  /** What rules that only record would have stopped. */
  readonly shadows?: readonly ShadowEvent[];
}

/** What catching up works with. */
export interface CatchUpTools {
  readonly source: Source;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How often in a row catching up with this service has failed before. */
  readonly tries?: number;
  /** Keeps each part as soon as it is judged, so that a next try goes on from there. What it rejects with ends the catch-up. */
  readonly keep?: (part: JudgedPart) => Promise<void>;
  /** The ledgers of the service's error budgets, which learn from what is read here; absent: nothing is known of them. */
  readonly budgets?: Pick<BudgetBook, 'feed' | 'readings'> & { readonly recorded: Pick<RecordedBook, 'take'> };
}
