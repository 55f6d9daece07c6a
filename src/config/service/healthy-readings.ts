import type { ReadingLookup } from '../../domain/service/condition.ts';
import { unknown } from '../../domain/reading/reading.ts';
import type { Target } from '../../domain/service/service.ts';

/** What a signal's targets allow. Shares end at 1 by themselves. */
export interface Allowed {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** What each signal is allowed by all of its targets together, by whatever tells the targets apart. */
export function allowedBy(targets: readonly Target[], keyOf: (target: Target) => string): ReadonlyMap<string, Allowed> {
  const allowed = new Map<string, Allowed>();
  for (const target of targets) {
    const { atLeast = -Infinity, atMost = Infinity } = allowed.get(keyOf(target)) ?? {};
    const both =
      target.bound === 'atLeast'
        ? { atLeast: Math.max(atLeast, target.value), atMost }
        : { atLeast, atMost: Math.min(atMost, target.value) };
    allowed.set(keyOf(target), {
      ...(both.atLeast === -Infinity ? {} : { atLeast: both.atLeast }),
      ...(both.atMost === Infinity ? {} : { atMost: both.atMost }),
    });
  }
  return allowed;
}

/** How many values `gaugeSamples` takes. */
export const sampleCount = 4;

/** Values of a gauge that hold its targets: at the bound, and well inside. */
export function gaugeSamples({ atLeast, atMost }: Allowed): readonly number[] {
  if (atLeast !== undefined && atMost !== undefined) {
    const middle = (atLeast + atMost) / 2;
    return [atLeast, middle, atMost, atLeast <= 0 && atMost >= 0 ? 0 : middle];
  }
  const bound = atLeast ?? atMost ?? 0;
  const away = atLeast === undefined ? -1 : 1;
  const near = bound + away * Math.max(Math.abs(bound), 1);
  return [bound, near, bound + away * 10 * Math.max(Math.abs(bound), 1), bound + away * 1_000_000];
}

/** Readings of which some are known; the others are unknown, so that what depends on them stays undecided. */
export function readingsOf(valueOf: (...use: Parameters<ReadingLookup>) => number | undefined): ReadingLookup {
  return (use) => {
    const value = valueOf(use);
    return value === undefined ? unknown('no-data', use.signal) : { kind: 'value', value, sampleAt: 0 };
  };
}
