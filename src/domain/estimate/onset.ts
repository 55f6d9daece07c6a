/** How an onset was estimated. */
export type OnsetMethod =
  /** The most likely change in the share of bad events, narrowed by that share within its step. */
  | 'change-point'
  /** The last unbroken stretch beyond the bound. */
  | 'contiguous-breach'
  /** The breach is older than the history at hand: the estimate is its beginning at the latest. */
  | 'history-limit'
  /** No signal left its bound where the rule looked; the moment of detection stands in. */
  | 'detection';

/** A moment that was not seen but inferred: an estimate with early and late bounds, ms since the epoch on the source's clock. */
export interface TimeEstimate {
  readonly at: number;
  readonly earliest: number;
  readonly latest: number;
}

/** When a signal left its bound. */
export interface Onset extends TimeEstimate {
  readonly method: OnsetMethod;
  readonly signal?: string;
}

/** The same on a clock that is ahead by `deltaMs`. */
export function shiftEstimate<Estimate extends TimeEstimate>(estimate: Estimate, deltaMs: number): Estimate {
  const { at, earliest, latest } = estimate;
  return { ...estimate, at: at + deltaMs, earliest: earliest + deltaMs, latest: latest + deltaMs };
}

/** The same of what cannot have been before an instant, ms. */
export function notEarlier<Estimate extends TimeEstimate>(estimate: Estimate, than: number): Estimate {
  const { at, earliest, latest } = estimate;
  return { ...estimate, at: Math.max(at, than), earliest: Math.max(earliest, than), latest: Math.max(latest, than) };
}
