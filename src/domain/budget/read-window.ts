import { formatDuration } from '../text/duration.ts';
import { formatShare } from '../text/share.ts';
import { unknown } from '../reading/reading.ts';
import { lookbackMs } from '../reading/timing.ts';
import type { BudgetUnknown, BudgetUnknownReason } from './budget-unknown.ts';
import type { WindowCount } from './count-window.ts';
import { isImpossibleWindow, roundingOf } from './impossible.ts';
import type { ErrorBudget } from './objective.ts';
import { countIn, isExact, isRecorded, newestCountEnd, type WindowCounts } from './window-counts.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A window counts as covered from this share of its time on, what is excluded left out. */
export const enoughCoverage = 0.9;

/** A window that can be judged. */
export interface JudgedWindow extends WindowCount {
  readonly kind: 'value';
  readonly from: number;
  readonly to: number;
  readonly coverage: number;
}

/**
 * Where a window that ends `now` ends in truth: at the newest step, as long as that is as new as a source can be
 * expected to answer. When nothing new comes in, it ends now, and its coverage falls.
 */
export function endOfWindow(counts: WindowCounts, now: number): number {
  const newest = newestCountEnd(counts);
  // A slice counts once it is complete and its steps are settled.
  const lag = lookbackMs + (isRecorded(counts) || counts.method.kind === 'occurrences' ? 0 : 2 * counts.method.sliceMs);
  return newest > now || newest < now - lag ? now : newest;
}

/** Counts a window and says why it cannot be judged, if so. */
export function readWindow(
  budget: Pick<ErrorBudget, 'name' | 'exclusions'>,
  counts: WindowCounts,
  from: number,
  to: number,
): JudgedWindow | BudgetUnknown {
  const count = countIn(counts, from, to, budget.exclusions);
  const { bad, total, impossibleMs } = count;
  const openMs = to - from - count.excludedMs;
  const coverage = openMs > 0 ? Math.min(1, count.coveredMs / openMs) : 0;
  const window = `the ${formatDuration(lengthMs(from, to))} before ${formatAgo(counts, to)}`;
  const fail = (reason: BudgetUnknownReason, detail: string): BudgetUnknown => ({
    ...unknown(reason, `${budget.name}: ${detail}`),
    reason,
    coverage,
  });
  const { unreadable } = isRecorded(counts) ? counts : {};
  if (unreadable !== undefined) return fail(unreadable.reason, unreadable.detail);
  if (!isExact(counts, from, to))
    return fail(
      'no-data',
      `nothing is recorded for ${window}: there was no total, or no rule records this window (\`andon generate prometheus-rules\` makes them)`,
    );
  if (!(openMs > 0)) return fail('no-data', `all of ${window} is excluded`);
  if (impossibleMs > (1 - enoughCoverage) * openMs)
    return fail(
      'impossible',
      `for ${formatDuration(impossibleMs)} of ${window} there are more good events than events`,
    );
  if (!(count.coveredMs > 0)) return fail('no-data', `there are no counts for ${window}`);
  if (coverage < enoughCoverage) return fail('short-history', `counts cover ${formatShare(coverage)} of ${window}`);
  if (isImpossibleWindow(bad, total))
    return fail('impossible', `${round(total - bad)} good of ${round(total)} events in ${window}`);
  if (total <= roundingOf(total)) return fail('no-traffic', `no events in ${window}`);
  return { kind: 'value', ...count, bad: Math.max(0, bad), good: Math.min(total, total - bad), from, to, coverage };
}

/** A calendar period ends at any ms; in words a long one has whole minutes, and nobody reads more. */
function lengthMs(from: number, to: number): number {
  return to - from < hourMs ? to - from : Math.round((to - from) / minuteMs) * minuteMs;
}

function formatAgo(counts: WindowCounts, to: number): string {
  return to === newestCountEnd(counts) ? 'the newest count' : 'now';
}

function round(count: number): number {
  return Math.round(count * 1000) / 1000;
}
