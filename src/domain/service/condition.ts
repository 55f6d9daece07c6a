import type { BurnTier } from '../budget/objective.ts';
import type { Reading, UnknownReason } from '../reading/reading.ts';

/** A three-valued truth: what cannot be decided is unknown, with the reasons, and is never taken for false. */
export type Truth =
  | { readonly kind: 'true' }
  | { readonly kind: 'false' }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason; readonly detail: string };

/** One way in which a condition looks at a signal: at what it counted itself, or at an error budget of it. */
export type SignalUse = PlainUse | BudgetUse;

/** A signal read from its own ledger. */
export interface PlainUse {
  readonly signal: string;
  readonly fold: SignalFold;
  /** Window, ms; absent for `latest`. */
  readonly windowMs?: number;
  readonly budget?: never;
}

/** `latest`: the newest value; the others fold the window: `over` event-weighted ratio or mean, `max`, `min`. */
export type SignalFold = 'latest' | 'over' | 'max' | 'min';

/** An error budget of a signal, read from the ledger of that budget. */
export interface BudgetUse {
  readonly signal: string;
  readonly fold: BudgetFold;
  /** Window, ms; absent for `budget-remaining`. */
  readonly windowMs?: number;
  /** Name of the budget, unique within the service. */
  readonly budget: string;
}

/**
 * `burn-rate`: how fast the budget burnt over the window (1 spends it in exactly one period); `budget-remaining`: the
 * share that is left (1 is untouched, below 0 overspent); `budget-exhausted-in`: seconds that it lasts at the window's rate.
 */
export type BudgetFold = 'burn-rate' | 'budget-remaining' | 'budget-exhausted-in';

/** Whether a budget's ledger answers, rather than the signal's own. */
export function isBudgetUse(use: SignalUse): use is BudgetUse {
  return use.budget !== undefined;
}

export type ReadingLookup = (use: SignalUse) => Reading;

/** A compiled, type-checked condition. */
export interface Condition {
  /** As the author wrote it. */
  readonly text: string;
  /** Every signal and window it may look at. */
  readonly uses: readonly SignalUse[];
  /** The burn-rate tiers of a budget that it was made of, true while any of them fires; absent where a person wrote it. */
  readonly tiers?: readonly BurnTier[];
  evaluate(lookup: ReadingLookup): Truth;
}
