import { expect, test } from '@jest/globals';
import { isPartOf } from '../../../src/adapters/prometheus/selector-part.ts';

test.each([
  ['a{code="500"}', 'a', true],
  ['a', 'a', true],
  ['a{}', 'a', true],
  ['a{job="shop",code!~"5.."}', 'a{job="shop"}', true],
  ['a{code=~"5..", job="shop" , }', 'a{job="shop",}', true],
  ['a{zone="x,y{}",code="500"}', 'a{zone="x,y{}"}', true],
  ['a{zone="say \\"hi\\"",code="500"}', 'a{zone="say \\"hi\\""}', true],
  ['{__name__=~"a|b",code="500"}', '{__name__=~"a|b"}', true],
  ['a{zone=`\\d`,code="500"}', 'a{zone=`\\d`}', true],
  // What is wider, or other.
  ['a', 'a{code="500"}', false],
  ['a{code="500"}', 'b', false],
  ['a{code="500"}', '{code="500"}', true],
  ['{code="500"}', 'a{code="500"}', false],
  ['a{job="shop",code="500"}', 'a{job="shops"}', false],
  ['a{job="shop"}', 'a{job=~"shop"}', false],
  ['a{job!="shop"}', 'a{job="shop"}', false],
  ['h_bucket{le="0.3"}', 'h_count', false],
  // What may mean the same, but is not known to.
  ["a{job='shop',code='500'}", 'a{job="shop"}', false],
  ['{__name__="a",code="500"}', 'a', false],
  ['a{job="shop"} offset 5m', 'a', false],
  ['rate(a[5m])', 'a', false],
  ['a{job="shop" # the shop\n}', 'a', false],
  ['a{job="shop" code="500"}', 'a', false],
])('%s is known to be a part of %s: %s', (selector, whole, expected) => {
  expect(isPartOf(selector, whole)).toBe(expected);
});
