import { describe, expect, test } from '@jest/globals';
import { eventsNeeded, falseAlarmsPerYear } from '../../../src/domain/budget/false-alarms.ts';
import { presetTiers } from '../../../src/domain/budget/burn-tiers.ts';
import type { BurnTier } from '../../../src/domain/budget/objective.ts';
import { poissonOf, poissonTail } from '../../../src/domain/budget/poisson.ts';
import { Chance } from '../../support/chance.ts';
import { day, hour, minute } from './budgets.ts';

const [fast, slow] = presetTiers('page', 30 * day) as [BurnTier, BurnTier];
const service = { objective: 0.999, minimumBad: 0 };

test.each([
  [0, 3, 0.049787068367863944, 1],
  [3, 3, 0.22404180765538775, 0.5768099188731565],
  [40, 20, 2.777570687832384e-5, 5.320202511246218e-5],
  [1_000, 1_000, 1.26146113487215e-2, 0.5042052441802155],
  [5, 0, 0, 0],
])('Poisson: %d where %d are expected', (count, mean, exactly, atLeast) => {
  expect(poissonOf(count, mean) / (exactly === 0 ? 1 : exactly)).toBeCloseTo(exactly === 0 ? 0 : 1, 9);
  expect(poissonTail(count, mean) / (atLeast === 0 ? 1 : atLeast)).toBeCloseTo(atLeast === 0 ? 0 : 1, 9);
});

describe('false alarms', () => {
  test('at 10 requests an hour come with each failure: 87 a year', () => {
    expect(falseAlarmsPerYear(fast, service, 10 / 3_600)).toBeCloseTo(87.6, 0);
  });

  test('hardly come at 10 a second, nor where several failures are asked for', () => {
    expect(falseAlarmsPerYear(fast, service, 10)).toBeLessThan(1e-9);
    expect(falseAlarmsPerYear(fast, { ...service, minimumBad: 3 }, 10 / 3_600)).toBeLessThan(0.01);
  });

  test('do not come without traffic or where nothing can fire', () => {
    expect(falseAlarmsPerYear(fast, service, 0)).toBe(0);
    expect(falseAlarmsPerYear(fast, { ...service, objective: 0.9 }, 1)).toBe(0);
  });

  test('are as many as chance makes in windows drawn one after the other', () => {
    const perSecond = 0.03;
    const chance = new Chance(7);
    const shorts = Array.from({ length: 200_000 }, () => chance.poisson(perSecond * 300 * 0.001));
    const needed = {
      long: Math.floor(0.0144 * perSecond * 3_600) + 1,
      short: Math.floor(0.0144 * perSecond * 300) + 1,
    };
    let alarms = 0;
    let long = 0;
    for (const [index, bad] of shorts.entries()) {
      long += bad - (shorts[index - 12] ?? 0);
      if (bad >= needed.short && long >= needed.long) alarms += 1;
    }
    const perYear = (alarms / shorts.length) * ((365.25 * day) / (5 * minute));

    expect(falseAlarmsPerYear(fast, service, perSecond) / perYear).toBeGreaterThan(0.8);
    expect(falseAlarmsPerYear(fast, service, perSecond) / perYear).toBeLessThan(1.25);
  });
});

describe('events needed', () => {
  test('keep a tier to its false alarms, and 10 % fewer do not', () => {
    for (const tier of [fast, slow]) {
      const needed = Number(eventsNeeded(tier, service, 1));
      expect(falseAlarmsPerYear(tier, service, needed)).toBeLessThanOrEqual(1);
      expect(falseAlarmsPerYear(tier, service, needed / 1.1)).toBeGreaterThan(1);
    }
  });

  test('are none where enough failures are asked for', () => {
    expect(Number(eventsNeeded(fast, { ...service, minimumBad: 5 }))).toBeLessThan(Number(eventsNeeded(fast, service)));
  });

  test('are never enough for a tier of factor 1 on a service that just keeps its objective', () => {
    const tier = { severity: 'ticket', share: 0.1, longMs: 72 * hour, shortMs: 6 * hour, factor: 1 } as const;

    expect(eventsNeeded(tier, service)).toBe('never');
    expect(eventsNeeded(tier, { ...service, errorRatio: 0.0005 })).toBeLessThan(1);
  });
});
