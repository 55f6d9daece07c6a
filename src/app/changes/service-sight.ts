import type { ServiceState } from '../../domain/incident/evaluate.ts';
import type { Service } from '../../domain/service/service.ts';
import type { BudgetEntry } from '../budgets/budget-entry.ts';
import type { Source } from '../ports/source.ts';

/** What signals did, as a service's state remembers it. */
export type SignalMemory = ServiceState['ledgers'];

/** A watched service, with what is remembered of its signals and where their past is read. */
export interface ServiceSight {
  readonly service: Service;
  readonly signals: SignalMemory;
  readonly budgets: readonly BudgetEntry[];
  readonly source: Source;
  /** The source's time now, ms. */
  readonly sourceNow: number;
  /** Time between two samples, ms. */
  readonly intervalMs: number;
}
