import { expect, test } from '@jest/globals';
import { remember } from '../../src/app/remember.ts';

test('a key is new once, until it is the oldest of too many', () => {
  const known = new Set<string>();
  expect(['a', 'b', 'a', 'c', 'b', 'a'].map((key) => remember(known, key, 2))).toEqual([
    true,
    true,
    false,
    true,
    false,
    true,
  ]);
  expect([...known]).toEqual(['c', 'a']);
});
