import type { Buckets } from './buckets.ts';
import type { Asked } from './source.ts';

/** Looks at what stands behind a rule, for checks against a live source. Failures are values; nothing here throws for a bad answer. */
export interface Inspector extends Buckets {
  /** Label sets of the series a plain vector selector matches lately, `__name__` included; at most `limit` of them. */
  series(
    selector: string,
    limit: number,
    signal: AbortSignal,
  ): Promise<Asked<{ readonly series: readonly Readonly<Record<string, string>>[] }>>;
  /** What the targets say a metric is, such as `counter` or `gauge`, each answer once; none when the source does not know. */
  metricTypes(metric: string, signal: AbortSignal): Promise<Asked<{ readonly types: readonly string[] }>>;
  /** What a query of plain numbers comes to now, one for each series of its result. */
  values(query: string, signal: AbortSignal): Promise<Asked<{ readonly values: readonly number[] }>>;
  /** How many combinations of label values the result of a query has now. */
  countGroups(query: string, by: readonly string[], signal: AbortSignal): Promise<Asked<{ readonly groups: number }>>;
}
