import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addSpan, coveredMs, gapsIn, removeSpan, type Spans } from '../../../src/domain/budget/spans.ts';

test('stretches behave as a row of marks does', () => {
  const size = 40;
  const change = fc.record({ add: fc.boolean(), from: fc.nat(size), to: fc.nat(size) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), fc.nat(size), fc.nat(size), (changes, a, b) => {
      const spans: Spans = [];
      const marks = Array.from({ length: size }, () => false);
      for (const { add, from, to } of changes) {
        (add ? addSpan : removeSpan)(spans, from, to);
        if (to > from) marks.fill(add, from, to);
      }
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const inside = marks.slice(from, to);
      expect(coveredMs(spans, from, to)).toBe(inside.filter(Boolean).length);
      const open = gapsIn(spans, from, to);
      expect(
        inside.every((mark, index) => mark !== open.some((gap) => gap.from <= from + index && from + index < gap.to)),
      ).toBe(true);
      expect(spans.every((edge, index) => index === 0 || (spans[index - 1] ?? NaN) < edge)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('thousands of gaps do not grow without end: the shortest close', () => {
  const spans: Spans = [];
  addSpan(spans, 0, 10);
  addSpan(spans, 11, 20);
  for (let index = 1; index < 2_100; index += 1) addSpan(spans, index * 100, index * 100 + 50);

  expect(spans.length).toBe(4_000);
  expect(spans.slice(0, 2)).not.toEqual([0, 10]);
});
