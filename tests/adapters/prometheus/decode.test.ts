import { describe, expect, test } from '@jest/globals';
import { decodeInstant, decodeRange, readNumber } from '../../../src/adapters/prometheus/decode.ts';

describe('a number', () => {
  test.each([
    ['0', 0],
    ['12.5', 12.5],
    ['1e+09', 1e9],
    ['1.7320000005e+09', 1_732_000_000.5],
    ['NaN', Number.NaN],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['Inf', Number.POSITIVE_INFINITY],
    ['-Inf', Number.NEGATIVE_INFINITY],
    ['', undefined],
    ['many', undefined],
    ['Infinity!', undefined],
  ])('written %j is %p', (text, value) => {
    expect(readNumber(text)).toEqual(value);
  });
});

describe('an instant result', () => {
  test('stands at the instant that was asked for', () => {
    const data = { resultType: 'vector', result: [{ metric: { a: 'b' }, value: [1, '2'] }] };
    expect(decodeInstant(data, 77)).toEqual({
      kind: 'ok',
      series: [{ labels: { a: 'b' }, points: [{ at: 77, value: 2 }] }],
    });
  });

  test('may be a scalar', () => {
    expect(decodeInstant({ resultType: 'scalar', result: [1, '2'] }, 77)).toEqual({
      kind: 'ok',
      isScalar: true,
      series: [{ labels: {}, points: [{ at: 77, value: 2 }] }],
    });
  });
});

test('a range result has a point for each pair, in milliseconds', () => {
  const values = [
    [1.5, '2'],
    [16.501, 'NaN'],
  ];
  expect(decodeRange({ resultType: 'matrix', result: [{ metric: {}, values }] })).toEqual({
    kind: 'ok',
    series: [
      {
        labels: {},
        points: [
          { at: 1_500, value: 2 },
          { at: 16_501, value: Number.NaN },
        ],
      },
    ],
  });
});

describe('a result that is not in the form it should have', () => {
  const vector = (...result: unknown[]) => ({ resultType: 'vector', result });
  test.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'data'],
    ['no result type', { result: [] }],
    ['a result that is no list', { resultType: 'vector', result: {} }],
    ['a string result', { resultType: 'string', result: [1, 'x'] }],
    ['a matrix', { resultType: 'matrix', result: [] }],
    ['a scalar without a number', { resultType: 'scalar', result: [1] }],
    ['an item that is null', vector(null)],
    ['an item that is a list', vector([1, '2'])],
    ['labels that are no mapping', vector({ metric: 'a', value: [1, '2'] })],
    ['a label that is a number', vector({ metric: { a: 1 }, value: [1, '2'] })],
    ['no value', vector({ metric: {} })],
    ['a value without a time', vector({ metric: {}, value: ['2'] })],
    ['a value that is a number and not text', vector({ metric: {}, value: [1, 2] })],
    ['a time that is text', vector({ metric: {}, value: ['1', '2'] })],
  ])('is refused: %s', (_name, data) => {
    expect(decodeInstant(data, 0)).toMatchObject({ kind: 'failed', failure: { reason: 'bad-response' } });
  });

  test.each<readonly [string, unknown]>([
    ['a vector', vector()],
    ['no values', { resultType: 'matrix', result: [{ metric: {} }] }],
    ['a bad pair', { resultType: 'matrix', result: [{ metric: {}, values: [[1, '2'], [3]] }] }],
  ])('is refused as a range: %s', (_name, data) => {
    expect(decodeRange(data)).toMatchObject({ kind: 'failed', failure: { reason: 'bad-response' } });
  });
});
