import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { worseByChance } from '../../../src/domain/change/compare-shares.ts';

const count = fc
  .tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 }))
  .map(([bad, good]) => ({ bad, total: bad + good }));

/** The tail of the hypergeometric distribution, term by term. */
function byHand(before: { bad: number; total: number }, after: { bad: number; total: number }): number {
  const choose = (from: number, of: number): number => {
    if (of < 0 || of > from) return 0;
    let product = 1;
    for (let k = 1; k <= of; k += 1) product = (product * (from - of + k)) / k;
    return product;
  };
  const bad = before.bad + after.bad;
  const all = before.total + after.total;
  let sum = 0;
  for (let count = after.bad; count <= Math.min(bad, after.total); count += 1)
    sum += (choose(bad, count) * choose(all - bad, after.total - count)) / choose(all, after.total);
  return sum;
}

describe('the chance of so much more bad', () => {
  test.each([
    ['nothing before', { bad: 0, total: 0 }, { bad: 5, total: 10 }, 1],
    ['nothing after', { bad: 5, total: 10 }, { bad: 0, total: 0 }, 1],
    ['one stray event', { bad: 0, total: 100 }, { bad: 1, total: 100 }, 0.5],
    ['the tea test', { bad: 1, total: 4 }, { bad: 3, total: 4 }, 17 / 70],
    ['all bad after none', { bad: 0, total: 10 }, { bad: 10, total: 10 }, 1 / 184_756],
    ['better than before', { bad: 10, total: 10 }, { bad: 0, total: 10 }, 1],
  ])('is exact: %s', (_name, before, after, p) => {
    expect(worseByChance(before, after)).toBeCloseTo(p, 10);
  });

  test('is what the terms come to, for all small counts', () => {
    const small = fc
      .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }))
      .map(([bad, good]) => ({ bad, total: bad + good }))
      .filter(({ total }) => total > 0);
    fc.assert(
      fc.property(small, small, (before, after) => {
        expect(worseByChance(before, after)).toBeCloseTo(byHand(before, after), 9);
      }),
    );
  });

  test('lies between 0 and 1 and falls as more is bad', () => {
    fc.assert(
      fc.property(count, count, (before, after) => {
        const p = worseByChance(before, after);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        if (after.bad === after.total) return;
        expect(worseByChance(before, { ...after, bad: after.bad + 1 })).toBeLessThanOrEqual(p + 1e-9);
      }),
    );
  });

  test('tells a tenth of a percent from two in a million events, and nothing where there is nothing', () => {
    expect(worseByChance({ bad: 1000, total: 1e6 }, { bad: 2000, total: 1e6 })).toBeLessThan(1e-50);
    expect(worseByChance({ bad: 1000, total: 1e6 }, { bad: 1000, total: 1e6 })).toBeGreaterThan(0.4);
    expect(worseByChance({ bad: 0, total: 100_000 }, { bad: 1, total: 2000 })).toBeCloseTo(2000 / 102_000, 6);
  });
});
