import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { globMatches } from '../../../src/domain/text/glob.ts';

test.each([
  ['payments', 'payments', true],
  ['payments', 'payment', false],
  ['pay*', 'payments', true],
  ['pay*', 'pay', true],
  ['pay*', 'repay', false],
  ['*-eu', 'checkout-eu', true],
  ['*-eu', 'checkout-eu-1', false],
  ['a*b*c', 'a1b2b3c', true],
  ['a*b*c', 'a1c2b', false],
  ['*', '', true],
  ['**', 'anything', true],
  ['a.c', 'abc', false],
  ['[ab]', 'a', false],
])('%j against %j is %j', (pattern, text, expected) => {
  expect(globMatches(pattern, text)).toBe(expected);
});

test('says what a regular expression with .* says', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
  const texts = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
  fc.assert(
    fc.property(letters, texts, (pattern, text) => {
      expect(globMatches(pattern, text)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text));
    }),
  );
});

test('is quick whatever the pattern', () => {
  const before = performance.now();
  expect(globMatches(`${'*a'.repeat(100)}b`, 'a'.repeat(20_000))).toBe(false);
  expect(performance.now() - before).toBeLessThan(2_000);
});
