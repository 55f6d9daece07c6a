import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { boundsIn, roundApart } from '../../../src/domain/text/round-apart.ts';

test.each([
  [14.396, [14.4], 14.396],
  [14.4003, [14.4], 14.4003],
  [14.396, [], 14.4],
  [14.4, [14.4], 14.4],
  [0.99961, [1, 0.9], 0.9996],
  [-0.0999, [0, -0.1], -0.0999],
  [0, [0], 0],
])('%d beside %j is shown as %d', (value, bounds, shown) => {
  expect(roundApart(value, bounds)).toBe(shown);
});

test('what is shown lies on the side of each bound that the number lies on', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(number, fc.array(number, { maxLength: 3 }), (value, bounds) => {
      const shown = roundApart(value, bounds);
      // `===`, since a minus before zero is no side.
      for (const bound of bounds) expect(Math.sign(shown - bound) === Math.sign(value - bound)).toBe(true);
    }),
  );
});

test.each([
  ['success_rate.burnRate("1h") > 14.4 && success_rate.burnRate("5m") > 14.4', [14.4, 14.4]],
  ['p99.budgetRemaining() < -0.25 || x2.latest() >= 1e3', [-0.25, 1000]],
  ['success_rate.over("5m") < 0.97', [0.97]],
  ['ready', []],
])('the numbers in %s', (condition, numbers) => {
  expect(boundsIn(condition)).toEqual(numbers);
});
