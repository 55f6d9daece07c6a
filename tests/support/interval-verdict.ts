import type { ReadingRow } from '../../src/app/views/service-view.ts';
import type { TargetVerdict } from '../../src/domain/reading/verdict.ts';

/** A missed latency target whose threshold of 300 ms lies above the bucket 0.25; without `upper`, below +Inf. */
export function anIntervalVerdict(upper?: number): TargetVerdict {
  const buckets = { lower: 0.25, ...(upper === undefined ? {} : { upper }) };
  return {
    target: { signal: 'latency', bound: 'atLeast', value: 0.99, overMs: 60_000, unit: 'ratio' },
    reading: {
      kind: 'value',
      value: 0.982,
      sampleAt: Date.UTC(2026, 7, 22),
      good: 982,
      total: 1000,
      interval: { atMost: 0.997, thresholdSeconds: 0.3, buckets },
    },
    verdict: 'missed',
  };
}

export const intervalRow: ReadingRow = {
  signal: 'latency',
  group: {},
  fold: 'over',
  windowMs: 60_000,
  reading: anIntervalVerdict(0.5).reading,
};
