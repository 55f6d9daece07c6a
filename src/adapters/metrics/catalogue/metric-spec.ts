/** What Andon says about one of its metrics; the metric and its documentation are both made from this. */
export interface MetricSpec {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, in the metric's unit (histograms only). */
  readonly buckets?: readonly number[];
}
