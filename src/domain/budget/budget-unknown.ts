import type { UnknownReason, UnknownReading } from '../reading/reading.ts';

export type BudgetUnknownReason = Extract<
  UnknownReason,
  'no-data' | 'no-traffic' | 'stale' | 'short-history' | 'impossible'
>;

/** Why a window or a period cannot be judged. It never fires, and it never counts as good. */
export interface BudgetUnknown extends UnknownReading {
  readonly reason: BudgetUnknownReason;
  /** Share of the time that is not excluded which has data, 0 to 1. */
  readonly coverage: number;
}
