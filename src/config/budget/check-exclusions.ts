import { countedStretches, type Exclusion } from '../../domain/budget/exclusions.ts';
import type { ErrorBudget } from '../../domain/budget/objective.ts';
import { dayMs, dayOf } from '../../domain/budget/zone.ts';
import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import type { Report } from '../problem.ts';
import { nominalPeriodMs } from './build-tiers.ts';

/** A week without a change of clocks in nearly every zone: Monday, 6 July 2026. */
const anyMonday = dayOf(2026, 7, 6) * dayMs;

/** Says when so much is excluded that nothing is left to judge. */
export function checkExclusions(budget: ErrorBudget, path: DeclarationPath, report: Report): void {
  const { exclusions, period } = budget;
  const weekly = exclusions.filter(({ kind }) => kind === 'weekly');
  // A week more on both sides: weekly stretches of any zone are whole in it.
  if (weekly.length > 0 && countedMs(weekly, anyMonday, anyMonday + 14 * dayMs) === 0) {
    report({
      path: [...path, 'exclude'],
      code: 'excludes-everything',
      message: 'these stretches take out every hour of the week, so nothing is ever counted',
      hint: 'leave the time in which the objective is to hold',
    });
    return;
  }
  const periodMs = nominalPeriodMs(period);
  exclusions.forEach((each, index) => {
    if (each.kind !== 'once' || countedMs(exclusions, each.to - periodMs, each.to) > 0) return;
    report({
      path: [...path, 'exclude', index],
      severity: 'warning',
      code: 'excludes-everything',
      message: `the whole period of ${formatDuration(periodMs)} is excluded when this stretch ends: the budget is unknown then`,
      hint: 'check the year and the month',
    });
  });
}

function countedMs(exclusions: readonly Exclusion[], from: number, to: number): number {
  return countedStretches(exclusions, from, to).reduce((sum, each) => sum + each.to - each.from, 0);
}
