import { describe, expect, test } from '@jest/globals';
import { bucketSelector, countedAt } from '../../../src/domain/reading/bucket-signal.ts';
import {
  bucketRemedy,
  commonLayout,
  describePlace,
  isSamePlace,
  placeThreshold,
  unknownLayout,
  type BucketLayout,
} from '../../../src/domain/reading/threshold-place.ts';
import { aLatency } from '../../support/histogram-source.ts';
import { aNativeLatency } from '../../support/signals.ts';

function aLayout(bounds: readonly number[], ofSome: readonly number[] = []): BucketLayout {
  return { bounds, ofSome, isKnown: true };
}

const usual = aLayout([0.1, 0.25, 0.5, 1]);

describe('a threshold lies', () => {
  test.each<[string, number, BucketLayout, object | undefined]>([
    ['nowhere in particular when it is a bucket', 0.25, usual, undefined],
    ['nowhere that is known without buckets', 0.25, unknownLayout, undefined],
    ['between two buckets', 0.3, usual, { kind: 'between', lower: 0.25, upper: 0.5, layout: usual }],
    ['above the highest', 2, usual, { kind: 'between', lower: 1, layout: usual }],
    ['below the lowest', 0.05, usual, { kind: 'below', upper: 0.1, layout: usual }],
    ['below +Inf where there is nothing else', 0.05, aLayout([]), { kind: 'below', layout: aLayout([]) }],
    [
      'between buckets that all series have',
      0.3,
      aLayout([0.1, 1], [0.3, 0.5]),
      { kind: 'between', lower: 0.1, upper: 1, layout: aLayout([0.1, 1], [0.3, 0.5]) },
    ],
  ])('%s', (_, threshold, layout, place) => {
    expect(placeThreshold(threshold, layout)).toEqual(place);
  });

  test.each<[number, BucketLayout, string, string]>([
    [
      0.3,
      usual,
      'the threshold 300ms lies between the buckets 0.25 and 0.5',
      'write threshold: 250ms or 500ms; the buckets are 0.1, 0.25, 0.5, 1, +Inf',
    ],
    [
      2,
      usual,
      'the threshold 2s lies above the highest bucket, 1',
      'write threshold: 1s; the buckets are 0.1, 0.25, 0.5, 1, +Inf',
    ],
    [
      0.05,
      usual,
      'the threshold 50ms lies below the lowest bucket, 0.1, so no request can be shown to be fast enough',
      'write threshold: 100ms; the buckets are 0.1, 0.25, 0.5, 1, +Inf',
    ],
    [
      0.05,
      aLayout([], [0.1]),
      'the threshold 50ms lies below the lowest bucket, +Inf, so no request can be shown to be fast enough',
      'the buckets are +Inf; only some series have 0.1',
    ],
    [
      0.001,
      aLayout([0.0005, 0.0025]),
      'the threshold 1ms lies between the buckets 0.0005 and 0.0025',
      // A threshold is a whole number of milliseconds.
      'the buckets are 0.0005, 0.0025, +Inf',
    ],
    [
      0.3,
      aLayout([0.25, 0.5], [0.3]),
      'the threshold 300ms lies between the buckets 0.25 and 0.5, and is a bucket of some series only',
      'write threshold: 250ms or 500ms; the buckets are 0.25, 0.5, +Inf; only some series have 0.3',
    ],
  ])('%d among its buckets, in words', (threshold, layout, text, remedy) => {
    const place = placeThreshold(threshold, layout);
    if (place === undefined) throw new Error('it is a bucket');
    expect(describePlace(threshold, place)).toBe(text);
    expect(bucketRemedy(place)).toBe(remedy);
  });
});

test('two places are the same when they are read by the same buckets', () => {
  const at = (threshold: number, layout: BucketLayout = usual) => placeThreshold(threshold, layout);
  expect(isSamePlace(at(0.3), at(0.4))).toBe(true);
  expect(isSamePlace(at(0.3), at(0.3, aLayout([0.25, 0.5])))).toBe(true);
  expect(isSamePlace(at(0.3), at(0.6))).toBe(false);
  expect(isSamePlace(at(0.3), at(0.3, aLayout([0.2, 0.5])))).toBe(false);
  expect(isSamePlace(at(0.3), undefined)).toBe(false);
  expect(isSamePlace(at(0.3), at(0.05))).toBe(false);
  expect(isSamePlace({ kind: 'unmatched' }, { kind: 'unmatched' })).toBe(true);
  expect(isSamePlace(undefined, undefined)).toBe(true);
});

test('two layouts have in common what both have', () => {
  expect(commonLayout(aLayout([0.1, 0.3, 1]), aLayout([0.1, 1], [0.5]))).toEqual(aLayout([0.1, 1], [0.3, 0.5]));
});

test('a signal is counted at another bucket, and its buckets are all found, by its selector', () => {
  const signal = aLatency(0.3);
  expect(bucketSelector(signal)).toBe('request_seconds_bucket{job="shop",le!=""}');
  expect(bucketSelector(aNativeLatency('request_seconds', 0.3))).toBeUndefined();
  const lower = countedAt(signal, 0.25);
  expect(lower).toEqual({ ...signal, numeratorTerms: aLatency(0.25).numeratorTerms });
});
