import type { UnknownReading } from '../reading/reading.ts';
import type { BudgetUnknown } from './budget-unknown.ts';
import type { BurnValue } from './burn-rate.ts';
import { factorRounding } from './burn-tiers.ts';
import { roundingOf } from './impossible.ts';
import type { BurnTier } from './objective.ts';

/** Whether a tier fires. What cannot be judged does not fire, and is not calm either. */
export type TierVerdict<U extends UnknownReading = BudgetUnknown> =
  | { readonly kind: 'fires'; readonly long: number; readonly short: number }
  | { readonly kind: 'calm'; readonly reason: 'long-burn' | 'short-burn' | 'too-few-bad' }
  | { readonly kind: 'unknown'; readonly window: 'long' | 'short'; readonly why: U };

type Burn = Pick<BurnValue, 'kind' | 'value' | 'bad'>;

/**
 * Holds the burn rates of a tier's windows against its factor: it fires when both are above it and the long window holds
 * at least `minimumBad` bad events. One window that is not above it is enough for calm, whatever the other is.
 */
export function judgeTier<U extends UnknownReading>(
  tier: BurnTier,
  long: Burn | U,
  short: Burn | U,
  minimumBad: number,
): TierVerdict<U> {
  if (long.kind === 'value') {
    if (!isAbove(long.value, tier.factor)) return { kind: 'calm', reason: 'long-burn' };
    if (long.bad < minimumBad - roundingOf(minimumBad)) return { kind: 'calm', reason: 'too-few-bad' };
  }
  if (short.kind === 'value' && !isAbove(short.value, tier.factor)) return { kind: 'calm', reason: 'short-burn' };
  if (long.kind === 'unknown') return { kind: 'unknown', window: 'long', why: long };
  if (short.kind === 'unknown') return { kind: 'unknown', window: 'short', why: short };
  return { kind: 'fires', long: long.value, short: short.value };
}

function isAbove(burn: number, factor: number): boolean {
  return burn > factor * (1 + factorRounding);
}
