import type { ImportedSlo } from './imported-slo.ts';

/** An objective with the names it goes by in the rule file. */
export interface PlacedSlo extends ImportedSlo {
  readonly signalName: string;
  /** Absent where there is no budget. */
  readonly budgetName?: string;
  /** Whether the budget is called by its signal, which has no other. */
  readonly isOnly: boolean;
  /** What it is and where it is from, for a comment. */
  readonly origin: string;
}
