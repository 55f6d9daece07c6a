import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { boundSpellings, bucketBoundMatcher } from '../../../src/domain/reading/bucket-bound.ts';

const matches = (bound: number, le: string): boolean => new RegExp(`^(?:${boundSpellings(bound)})$`).test(le);

describe('the matcher of a bucket', () => {
  test.each([
    [
      0.3,
      ['0.3', '0.30', '.3', '3e-1', '3e-01', '3E-1', '3.0E-1'],
      ['0.03', '0.31', '3', '30', '0.3.', '13e-1', '3e-11'],
    ],
    [1, ['1', '1.0', '1.00', '1e0', '1e+00', '1.0E0'], ['0.1', '10', '11', '1e1', '1.1', '+Inf']],
    [2.5, ['2.5', '2.50', '2.5e+00', '2.5E0'], ['25', '2.05', '2.55', '2']],
    [0.00001, ['0.00001', '1e-05', '1.0E-5', '1e-5'], ['0.0001', '1e-15', '1e05']],
    [1_000_000, ['1000000', '1000000.0', '1e+06', '1e6', '1.0E6'], ['100000', '1e+16', '1e-06']],
    [120, ['120', '120.0', '1.2e+02', '1.2E2'], ['12', '1200', '1.2e+12']],
  ])('of %d takes every spelling of it and no other bucket', (bound, same, other) => {
    expect(same.filter((le) => !matches(bound, le))).toEqual([]);
    expect(other.filter((le) => matches(bound, le))).toEqual([]);
  });

  test('takes a text exactly when it means the same number', () => {
    const bounds = fc.double({ min: 1e-6, max: 1e7, noNaN: true }).map((value) => Number(value.toPrecision(6)));
    const spellings = [
      (value: number) => String(value),
      (value: number) => value.toExponential(),
      (value: number) => `${value}${Number.isInteger(value) ? '.' : ''}000`,
      (value: number) => value.toPrecision(8),
    ];
    fc.assert(
      fc.property(bounds, bounds, fc.nat(3), (bound, other, index) => {
        const write = spellings[index] ?? String;
        expect(matches(bound, write(bound))).toBe(true);
        expect(matches(bound, write(other))).toBe(Number(write(other)) === bound);
      }),
    );
  });

  test('needs no escapes inside a PromQL text', () => {
    expect(bucketBoundMatcher(0.3)).toBe('le=~"0?[.]30*|3([.]0*)?[eE]-0*1"');
  });
});
