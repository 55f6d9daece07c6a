/** An interval on the source's clock, ms: after `from`, up to and including `to`. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}
