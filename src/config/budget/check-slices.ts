import { allowedShare } from '../../domain/budget/burn-rate.ts';
import type { ErrorBudget } from '../../domain/budget/objective.ts';
import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import { formatRatio } from '../../domain/text/ratio.ts';
import type { Report } from '../problem.ts';
import { minSliceMs } from '../windows.ts';
import { nominalPeriodMs } from './build-tiers.ts';

/** Says when slices are longer than the period, and when a budget of whole slices is spent by a single event or slice. */
export function checkSlices({ method, objective, period }: ErrorBudget, path: DeclarationPath, report: Report): void {
  if (method.kind === 'occurrences') return;
  const { sliceMs } = method;
  const slice = formatDuration(sliceMs);
  const periodMs = nominalPeriodMs(period);
  if (sliceMs > periodMs) {
    report({
      path: [...path, 'method', method.kind === 'timeslices' ? 'timeslices' : 'ratioTimeslices'],
      code: 'slice-longer-than-period',
      message: `a slice of ${slice} is longer than the period of ${formatDuration(periodMs)}, which holds no whole one`,
      hint: 'take shorter slices, or a longer period',
    });
    return;
  }
  if (method.kind === 'ratio-timeslices') return;
  const { target } = method;
  if (allowedShare(target) <= 0) {
    report({
      path: [...path, 'method', 'target'],
      severity: 'warning',
      code: 'slice-target',
      message: `with a target of ${formatRatio(target)} a single bad event makes all of its ${slice} bad`,
      hint: 'take a share such as 99%, from which on a slice is good',
    });
  }
  const budgetMs = periodMs * allowedShare(objective);
  // Rounded up to a second, so that a budget of exactly one slice is not told for its noise.
  if (sliceMs <= Math.ceil(budgetMs / 1000) * 1000) return;
  const longestMs = Math.floor(budgetMs / 60_000) * 60_000 || Math.floor(budgetMs / 1000) * 1000;
  report({
    path: [...path, 'method', 'timeslices'],
    severity: 'warning',
    code: 'slice-over-budget',
    message: `${formatRatio(objective)} of ${formatDuration(periodMs)} leaves less than one slice of ${slice}: the first bad one overspends the budget`,
    hint:
      longestMs >= minSliceMs
        ? `take slices of at most ${formatDuration(longestMs)}, a longer period or a lower objective`
        : 'take a longer period or a lower objective, or count events: leave out `method`',
  });
}
