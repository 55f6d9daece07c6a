import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  assumedRolloutMs,
  causalWindow,
  longestRolloutMs,
  meets,
  shareInside,
} from '../../../src/domain/change/causal-window.ts';

const hour = 3_600_000;

describe('the causal window of a change', () => {
  test.each([
    ['one that has ended', { startedAt: 0, finishedAt: 60_000 }, 60_000 + 2 * hour],
    ['one whose end nobody reported', { startedAt: 0 }, assumedRolloutMs + 2 * hour],
    ['one that is said to have ended before it began', { startedAt: hour, finishedAt: 0 }, 3 * hour],
    [
      'one whose end was reported weeks later',
      { startedAt: 0, finishedAt: 100 * 24 * hour },
      longestRolloutMs + 2 * hour,
    ],
  ])('of %s ends its bake time after its end, within bounds', (_name, change, to) => {
    expect(causalWindow(change, 2 * hour)).toEqual({ from: change.startedAt, to });
  });

  test.each([
    ['inside', { from: 10, to: 20 }, 1],
    ['half inside', { from: -10, to: 10 }, 0.5],
    ['outside', { from: 200, to: 300 }, 0],
    ['a moment inside', { from: 50, to: 50 }, 1],
    ['a moment at its beginning', { from: 0, to: 0 }, 1],
    ['a moment before it', { from: -1, to: -1 }, 0],
  ])('holds the share of an onset that lies in it: %s', (_name, stretch, share) => {
    expect(shareInside(stretch, { from: 0, to: 100 })).toBeCloseTo(share);
    expect(meets(stretch, { from: 0, to: 100 })).toBe(share > 0);
  });

  test('is bounded whatever is reported', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.option(fc.integer(), { nil: undefined }),
        fc.integer({ min: 1, max: 7 * 24 * hour }),
        (startedAt, finishedAt, bakeMs) => {
          const window = causalWindow({ startedAt, ...(finishedAt === undefined ? {} : { finishedAt }) }, bakeMs);
          expect(window.from).toBe(startedAt);
          expect(window.to - window.from).toBeGreaterThanOrEqual(bakeMs);
          expect(window.to - window.from).toBeLessThanOrEqual(longestRolloutMs + bakeMs);
        },
      ),
    );
  });
});
