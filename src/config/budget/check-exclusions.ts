import { countedStretches, excludedStretches, type Exclusion } from '../../domain/budget/exclusions.ts';
import type { ErrorBudget, Period } from '../../domain/budget/objective.ts';
import { periodBounds } from '../../domain/budget/period.ts';
import { dayMs, dayOf } from '../../domain/budget/zone.ts';
import type { Interval } from '../../domain/interval.ts';
import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import type { Problem, Report } from '../problem.ts';
import { coveredExclusions } from './covered-exclusions.ts';

/** A week without a change of clocks in nearly every zone: Monday, 6 July 2026. */
const anyMonday = dayOf(2026, 7, 6) * dayMs;
/** Who plans further ahead than this has mistyped the year, ms. */
const furthestAheadMs = 2 * 366 * dayMs;

/**
 * Says when so much is excluded that nothing is left to judge, and which stretches take nothing out. `now` (ms): when that
 * is, where it is known.
 */
export function checkExclusions(
  { exclusions, period }: ErrorBudget,
  path: DeclarationPath,
  report: Report,
  now?: number,
): void {
  const weekly = exclusions.filter(({ kind }) => kind === 'weekly');
  // A week more on both sides: weekly stretches of any zone are whole in it.
  if (weekly.length > 0 && !hasCounted(weekly, anyMonday, anyMonday + 14 * dayMs)) {
    report({
      path: [...path, 'exclude'],
      code: 'excludes-everything',
      message: 'these stretches take out every hour of the week, so nothing is ever counted',
      hint: 'leave the time in which the objective is to hold',
    });
    return;
  }
  const covered = coveredExclusions(exclusions);
  exclusions.forEach((each, index) => {
    const problem =
      (each.kind === 'once' && now !== undefined ? outOfReach(each, period, now) : undefined) ??
      emptyPeriod(each, exclusions, period) ??
      covered.get(index);
    if (problem !== undefined) report({ path: [...path, 'exclude', index], severity: 'warning', ...problem });
  });
}

type Finding = Omit<Problem, 'path' | 'severity'>;

/** When a stretch ends, nothing is left of a period. */
function emptyPeriod(each: Exclusion, exclusions: readonly Exclusion[], period: Period): Finding | undefined {
  if (each.kind === 'weekly') {
    // Of a calendar period, or of a week, every hour would have to be excluded.
    if (period.kind === 'calendar' || period.ms >= 7 * dayMs) return undefined;
    const ends = excludedStretches([each], anyMonday, anyMonday + 7 * dayMs).map(({ to }) => to);
    if (ends.every((end) => hasCounted(exclusions, end - period.ms, end))) return undefined;
    return {
      code: 'excludes-everything',
      message: `the whole period of ${formatDuration(period.ms)} is excluded when this stretch ends: the budget is unknown then, each week`,
      hint: 'take a longer period, such as 30d',
    };
  }
  const empty = periodsOf(each, period).find(({ from, to }) => !hasCounted(exclusions, from, to));
  if (empty === undefined) return undefined;
  return {
    code: 'excludes-everything',
    message:
      period.kind === 'rolling'
        ? `the whole period of ${formatDuration(period.ms)} is excluded when this stretch ends: the budget is unknown then`
        : `a whole calendar ${period.unit} is excluded: the budget is unknown for all of it`,
    hint: 'check the year and the month',
  };
}

/** The periods that the end of a stretch may have emptied: of calendar ones the last that it touches, and the one before. */
function periodsOf({ to }: Interval, period: Period): readonly Interval[] {
  const last = periodBounds(period, period.kind === 'rolling' ? to : to - 1);
  return period.kind === 'rolling' ? [last] : [last, periodBounds(period, last.from - 1)];
}

function outOfReach({ from, to }: Interval, period: Period, now: number): Finding | undefined {
  if (to <= periodBounds(period, now).from) {
    return {
      code: 'exclusion-over',
      message: 'this stretch ended before the period that counts now began, so it takes nothing out',
      hint: 'leave it out, or check the year',
    };
  }
  if (from - now <= furthestAheadMs) return undefined;
  const years = Math.floor((from - now) / (365.25 * dayMs));
  return {
    code: 'exclusion-far-ahead',
    message: `this stretch begins in more than ${years} years`,
    hint: 'check the year',
  };
}

function hasCounted(exclusions: readonly Exclusion[], from: number, to: number): boolean {
  return countedStretches(exclusions, from, to).length > 0;
}
