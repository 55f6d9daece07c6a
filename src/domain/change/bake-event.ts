import type { Group } from '../service/group.ts';
import type { ShareCount } from './compare-shares.ts';

/** What the same hours looked like before: a week ago, or a day ago where a source knows no more. */
export type SameHours = 'week' | 'day';

/** How one target's signal stands since a change, against before. */
export interface BakeComparison {
  readonly signal: string;
  readonly group: Group;
  readonly verdict: 'unharmed' | 'worse' | 'no-data';
  /** Since the change: bad events and all; of a gauge, samples beyond the bound and all. */
  readonly since: ShareCount;
  /** The same stretch a week or a day earlier; absent where nothing is known of it. */
  readonly sameHours?: ShareCount & { readonly ago: SameHours; readonly p: number };
  /** The hour before the change. */
  readonly hourBefore?: ShareCount & { readonly p: number };
}

/** What a bake watch found. `worse` with another change in the window is `confounded`. */
export const bakeVerdicts = ['unharmed', 'worse', 'no-data', 'confounded'] as const;
export type BakeVerdict = (typeof bakeVerdicts)[number];

/** Why a watch has no data: too few events, nothing to hold them against, nobody who could look, or it was over too long ago. */
export type BakeGap = 'low-traffic' | 'no-history' | 'not-watched' | 'source-failed' | 'too-old';

/** What the watch over a change found: at its end, and once before if it is clearly worse. */
export interface BakeEvent {
  readonly type: 'bake-worse' | 'bake-finished';
  readonly service: string;
  /** ms since the epoch on Andon's clock. */
  readonly at: number;
  readonly change: string;
  readonly verdict: BakeVerdict;
  /** The end of the stretch that was looked at, ms since the epoch on Andon's clock. */
  readonly lookedUntil: number;
  readonly comparisons: readonly BakeComparison[];
  /** Set when the verdict is `no-data`. */
  readonly gap?: BakeGap;
}
