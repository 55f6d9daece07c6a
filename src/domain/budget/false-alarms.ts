import { allowedShare } from './burn-rate.ts';
import type { BurnTier } from './objective.ts';
import { poissonOf, poissonTail } from './poisson.ts';

const yearMs = 365.25 * 86_400_000;

/** A service that is exactly as good as it promised to be, and how rarely it is asked. */
export interface QuietService {
  readonly objective: number;
  /** Bad events that the long window must hold for the tier to fire. */
  readonly minimumBad: number;
  /** True share of bad events; absent: just what the objective allows. */
  readonly errorRatio?: number;
}

/**
 * How often a year a tier fires by chance alone, at `eventsPerSecond` of which a steady share is bad.
 *
 * The year is taken as short windows that do not overlap, each with a long window of its own before it; bad events fall
 * as by Poisson, and windows hold the events that they hold on average. That both windows are above the factor is exact
 * under that. Windows that slide give a few more chances (up to about twice), and an alarm that lasts for several short
 * windows counts for each. At the share that the objective allows, a tier of factor 1 is above it half of the time: that
 * is what it is for, so ask for a smaller `errorRatio` there.
 */
export function falseAlarmsPerYear(tier: BurnTier, service: QuietService, eventsPerSecond: number): number {
  const allowed = allowedShare(service.objective);
  const threshold = tier.factor * allowed;
  if (!(eventsPerSecond > 0) || threshold >= 1) return 0;
  const ratio = service.errorRatio ?? allowed;
  const [longEvents, shortEvents] = [tier.longMs, tier.shortMs].map((ms) => (ms / 1000) * eventsPerSecond);
  if (longEvents === undefined || shortEvents === undefined) return 0;
  const needed = {
    short: above(threshold * shortEvents),
    long: Math.max(above(threshold * longEvents), Math.ceil(service.minimumBad)),
  };
  const both = chanceOfBoth(needed, shortEvents * ratio, Math.max(0, longEvents - shortEvents) * ratio);
  return (yearMs / tier.shortMs) * both;
}

/**
 * Events a second from which on a tier fires by chance at most `alarmsPerYear` times a year, to within 5 %; 0 when any
 * traffic will do, and never when a million a second are not enough.
 */
export function eventsNeeded(tier: BurnTier, service: QuietService, alarmsPerYear = 1): number | 'never' {
  let enough: number | 'never' = 'never';
  // From many to few: with very few events there are few alarms again, since hardly anything happens at all.
  for (let perSecond = 1e6; perSecond > 1e-6; perSecond /= 1.05) {
    if (falseAlarmsPerYear(tier, service, perSecond) > alarmsPerYear) return enough;
    enough = perSecond;
  }
  return 0;
}

/** Chance that the short window holds the bad events it needs, and both parts of the long one together what it needs. */
function chanceOfBoth(needed: { short: number; long: number }, shortMean: number, restMean: number): number {
  let sum = 0;
  let rest = poissonTail(needed.long - needed.short, restMean);
  for (let short = needed.short; short < needed.long; short += 1) {
    const chance = poissonOf(short, shortMean);
    sum += chance * rest;
    rest = Math.min(1, rest + poissonOf(needed.long - short - 1, restMean));
    // Past the mean each chance is smaller than the one before: by now they add nothing.
    if (short > shortMean && chance <= 1e-15 * sum) return sum;
  }
  return sum + poissonTail(Math.max(needed.long, needed.short), shortMean);
}

/** The least whole number strictly above a limit, which rounding may have put a little off a whole number. */
function above(limit: number): number {
  return Math.floor(limit * (1 + 1e-9)) + 1;
}
