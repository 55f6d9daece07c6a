import type { Reading, UnknownReason } from './reading.ts';

/** A three-valued truth: what cannot be decided is unknown, with the reasons, and is never taken for false. */
export type Truth =
  | { readonly kind: 'true' }
  | { readonly kind: 'false' }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason; readonly detail: string };

/** One way in which a condition looks at a signal. */
export interface SignalUse {
  readonly signal: string;
  /** `latest`: the newest value; the others fold the window: `over` event-weighted ratio or mean, `max`, `min`. */
  readonly fold: 'latest' | 'over' | 'max' | 'min';
  /** Window, ms; absent for `latest`. */
  readonly windowMs?: number;
}

export type ReadingLookup = (use: SignalUse) => Reading;

/** A compiled, type-checked condition. */
export interface Condition {
  /** As the author wrote it. */
  readonly text: string;
  /** Every signal and window it may look at. */
  readonly uses: readonly SignalUse[];
  evaluate(lookup: ReadingLookup): Truth;
}
