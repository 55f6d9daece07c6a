import type { Severity } from '../service/severity.ts';
import type { BurnTier } from './objective.ts';
import { allowedShare } from './burn-rate.ts';
import { dayMs } from './zone.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A tier as people write it: this share of the budget within the long window. */
export interface TierPlan {
  readonly share: number;
  readonly longMs: number;
  /** Absent: a twelfth of the long window, as in the SRE workbook. */
  readonly shortMs?: number;
}

/** The pairs of windows of the SRE workbook: over 30 days 14.4 and 6 times too fast page, 3 times and once write a ticket. */
export const presets = {
  page: [
    { share: 0.02, longMs: hourMs, shortMs: 5 * minuteMs },
    { share: 0.05, longMs: 6 * hourMs, shortMs: 30 * minuteMs },
  ],
  ticket: [
    { share: 0.1, longMs: 24 * hourMs, shortMs: 2 * hourMs },
    { share: 0.1, longMs: 72 * hourMs, shortMs: 6 * hourMs },
  ],
} as const satisfies Record<Severity, readonly TierPlan[]>;

/** The windows of the presets fit periods from here on, ms. */
const shortestPeriodMs = 7 * dayMs;
/** At this period the long ticket's factor is 0.93, which is common practice; in shorter periods factors stay at 1 or above. */
const monthMs = 28 * dayMs;
/** Windows get no shorter than this, ms: there have to be a few steps in one. */
const shortestMs = { long: 5 * minuteMs, short: minuteMs };

/** The factor follows from what a share of the budget within the long window means for this period. */
export function tierOf(severity: Severity, plan: TierPlan, periodMs: number): BurnTier {
  const { share, longMs } = plan;
  return { severity, share, longMs, shortMs: plan.shortMs ?? longMs / 12, factor: factorOf(share, longMs, periodMs) };
}

/**
 * A preset for a period. From a week on the windows stay and the factors follow the period; for shorter periods the
 * windows shrink with it, to whole minutes, and to five of them from two hours on. A tier of a period under four weeks whose factor would be under 1 gets 1, and
 * the share that this comes to: less than 1 would fire at a rate which the budget can bear for ever.
 */
export function presetTiers(severity: Severity, periodMs: number): readonly BurnTier[] {
  const scale = Math.min(1, periodMs / shortestPeriodMs);
  return presets[severity].map(({ share, longMs, shortMs }) => {
    const long = scaled(longMs, scale, shortestMs.long);
    const short = scaled(shortMs, scale, shortestMs.short);
    const tier = tierOf(severity, { share, longMs: long, shortMs: short }, periodMs);
    if (periodMs >= monthMs || tier.factor >= 1) return tier;
    return { ...tier, factor: 1, share: long / periodMs };
  });
}

/** Burn rate at which a share of the period's budget is spent within the window. */
export function factorOf(share: number, windowMs: number, periodMs: number): number {
  // Twelve digits: 0.02 × 720 is 14.400000000000002 or 14.4, as the factors happen to be multiplied.
  return Number(((share * periodMs) / windowMs).toPrecision(12));
}

/** Whether a tier can fire at all: even when nothing succeeds the budget burns 1 ÷ (1 − objective) times too fast. */
export function isReachable(tier: Pick<BurnTier, 'factor'>, objective: number): boolean {
  return tier.factor * allowedShare(objective) < 1;
}

/** After how long a steady share of errors fires a tier, counted from a stretch without errors, ms. Strictly above the factor. */
export function timeToFire(tier: BurnTier, objective: number, errorRatio: number): number | 'never' {
  const threshold = tier.factor * allowedShare(objective);
  if (!(errorRatio > threshold * (1 + factorRounding))) return 'never';
  return (threshold / errorRatio) * Math.max(tier.longMs, tier.shortMs);
}

/** A burn rate this little above a factor is at it: neither 1 − 0.999 nor the rounding of counts may fire a tier. */
export const factorRounding = 1e-6;

function scaled(ms: number, scale: number, least: number): number {
  if (scale === 1) return ms;
  const stepMs = ms * scale >= 2 * hourMs ? 5 * minuteMs : minuteMs;
  return Math.max(least, Math.round((ms * scale) / stepMs) * stepMs);
}
