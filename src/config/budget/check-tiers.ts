import { allowedShare } from '../../domain/budget/burn-rate.ts';
import { isReachable } from '../../domain/budget/burn-tiers.ts';
import type { BurnTier, ErrorBudget } from '../../domain/budget/objective.ts';
import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import { formatRatio } from '../../domain/text/ratio.ts';
import type { Report } from '../problem.ts';
import type { Part } from '../service/read-parts.ts';
import { nominalPeriodMs } from './build-tiers.ts';

/** The long ticket of the SRE workbook, 10 % in 3 days of 28, has a factor of 0.93. */
const slowestFactor = 0.9;
/** From this objective on a single bad event in a quiet hour is a burn that pages. */
const strictObjective = 0.9999;

/** Says which tiers can never fire, fire while all is as promised, or fire for a single event. */
export function checkTiers(
  budget: ErrorBudget,
  tiers: readonly Part<BurnTier>[],
  path: DeclarationPath,
  report: Report,
): void {
  const { objective, method, minimumBad } = budget;
  for (const { value: tier, path: at } of tiers) {
    const { longMs, shortMs, factor } = tier;
    const shown = Number(factor.toPrecision(6));
    if (!isReachable(tier, objective)) {
      report({
        path: at,
        severity: 'warning',
        code: 'tier-never-fires',
        message:
          `${inWords(tier)} can never fire: it asks for a burn rate above ${shown}, and with an objective of ` +
          `${formatRatio(objective)} it is ${roundBelow(1 / allowedShare(objective), shown)} when everything fails`,
        hint: reachableHint(tier, budget),
      });
    } else if (factor < slowestFactor) {
      report({
        path: at,
        severity: 'warning',
        code: 'tier-fires-when-good',
        message: `${inWords(tier)} fires at a burn rate of ${round(factor)}, which the budget can bear for ever`,
        hint: `ask for at least ${formatRatio(Number((longMs / nominalPeriodMs(budget.period)).toPrecision(2)))} of the budget in ${formatDuration(longMs)}`,
      });
    }
    if (method.kind !== 'occurrences' && method.sliceMs * minimumBad > longMs && minimumBad > 1) {
      report({
        path: at,
        severity: 'warning',
        code: 'tier-never-fires',
        message: `${inWords(tier)} can never fire: its long window holds ${Math.floor(longMs / method.sliceMs)} slices, and minimumBad asks for ${minimumBad} bad ones`,
        hint: 'lower minimumBad, which counts slices here, or take shorter slices',
      });
    }
    if (method.kind !== 'occurrences' && method.sliceMs > shortMs) {
      report({
        path: at,
        severity: 'warning',
        code: 'slice-longer-than-window',
        message: `${inWords(tier)} has a short window of ${formatDuration(shortMs)}, which holds no whole slice of ${formatDuration(method.sliceMs)}`,
        hint: 'take shorter slices, or a longer window',
      });
    }
  }
  checkMinimum(budget, tiers, path, report);
}

function checkMinimum(
  { objective, minimumBad, method }: ErrorBudget,
  tiers: readonly Part<BurnTier>[],
  path: DeclarationPath,
  report: Report,
): void {
  // 0.9999 is a little less than 1 − 0.0001.
  if (allowedShare(objective) > allowedShare(strictObjective) || minimumBad > 1 || method.kind !== 'occurrences')
    return;
  const [first] = tiers
    .map(({ value }) => value)
    .filter((tier) => isReachable(tier, objective))
    .sort((a, b) => b.factor - a.factor);
  if (first === undefined) return;
  const events = Math.floor(1 / (first.factor * allowedShare(objective)));
  report({
    path: [...path, 'objective'],
    severity: 'warning',
    code: 'one-error-fires',
    message: `a single bad event fires ${inWords(first)} of ${formatRatio(objective)} when there are at most ${events} events in ${formatDuration(first.longMs)}`,
    hint: 'add minimumBad: 10, or however many bad events are worth a look',
  });
}

function reachableHint({ longMs }: BurnTier, { objective, period }: ErrorBudget): string {
  // Half of what total failure spends, so that it fires in half of the window.
  const share = Number((longMs / nominalPeriodMs(period) / allowedShare(objective) / 2).toPrecision(1));
  return `a total failure spends ${formatRatio(Number((2 * share).toPrecision(2)))} of the budget in ${formatDuration(longMs)}: ask for ${formatRatio(share)}, as in budget: ${formatRatio(share)}`;
}

function inWords({ severity, share, longMs }: BurnTier): string {
  return `the ${severity} tier of ${formatRatio(Number(share.toPrecision(3)))} in ${formatDuration(longMs)}`;
}

/** Rounded, but not into the factor that it is held against, nor past it. */
function roundBelow(burn: number, factor: number): number {
  for (let digits = 3; digits < 12; digits += 1) {
    const rounded = Number(burn.toPrecision(digits));
    if (rounded < factor) return rounded;
  }
  return factor;
}

function round(number: number): number {
  return Number(number.toPrecision(3));
}
