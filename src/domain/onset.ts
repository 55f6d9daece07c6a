/** How an onset was estimated. */
export type OnsetMethod =
  /** The step in which the breach began, narrowed by the share of bad events in it. */
  | 'change-point'
  /** Start of the last contiguous breach of the bound. */
  | 'contiguous-breach'
  /** The breach is older than the history at hand: the estimate is its beginning at the latest. */
  | 'history-limit'
  /** No signal left its bound where the rule looked; the moment of detection stands in. */
  | 'detection';

/** When a signal left its bound: an estimate with early and late bounds, ms since the epoch on the source's clock. */
export interface Onset {
  readonly at: number;
  readonly earliest: number;
  readonly latest: number;
  readonly method: OnsetMethod;
  readonly signal?: string;
}
