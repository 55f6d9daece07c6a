import { describe, expect, test } from '@jest/globals';
import { Simulation, start, stepFault } from '../../support/simulation.ts';

describe('a recovery that nobody saw, in a gap of the scrapes', () => {
  test.each([15_000, 30_000, 60_000, 120_000])('of %i ms, lies within the bounds', (gapMs) => {
    const healedAt = 95_000;
    const simulation = new Simulation({
      traffic: stepFault(60_000, healedAt, 0.5),
      scrapes: (t) => t < 92_000 || t >= 92_000 + gapMs,
    }).runUntil(900_000);

    const { recovery } = simulation.find('resolved');
    expect(recovery.earliest).toBeLessThanOrEqual(start + healedAt);
    expect(recovery.latest).toBeGreaterThanOrEqual(start + healedAt);
  });
});
