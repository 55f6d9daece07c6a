import { presetTiers, tierOf } from '../../domain/budget/burn-tiers.ts';
import type { BurnTier, Period } from '../../domain/budget/objective.ts';
import type { Severity } from '../../domain/service/severity.ts';
import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import type { BurnRateFile, ErrorBudgetFile } from '../budget-file.ts';
import { show } from '../fields.ts';
import type { Report } from '../problem.ts';
import { readShare } from '../service/share.ts';
import type { Part } from '../service/read-parts.ts';
import { shortMs } from '../windows.ts';
import { checkPreset } from './check-preset.ts';

type TierFile = BurnRateFile & { readonly budget: string | number; readonly over: number };

/** A calendar month counts as 30 days and so on: its tiers do not change from one period to the next. */
const nominalDays = { week: 7, month: 30, quarter: 91, year: 365 } as const;

/** How long a period is to those who scale windows and factors by it, ms. */
export function nominalPeriodMs(period: Period): number {
  return period.kind === 'rolling' ? period.ms : nominalDays[period.unit] * 86_400_000;
}

/** The tiers that `burnRates` names, with where each was named. What is wrong with one is reported, and the tier left out. */
export function buildTiers(
  burnRates: ErrorBudgetFile['burnRates'],
  periodMs: number,
  path: DeclarationPath,
  report: Report,
): readonly Part<BurnTier>[] {
  const seen = new Set<string>();
  return burnRates.flatMap((item, index): readonly Part<BurnTier>[] => {
    const at = [...path, index];
    const tiers =
      typeof item === 'string'
        ? buildPreset(item, periodMs, at, report)
        : (buildItem(item, periodMs, at, report) ?? []);
    // The tiers of a preset come to the same windows where the period is very short.
    const byWindows = new Map(
      tiers.map((tier) => [`${tier.severity} ${tier.shadow === true} ${tier.longMs} ${tier.shortMs}`, tier]),
    );
    const fresh = [...byWindows].filter(([id]) => !seen.has(id)).map(([, tier]) => tier);
    for (const id of byWindows.keys()) seen.add(id);
    if (fresh.length < byWindows.size) {
      const message = 'a tier of this severity over the same windows stands here already';
      report({ path: at, severity: 'warning', code: 'repeated-burn-rate', message, hint: 'leave one of them out' });
    }
    return fresh.map((value) => ({ value, path: at }));
  });
}

function buildPreset(severity: Severity, periodMs: number, path: DeclarationPath, report: Report): readonly BurnTier[] {
  const tiers = presetTiers(severity, periodMs);
  checkPreset(tiers, periodMs, path, report);
  return tiers;
}

/** A preset that says something about its rule, or one tier. */
function buildItem(
  file: BurnRateFile,
  periodMs: number,
  path: DeclarationPath,
  report: Report,
): readonly BurnTier[] | undefined {
  const { severity, budget, over, short } = file;
  const marked = (tiers: readonly BurnTier[] | undefined): readonly BurnTier[] | undefined =>
    file.shadow ? tiers?.map((tier) => ({ ...tier, shadow: true })) : tiers;
  if (budget !== undefined && over !== undefined)
    return marked(buildTier({ ...file, budget, over }, periodMs, path, report));
  if (budget === undefined && over === undefined && short === undefined)
    return marked(buildPreset(severity, periodMs, path, report));
  const missing = budget === undefined ? (over === undefined ? 'budget and over' : 'budget') : 'over';
  report({
    path,
    code: 'incomplete-tier',
    message: `this tier does not say which share of the budget in which time (${missing} missing)`,
    hint: `write budget: 2% and over: 1h, or neither and no short, for the ${severity} preset`,
  });
  return undefined;
}

function buildTier(
  file: TierFile,
  periodMs: number,
  path: DeclarationPath,
  report: Report,
): readonly BurnTier[] | undefined {
  const share = readShare(file.budget, [...path, 'budget'], report, '2% or 0.02');
  const short = file.short ?? Math.round(file.over / 12);
  if (share === 0) {
    const message = 'no share of the budget is always spent: this tier would fire at the first error';
    report({ path: [...path, 'budget'], code: 'ratio-out-of-range', message, hint: 'take a share such as 2%' });
  }
  // Nobody asks for all of the budget in a part of the period, but `1` is what 1% looks like without its sign.
  if (share === 1 && !String(file.budget).includes('%') && file.over < periodMs) {
    report({
      path: [...path, 'budget'],
      severity: 'warning',
      code: 'whole-budget',
      message: `with ${show(file.budget)} this tier waits until all of the budget is spent within ${formatDuration(file.over)}`,
      hint: 'did you mean 1%? All of it is 100%',
    });
  }
  if (file.over > periodMs) {
    report({
      path: [...path, 'over'],
      code: 'window-longer-than-period',
      message: `this window of ${formatDuration(file.over)} is longer than the period of the budget, ${formatDuration(periodMs)}`,
      hint: 'take a shorter window, or a longer period',
    });
    return undefined;
  }
  if (short >= file.over) {
    report({
      path: [...path, file.short === undefined ? 'over' : 'short'],
      code: 'burn-rate-windows',
      message: `the short window of ${formatDuration(short)} is not shorter than the long one of ${formatDuration(file.over)}`,
      hint: `leave it out for a twelfth of the long one, ${formatDuration(Math.round(file.over / 12))}`,
    });
    return undefined;
  }
  if (share === undefined || share === 0) return undefined;
  if (short < shortMs) {
    report({
      path: [...path, file.short === undefined ? 'over' : 'short'],
      severity: 'warning',
      code: 'short-window',
      message: `the short window of ${formatDuration(short)} rarely holds two scrapes`,
      hint: `take at least ${formatDuration(shortMs)}, or four scrape intervals`,
    });
  }
  return [tierOf(file.severity, { share, longMs: file.over, shortMs: short }, periodMs)];
}
