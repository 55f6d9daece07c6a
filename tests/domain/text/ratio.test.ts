import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatRatio, parseRatio } from '../../../src/domain/text/ratio.ts';

describe('a ratio in text', () => {
  test.each([
    ['99.9%', 0.999],
    ['0.999', 0.999],
    ['99.99 %', 0.9999],
    ['100%', 1],
    ['0%', 0],
    ['.5', 0.5],
    ['101%', 1.01],
    ['-1%', -0.01],
  ])('%s is %d', (text, ratio) => {
    expect(parseRatio(text)).toBe(ratio);
  });

  test.each(['', '%', 'most', '1e-3', '99,9%', '99.9%%', '0x1'])('%j is no ratio', (text) => {
    expect(parseRatio(text)).toBeUndefined();
  });

  test('reads back as what was written, to the last digit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (ratio) => {
        expect(parseRatio(formatRatio(ratio))).toBe(ratio);
      }),
    );
  });

  test.each([
    [0.999, '99.9%'],
    [1, '100%'],
    [0, '0%'],
    [0.07, '7%'],
    [0.0005, '0.05%'],
    [-0.25, '-25%'],
  ])('%d is written %s', (ratio, text) => {
    expect(formatRatio(ratio)).toBe(text);
  });
});
