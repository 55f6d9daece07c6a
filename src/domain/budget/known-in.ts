import { enoughCoverage } from './read-window.ts';
import type { ErrorBudget } from './objective.ts';
import type { UnknownBudget } from './read-budget.ts';

/**
 * How long it takes at least until what is left of a budget is known again, with counts that come in without a gap, ms;
 * undefined where time alone does not tell, and where what is excluded is not for time to count.
 */
export function knownInMs(
  { period, exclusions }: Pick<ErrorBudget, 'period' | 'exclusions'>,
  { reason, coverage, periodFrom, periodTo }: Pick<UnknownBudget, 'reason' | 'coverage' | 'periodFrom' | 'periodTo'>,
  now: number,
): number | undefined {
  if (reason !== 'short-history' || exclusions.length > 0) return undefined;
  if (period.kind === 'rolling') return Math.max(0, (enoughCoverage - coverage) * period.ms);
  // Of a calendar period what has passed of it counts: it grows with what is covered, and the next one begins anew.
  const passed = Math.max(0, now - periodFrom);
  return Math.max(0, Math.min(periodTo - now, ((enoughCoverage - coverage) * passed) / (1 - enoughCoverage)));
}
