import { expect, test } from '@jest/globals';
import { burnSpeed, factorSpeed } from '../../../src/domain/budget/burn-speed.ts';

test.each([
  // What it burns, the factor, and how both are shown.
  [14.400_1, 14.4, '14.4001x', '14.4x'],
  [15.004, 15, '15.004x', '15x'],
  [14.5004, 14.46, '14.5x', '14.46x'],
  [14.4601, 14.46, '14.5x', '14.46x'],
  [0.9334, 14 / 15, '0.9334x', '0.933333x'],
  [0.933_334_3, 14 / 15, '0.933334x', '0.933333x'],
  [14.4, 14.4, '14.4x', '14.4x'],
  [1000.4, 14.4, '1000x', '14.4x'],
  [14.396, 14.4, '14.396x', '14.4x'],
  [14.399_999_9, 14.4, '14.3999999x', '14.4x'],
  [0.933_333_1, 14 / 15, '0.933x', '0.933333x'],
  [3.123, 14.4, '3.12x', '14.4x'],
])('a burn rate of %d above a factor of %d is shown as %s above %s', (burn, factor, shown, above) => {
  expect(burnSpeed(burn, factor)).toBe(shown);
  expect(factorSpeed(factor)).toBe(above);
  if (burn > factor) expect(Number.parseFloat(shown)).toBeGreaterThan(Number.parseFloat(above));
});

test('a burn rate that is held against nothing has three digits', () => {
  expect(burnSpeed(14.4001)).toBe('14.4x');
});
