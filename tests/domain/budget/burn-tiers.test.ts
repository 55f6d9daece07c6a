import { describe, expect, test } from '@jest/globals';
import type { BurnReading } from '../../../src/domain/budget/burn-rate.ts';
import { factorOf, isReachable, presetTiers, tierOf, timeToFire } from '../../../src/domain/budget/burn-tiers.ts';
import { judgeTier } from '../../../src/domain/budget/judge-tier.ts';
import { day, hour, minute } from './budgets.ts';

const factors = (periodDays: number): readonly number[] =>
  (['page', 'ticket'] as const).flatMap((each) => presetTiers(each, periodDays * day)).map(({ factor }) => factor);

describe('the presets', () => {
  test.each([
    [30, [14.4, 6, 3, 1]],
    [28, [13.44, 5.6, 2.8, 0.9333]],
    [90, [43.2, 18, 9, 3]],
    [7, [3.36, 1.4, 1, 1]],
  ])('over %d days have these factors', (days, expected) => {
    expect(factors(days).map((factor) => Number(factor.toFixed(4)))).toEqual(expected);
  });

  test('keep their windows from a week on, and shrink them with shorter periods', () => {
    expect(presetTiers('page', 7 * day).map(({ longMs, shortMs }) => [longMs / minute, shortMs / minute])).toEqual([
      [60, 5],
      [360, 30],
    ]);
    expect(presetTiers('ticket', 3.5 * day).map(({ longMs, shortMs }) => [longMs / hour, shortMs / hour])).toEqual([
      [12, 1],
      [36, 3],
    ]);
    expect(presetTiers('page', hour)[0]).toMatchObject({ longMs: 5 * minute, shortMs: minute });
  });

  test.each([
    ['page', 36, [13, 1, 77, 6]],
    ['ticket', 36, [310, 26, 925, 77]],
    ['page', 24, [9, 1, 51, 4]],
    ['page', 6, [5, 1, 13, 1]],
  ] as const)('of %s shrink over %d hours to windows that people would write', (severity, hours, minutes) => {
    const windows = presetTiers(severity, hours * hour).flatMap(({ longMs, shortMs }) => [longMs, shortMs]);
    expect(windows.map((ms) => ms / minute)).toEqual(minutes);
  });

  test('never fire at a rate that the budget bears for ever', () => {
    for (const days of [0.5, 1, 3, 7, 14, 20])
      for (const factor of factors(days)) expect(factor).toBeGreaterThanOrEqual(1);
  });
});

test.each([
  ['5 % in an hour of 30 days', 0.05, hour, 30 * day, 36],
  ['a catalogue for 7 days: 8 % in 1 h', 0.08, hour, 7 * day, 13.44],
  ['12.5 % in 6 h', 0.125, 6 * hour, 7 * day, 3.5],
  ['20 % in 1 d', 0.2, day, 7 * day, 1.4],
  ['42 % in 3 d', 0.42, 3 * day, 7 * day, 0.98],
])('%s', (_name, share, windowMs, periodMs, factor) => {
  expect(factorOf(share, windowMs, periodMs)).toBe(factor);
  expect(tierOf('page', { share, longMs: windowMs }, periodMs)).toMatchObject({ factor, shortMs: windowMs / 12 });
});

test.each([
  [14.4, 0.9, false],
  [14.4, 0.9305, false],
  [14.4, 0.9306, true],
  [6, 0.833, false],
  [6, 0.834, true],
  [3, 0.666, false],
  [3, 0.667, true],
  [1, 0.5, true],
])('a factor of %d at an objective of %d can fire: %s', (factor, objective, reachable) => {
  expect(isReachable({ factor }, objective)).toBe(reachable);
});

test.each([
  ['an hour of complete outage at 90 %', 0.9, 'never'],
  ['a 36 h window that must hold 2 %', 0.999, 129.6],
])('time to fire at %s', (_name, objective, seconds) => {
  const tier = tierOf(
    'page',
    objective === 0.9 ? { share: 0.02, longMs: hour } : { share: 0.05, longMs: 36 * hour },
    30 * day,
  );
  const expected = seconds === 'never' ? 'never' : expect.closeTo(Number(seconds) * 1_000, 0);

  expect(timeToFire(tier, objective, 1)).toEqual(expected);
});

test('a single window of 10 minutes at burn 1 sees a complete outage in 0.6 s', () => {
  const tier = { severity: 'page', share: 0, longMs: 10 * minute, shortMs: minute, factor: 1 } as const;

  expect(timeToFire(tier, 0.999, 1)).toBeCloseTo(600, 6);
});

describe('a tier', () => {
  const tier = tierOf('page', { share: 0.02, longMs: hour }, 30 * day);
  const burn = (value: number, bad = 100): BurnReading => ({
    kind: 'value',
    value,
    sampleAt: 0,
    good: 1_000,
    bad,
    total: 1_000 + bad,
    coverage: 1,
    excludedMs: 0,
  });
  const blind: BurnReading = { kind: 'unknown', reason: 'short-history', detail: 'too young', coverage: 0.2 };

  test.each<[string, BurnReading, BurnReading, number, object]>([
    ['fires above its factor in both windows', burn(14.5), burn(20), 0, { kind: 'fires', long: 14.5, short: 20 }],
    ['does not fire at its factor', burn(14.4), burn(20), 0, { kind: 'calm', reason: 'long-burn' }],
    ['nor above it by noise', burn(0.0144 / (1 - 0.999)), burn(14.400001), 0, { kind: 'calm', reason: 'long-burn' }],
    ['nor when the short window has cleared', burn(20), burn(14), 0, { kind: 'calm', reason: 'short-burn' }],
    ['nor on too few bad events', burn(20, 4), burn(20, 4), 5, { kind: 'calm', reason: 'too-few-bad' }],
    ['fires on just enough of them', burn(20, 4.999999), burn(20, 4), 5, { kind: 'fires' }],
    ['is calm when one window is, whatever the other', blind, burn(2), 0, { kind: 'calm', reason: 'short-burn' }],
    ['is calm when the long one is', burn(2), blind, 0, { kind: 'calm', reason: 'long-burn' }],
    ['is unknown without the long window', blind, burn(20), 0, { kind: 'unknown', window: 'long', why: blind }],
    ['is unknown without the short window', burn(20), blind, 0, { kind: 'unknown', window: 'short', why: blind }],
  ])('%s', (_name, long, short, minimumBad, expected) => {
    expect(judgeTier(tier, long, short, minimumBad)).toMatchObject(expected);
  });
});
