import type { Asked } from './source.ts';

/** Looks at the series behind a selector, for checks against a live source. Failures are values; nothing here throws for a bad answer. */
export interface Inspector {
  /** Label sets of the series a plain vector selector matches lately, `__name__` included; at most `limit` of them. */
  series(
    selector: string,
    limit: number,
    signal: AbortSignal,
  ): Promise<Asked<{ readonly series: readonly Readonly<Record<string, string>>[] }>>;
}
