import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  aimAfter,
  guessedCadence,
  learnCadence,
  mostPollsPerInterval,
  nextPoll,
} from '../../../src/domain/reading/cadence.ts';

describe('learning when samples are taken', () => {
  test('samples close together are one phase: its end', () => {
    expect(learnCadence(15_000, [1_000, 1_050, 1_100, 9_000])).toMatchObject({ phases: [1_100, 9_000], spread: false });
  });

  test('samples on both sides of the interval’s seam are one phase', () => {
    expect(learnCadence(15_000, [14_950, 15_020]).phases).toEqual([20]);
  });

  test('samples at many instants are not followed one by one: polls are spread', () => {
    const times = Array.from({ length: 12 }, (_, index) => index * 1_250);
    expect(learnCadence(15_000, times)).toMatchObject({ spread: true, phases: [0, 3_750, 7_500, 11_250] });
  });

  test('no samples at all leave it unlearnt', () => {
    expect(learnCadence(15_000, []).learnt).toBe(false);
  });

  test('how long samples take to land is not forgotten when their phases are learnt anew', () => {
    const before = { ...learnCadence(15_000, [1_000]), landingMs: 900 };
    expect(learnCadence(15_000, [2_000], before).landingMs).toBe(900);
  });
});

const cadences = fc
  .record({
    intervalMs: fc.integer({ min: 100, max: 120_000 }),
    times: fc.array(fc.integer({ min: 1_787_364_000_000, max: 1_787_364_200_000 }), { maxLength: 30 }),
  })
  .map(({ intervalMs, times }) => learnCadence(intervalMs, times));

describe('the next poll', () => {
  test('is always later, and never further than the interval and its landing', () => {
    fc.assert(
      fc.property(cadences, fc.integer({ min: 0, max: 2_000_000_000_000 }), (cadence, after) => {
        const at = nextPoll(cadence, after);
        expect(at).toBeGreaterThan(after);
        expect(at - after).toBeLessThanOrEqual(cadence.intervalMs + 1);
      }),
    );
  });

  test('never leaves a sample waiting for more than a quarter of the interval when polls are spread', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 120_000 }),
        fc.integer({ min: 0, max: 10_000_000 }),
        (intervalMs, after) => {
          const cadence = guessedCadence(intervalMs);
          const spread = learnCadence(
            intervalMs,
            Array.from({ length: 6 }, (_, index) => (index * intervalMs) / 6),
          );
          expect(spread.spread).toBe(true);
          expect(nextPoll(spread, after) - after).toBeLessThanOrEqual(intervalMs / mostPollsPerInterval + 1e-6);
          expect(nextPoll(cadence, after)).toBeGreaterThan(after);
        },
      ),
    );
  });
});

/** Polls a target that is scraped at a phase and whose samples land some time later. */
function follow(intervalMs: number, phaseMs: number, landsAfterMs: (scrape: number) => number, polls: number) {
  let cadence = learnCadence(intervalMs, [phaseMs]);
  let aimedAt = nextPoll(cadence, 0);
  let at = aimedAt;
  let tries = 0;
  const ages: number[] = [];
  let retries = 0;
  let seen = -Infinity;
  for (let poll = 0; poll < polls; poll += 1) {
    const index = Math.floor((at - phaseMs) / intervalMs);
    const landed = (scrape: number): boolean => scrape * intervalMs + phaseMs + landsAfterMs(scrape) <= at;
    const newest = (landed(index) ? index : index - 1) * intervalMs + phaseMs;
    if (newest > seen) ages.push(at - newest - landsAfterMs(Math.round((newest - phaseMs) / intervalMs)));
    seen = Math.max(seen, newest);
    const aim = aimAfter(cadence, aimedAt, at, newest, tries);
    expect(aim.nextAt).toBeGreaterThan(at);
    if (aim.tries > 0) retries += 1;
    else aimedAt = aim.nextAt;
    ({ cadence, tries } = aim);
    at = aim.nextAt;
  }
  return { cadence, ages, retries };
}

describe('aiming', () => {
  test.each([
    [5_000, 20],
    [5_000, 130],
    [15_000, 400],
    [15_000, 1_200],
    [1_000, 300],
    [30_000, 2_500],
  ])('converges to just after samples land: scraped each %d ms, landing after %d ms', (intervalMs, landing) => {
    const { cadence, ages, retries } = follow(intervalMs, 137, () => landing, 600);

    expect(cadence.landingMs).toBeGreaterThanOrEqual(landing * 0.98 - 1);
    expect(cadence.landingMs).toBeLessThanOrEqual(landing + Math.max(60, landing * 0.2));
    const settled = ages.slice(-50);
    // What a sample waits for is a small part of the interval.
    expect(Math.max(...settled)).toBeLessThanOrEqual(Math.max(60, landing * 0.3));
    expect(retries).toBeLessThanOrEqual(600 / 4);
  });

  test('follows samples that come to land later, and those that come sooner again', () => {
    const { cadence } = follow(5_000, 137, (scrape) => (scrape > 50 && scrape < 200 ? 300 : 50), 700);
    expect(cadence.landingMs).toBeLessThanOrEqual(150);
  });

  test('gives a lost sample up after a few tries, and goes on to the next', () => {
    let tries = 0;
    let at = 1_040;
    const cadence = learnCadence(5_000, [1_000]);
    const seen: number[] = [];
    for (let poll = 0; poll < 20 && !seen.includes(6_040); poll += 1) {
      const aim = aimAfter(cadence, 1_040, at, -Infinity, tries);
      ({ tries } = aim);
      at = aim.nextAt;
      seen.push(at);
    }
    expect(seen.length).toBeLessThanOrEqual(13);
    expect(seen.at(-1)).toBe(6_040);
  });

  test('never leads to a time that is no number', () => {
    fc.assert(
      fc.property(
        cadences,
        fc.integer({ min: 0, max: 1e12 }),
        fc.integer({ min: -1_000, max: 1e6 }),
        fc.oneof(fc.constant(-Infinity), fc.integer({ min: 0, max: 1e12 })),
        fc.integer({ min: 0, max: 6 }),
        (cadence, due, late, newest, tries) => {
          const aim = aimAfter(cadence, due, due + late, newest, tries);
          expect(Number.isFinite(aim.nextAt)).toBe(true);
          expect(aim.nextAt).toBeGreaterThan(due + late);
          expect(aim.cadence.landingMs).toBeLessThanOrEqual(Math.max(cadence.landingMs, cadence.intervalMs / 2));
          expect(aim.tries).toBeLessThanOrEqual(tries + 1);
        },
      ),
    );
  });
});
