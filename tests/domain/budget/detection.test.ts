import { describe, expect, test } from '@jest/globals';
import { burnRate } from '../../../src/domain/budget/burn-rate.ts';
import { presetTiers, timeToFire } from '../../../src/domain/budget/burn-tiers.ts';
import { judgeTier } from '../../../src/domain/budget/judge-tier.ts';
import { addStep } from '../../../src/domain/budget/ledger.ts';
import type { BurnTier } from '../../../src/domain/budget/objective.ts';
import { aBudget, day, filled, hour, minute, monday, second, steady } from './budgets.ts';

const period = 30 * day;
const tiers = [...presetTiers('page', period), ...presetTiers('ticket', period)];
const budget = aBudget({ tiers });
const step = 15 * second;

/**
 * After how many seconds of steady errors each tier fires, after four days without one. Once it fires it goes on, so far
 * from where it should a look every five minutes is enough to see that it does not yet.
 */
function firings(badShare: number, expected: readonly number[]): readonly (number | 'never')[] {
  const untilSeconds = expected.length === 0 ? 3.1 * 86_400 : Math.max(...expected) + 3_600;
  const ledger = filled(budget, steady(monday - 4 * day, monday, 5 * minute, 10, 0));
  const fired = new Map<BurnTier, number>();
  for (const each of steady(monday, monday + untilSeconds * second, step, 10, badShare)) {
    addStep(ledger, each);
    const seconds = (each.to - monday) / second;
    if (seconds % 300 !== 0 && !expected.some((theory) => Math.abs(seconds - theory) < 60)) continue;
    for (const tier of tiers) {
      if (fired.has(tier)) continue;
      const long = burnRate(budget, ledger, tier.longMs, each.to);
      const short = burnRate(budget, ledger, tier.shortMs, each.to);
      if (judgeTier(tier, long, short, 0).kind === 'fires') fired.set(tier, seconds);
    }
  }
  return tiers.map((tier) => fired.get(tier) ?? 'never');
}

describe('steady errors at 99.9 % over 30 days fire each tier within one step of the workbook', () => {
  test.each<[number, readonly (number | 'never')[]]>([
    [1, [52, 130, 259, 259]],
    [0.15, [346, 864, 1_728, 1_728]],
    [0.1, [518, 1_296, 2_592, 2_592]],
    [0.05, [1_037, 2_592, 5_184, 5_184]],
    [0.02, [2_592, 6_480, 12_960, 12_960]],
    [0.0144, ['never', 9_000, 18_000, 18_000]],
    [0.01, ['never', 12_960, 25_920, 25_920]],
    [0.005, ['never', 'never', 51_840, 51_840]],
    [0.002, ['never', 'never', 'never', 129_600]],
    [0.001, ['never', 'never', 'never', 'never']],
  ])('%d', (badShare, expected) => {
    const numbers = expected.filter((each) => each !== 'never');
    const seen = firings(badShare, numbers);
    for (const [index, theory] of expected.entries()) {
      const tier = tiers[index];
      const formula = tier === undefined ? NaN : timeToFire(tier, 0.999, badShare);
      if (theory === 'never') {
        expect(seen[index]).toBe('never');
        expect(formula).toBe('never');
        continue;
      }
      expect(Math.round(Number(formula) / second)).toBe(theory);
      expect(seen[index]).toBeGreaterThanOrEqual(theory - 0.5);
      expect(seen[index]).toBeLessThanOrEqual(theory + 0.5 + step / second);
    }
  });
});

test('15 % errors for 10 minutes fire after 5.76 minutes and clear 4.52 minutes after their end', () => {
  const [tier] = tiers;
  if (tier === undefined) throw new Error('there is a first tier');
  const ledger = filled(budget, steady(monday - 4 * day, monday, 5 * minute, 10, 0));
  const end = monday + 10 * minute;
  const firing: number[] = [];
  for (const each of [...steady(monday, end, second, 10, 0.15), ...steady(end, end + 10 * minute, second, 10, 0)]) {
    addStep(ledger, each);
    const long = burnRate(budget, ledger, tier.longMs, each.to);
    const short = burnRate(budget, ledger, tier.shortMs, each.to);
    if (judgeTier(tier, long, short, 0).kind === 'fires') firing.push(each.to);
  }

  expect(((firing[0] ?? NaN) - monday) / minute).toBeCloseTo(5.76, 1);
  // In the sixtieth of its window that a slot of 10 s is, the far edge is taken for even.
  expect(Math.abs(((firing.at(-1) ?? NaN) - end) / minute - 4.52)).toBeLessThan(0.1);
  expect(firing).toHaveLength(((firing.at(-1) ?? NaN) - (firing[0] ?? NaN)) / second + 1);
});

test('a single window of an hour that fires at 36 stays true for 57.84 minutes after a complete outage that just fired it', () => {
  const single: BurnTier = { severity: 'page', share: 0.05, longMs: hour, shortMs: hour, factor: 36 };
  const ledger = filled(budget, steady(monday - 4 * day, monday, 5 * minute, 10, 0));
  const end = monday + 130 * second;
  const firing: number[] = [];
  for (const each of [...steady(monday, end, second, 10, 1), ...steady(end, end + hour, second, 10, 0)]) {
    addStep(ledger, each);
    const burn = burnRate(budget, ledger, hour, each.to);
    if (judgeTier(single, burn, burn, 0).kind === 'fires') firing.push(each.to);
  }
  expect(Math.abs((firing[0] ?? NaN) - monday - 2.16 * minute)).toBeLessThanOrEqual(2 * second);
  expect(Math.abs((firing.at(-1) ?? NaN) - (firing[0] ?? NaN) - 57.84 * minute)).toBeLessThanOrEqual(12 * second);
});

test('a tier does not fire on a service of 3 minutes, whatever its errors', () => {
  const ledger = filled(budget, []);
  for (const each of steady(monday, monday + 3 * minute, step, 10, 0.0333)) addStep(ledger, each);
  for (const tier of tiers) {
    const long = burnRate(budget, ledger, tier.longMs, monday + 3 * minute);
    const short = burnRate(budget, ledger, tier.shortMs, monday + 3 * minute);
    expect(judgeTier(tier, long, short, 0)).toMatchObject({
      kind: 'unknown',
      window: 'long',
      why: { reason: 'short-history' },
    });
  }
});

test('idle stretches and gaps of a source fire nothing', () => {
  const bad = filled(
    budget,
    steady(monday - 4 * day, monday - 2 * hour, 5 * minute, 10, 0.5),
    steady(monday - 2 * hour, monday, minute, 0, 0),
  );
  const [tier] = tiers;
  if (tier === undefined) throw new Error('there is a first tier');
  const read = (ms: number) => burnRate(budget, bad, ms, monday);

  expect(judgeTier(tier, read(hour), read(5 * minute), 0)).toMatchObject({
    kind: 'unknown',
    why: { reason: 'no-traffic' },
  });
});
