import { expect, test } from '@jest/globals';
import type { BucketPair } from '../../../src/domain/reading/threshold-place.ts';
import type { TargetVerdict } from '../../../src/domain/reading/verdict.ts';
import { describeVerdict } from '../../../src/domain/reading/verdict-text.ts';

function aVerdict(value: number, target: Partial<TargetVerdict['target']>, total?: number): TargetVerdict {
  const counted = total === undefined ? {} : { good: value * total, total };
  return {
    target: { signal: 'success_rate', bound: 'atLeast', value: 0.999, ...target },
    reading: { kind: 'value', value, sampleAt: 0, ...counted },
    verdict: 'missed',
  };
}

function anInterval(value: number, atMost: number, buckets: BucketPair): TargetVerdict {
  const verdict = aVerdict(value, { signal: 'latency', value: 0.99, overMs: 60_000, unit: 'ratio' });
  if (verdict.reading.kind !== 'value') throw new Error('a value was asked for');
  return { ...verdict, reading: { ...verdict.reading, interval: { atMost, thresholdSeconds: 0.3, buckets } } };
}

test.each([
  {
    name: 'a share in percent',
    verdict: aVerdict(0.912345, { unit: 'ratio', overMs: 60_000 }),
    text: 'success rate 91.2% over 1m, target at least 99.9%',
  },
  {
    name: 'a share that is told by its counts',
    verdict: aVerdict(0.5, {}, 10),
    text: 'success rate 50%, target at least 99.9%',
  },
  {
    name: 'a near miss, which must not read as a hit',
    verdict: aVerdict(0.99896, { unit: 'ratio' }),
    text: 'success rate 99.896%, target at least 99.9%',
  },
  {
    name: 'a near miss, which must not be rounded over the bound',
    verdict: aVerdict(0.9995, { unit: 'ratio', value: 0.9997 }),
    text: 'success rate 99.95%, target at least 99.97%',
  },
  {
    name: 'nearly all, which is not all',
    verdict: aVerdict(0.99999, { unit: 'ratio' }),
    text: 'success rate 99.999%, target at least 99.9%',
  },
  {
    name: 'a hit on the bound',
    verdict: aVerdict(0.999, { unit: 'ratio' }),
    text: 'success rate 99.9%, target at least 99.9%',
  },
  { name: 'nothing at all', verdict: aVerdict(0, { unit: 'ratio' }), text: 'success rate 0%, target at least 99.9%' },
  {
    name: 'an interval, where the threshold of a latency signal is no bucket',
    verdict: anInterval(0.982, 0.997, { lower: 0.25, upper: 0.5 }),
    text: 'latency between 98.2% and 99.7% over 1m, target at least 99% (the threshold 300ms lies between the buckets 0.25 and 0.5)',
  },
  {
    name: 'an interval above the highest bucket',
    verdict: anInterval(0.982, 1, { lower: 0.25 }),
    text: 'latency between 98.2% and 100% over 1m, target at least 99% (the threshold 300ms lies above the highest bucket, 0.25)',
  },
  {
    name: 'an interval without width as the one number that it is',
    verdict: anInterval(0.982, 0.982, { lower: 0.25, upper: 0.5 }),
    text: 'latency 98.2% over 1m, target at least 99% (the threshold 300ms lies between the buckets 0.25 and 0.5)',
  },
  {
    name: 'a gauge with its unit',
    verdict: aVerdict(42.123456, { signal: 'replication_lag', bound: 'atMost', value: 10, unit: 'seconds' }),
    text: 'replication lag 42.12 seconds, target at most 10 seconds',
  },
  {
    name: 'a gauge just beyond its bound',
    verdict: aVerdict(10.000004, { signal: 'lag', bound: 'atMost', value: 10 }),
    text: 'lag 10.000004, target at most 10',
  },
  {
    name: 'one group of a grouped target',
    verdict: { ...aVerdict(0.9, { unit: 'ratio' }), group: { zone: 'a' } },
    text: 'success rate {zone="a"} 90%, target at least 99.9%',
  },
  {
    name: 'what cannot be told',
    verdict: {
      ...aVerdict(0, { unit: 'ratio', overMs: 300_000 }),
      reading: { kind: 'unknown', reason: 'no-data', detail: 'nothing' },
    } satisfies TargetVerdict,
    text: 'success rate unknown (no-data) over 5m, target at least 99.9%',
  },
])('writes $name', ({ verdict, text }) => {
  expect(describeVerdict(verdict)).toBe(text);
});
