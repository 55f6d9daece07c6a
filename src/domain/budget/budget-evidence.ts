import type { BudgetUse } from '../service/condition.ts';
import { formatDuration } from '../text/duration.ts';
import { roundApart } from '../text/round-apart.ts';
import { formatRatio } from '../text/ratio.ts';
import { signalWords } from '../reading/verdict-text.ts';
import { burnRate } from './burn-rate.ts';
import { burnSpeed, factorSpeed } from './burn-speed.ts';
import { exhaustedIn } from './exhaustion.ts';
import { judgeTier } from './judge-tier.ts';
import type { BurnTier, ErrorBudget } from './objective.ts';
import { budgetAt, spentBetween } from './read-budget.ts';
import { endOfWindow } from './read-window.ts';
import { isExact, isRecorded, type WindowCounts } from './window-counts.ts';

/** What else a rule's evidence depends on; times in ms on the source's clock. */
export interface EvidenceScene {
  /** The onset. */
  readonly since: number;
  readonly now: number;
  /** The numbers in the rule's condition, which nothing is rounded across. */
  readonly bounds?: readonly number[];
}

/**
 * What a rule on a budget saw when it stopped the line, for people: the windows that fired with their burn rates, what was
 * spent since the onset, what is left, and how long that lasts. What is not known is left out; what is put together from
 * recorded windows is `about` so much.
 */
export function budgetEvidence(
  budget: ErrorBudget,
  counts: WindowCounts,
  uses: readonly BudgetUse[],
  { since, now, bounds = [] }: EvidenceScene,
): string {
  const windows = new Set(uses.flatMap(({ windowMs }) => windowMs ?? []));
  // The fastest burn says best how long the budget lasts.
  const fired = budget.tiers
    .filter((tier) => windows.has(tier.longMs) && fires(budget, counts, tier, now))
    .sort((a, b) => b.factor - a.factor);
  const burns =
    fired.length > 0
      ? fired.map(
          (tier) =>
            `${burnText(budget, counts, tier.longMs, now, tier.factor)} and ` +
            `${burnText(budget, counts, tier.shortMs, now, tier.factor)} (fires above ${factorSpeed(tier.factor)})`,
        )
      : [...windows].map((windowMs) => burnText(budget, counts, windowMs, now, undefined, bounds));
  const parts = [
    burns.length === 0 ? '' : `burns at ${burns.join('; ')}`,
    ...stand(budget, counts, since, now, bounds),
  ];
  const longMs = fired[0]?.longMs ?? Math.min(...windows);
  return [`Error budget ${signalWords(budget.name)}: ${parts.filter((part) => part !== '').join('; ')}`]
    .concat(Number.isFinite(longMs) ? lastsText(budget, counts, longMs, now) : [])
    .join('; ');
}

function fires(budget: ErrorBudget, counts: WindowCounts, tier: BurnTier, now: number): boolean {
  const [long, short] = [tier.longMs, tier.shortMs].map((ms) => burnRate(budget, counts, ms, now));
  if (long === undefined || short === undefined) return false;
  return judgeTier(tier, long, short, budget.minimumBad).kind === 'fires';
}

function burnText(
  budget: ErrorBudget,
  counts: WindowCounts,
  windowMs: number,
  now: number,
  factor?: number,
  bounds?: readonly number[],
): string {
  const burn = burnRate(budget, counts, windowMs, now);
  const rate = burn.kind === 'value' ? burnSpeed(burn.value, factor, bounds) : `an unknown rate (${burn.reason})`;
  return `${rate} over ${formatDuration(windowMs)}`;
}

function stand(
  budget: ErrorBudget,
  counts: WindowCounts,
  since: number,
  now: number,
  bounds: readonly number[],
): readonly string[] {
  const spent = spentBetween(budget, counts, since, now, now);
  const state = budgetAt(budget, counts, now);
  const about = isExact(counts, since, endOfWindow(counts, now)) ? '' : 'about ';
  return [
    typeof spent === 'number' && since < now ? `this incident has spent ${about}${percent(spent)} of it` : '',
    state.kind === 'value' ? leftText(state.remaining, bounds) : '',
  ];
}

function lastsText(budget: ErrorBudget, counts: WindowCounts, windowMs: number, now: number): readonly string[] {
  const exhaustion = exhaustedIn(budget, counts, now, windowMs);
  if (exhaustion.kind === 'unknown') return [];
  if (exhaustion.kind === 'never') return ['at this rate it lasts for ever'];
  if (exhaustion.ms <= 0) return [];
  const minutes = Math.max(1, Math.round(exhaustion.ms / 60_000));
  const about = isRecorded(counts) ? 'about ' : '';
  return [`at this rate it is gone in ${about}${formatDuration(minutes * 60_000)}`];
}

function leftText(remaining: number, bounds: readonly number[]): string {
  const shown = roundApart(remaining, [0, ...bounds]);
  return shown < 0 ? `it is overspent by ${formatRatio(-shown)}` : `${formatRatio(shown)} is left`;
}

function percent(share: number): string {
  return formatRatio(Number(share.toPrecision(3)));
}
