import { describe, expect, test } from '@jest/globals';
import { rowCount } from '../../../src/domain/reading/count-rows.ts';
import { replay } from '../../../src/domain/reading/history.ts';
import type { Observation } from '../../../src/domain/reading/observation.ts';
import { readSignal } from '../../../src/domain/reading/read-signal.ts';
import { emptyLedger, record, type SignalLedger } from '../../../src/domain/reading/signal-ledger.ts';
import type { ThresholdPlace } from '../../../src/domain/reading/threshold-place.ts';
import { timingFor } from '../../../src/domain/reading/timing.ts';
import { aLatency } from '../../support/histogram-source.ts';

const signal = aLatency(0.3);
const timing = timingFor(5_000);
const layout = { bounds: [0.25, 0.5], ofSome: [], isKnown: true };
const between: ThresholdPlace = { kind: 'between', lower: 0.25, upper: 0.5, layout };

interface Count {
  readonly good: number;
  readonly goodAtMost?: number;
  readonly total: number;
}

/** What polls each five seconds record from `from` on, up to and including `until`. */
function recorded(
  count: Count | undefined,
  place: ThresholdPlace | undefined,
  [from, until]: readonly [number, number],
  before: SignalLedger = emptyLedger,
): SignalLedger {
  let ledger = before;
  for (let at = from + 5_000; at <= until; at += 5_000) {
    const steps = count === undefined ? [] : [{ from: at - 5_000, to: at, ...count }];
    const groups = [{ group: {}, newestSampleAt: at - 50, steps, numeratorSeen: count !== undefined }];
    const observation: Observation = { kind: 'counted', signal: signal.name, groups, ...(place && { place }) };
    ledger = record(ledger, signal, observation, at, -Infinity);
  }
  return ledger;
}

function read(ledger: SignalLedger, now: number) {
  return readSignal(signal, ledger, '', { signal: signal.name, fold: 'over', windowMs: 60_000 }, now, timing);
}

describe('a latency signal whose threshold is no bucket', () => {
  test('reads as its lower end, with the upper one beside it', () => {
    const ledger = recorded({ good: 80, goodAtMost: 95, total: 100 }, between, [0, 60_000]);
    expect(read(ledger, 60_000)).toEqual({
      kind: 'value',
      value: 0.8,
      good: 960,
      total: 1200,
      sampleAt: 59_950,
      interval: { atMost: 0.95, thresholdSeconds: 0.3, buckets: { lower: 0.25, upper: 0.5 } },
    });
  });

  test('has an interval without width when nothing lies between the buckets, and has +Inf where there is no upper one', () => {
    const above: ThresholdPlace = { kind: 'between', lower: 0.25, layout };
    const ledger = recorded({ good: 100, goodAtMost: 100, total: 100 }, above, [0, 60_000]);
    expect(read(ledger, 60_000)).toMatchObject({ value: 1, interval: { atMost: 1, buckets: { lower: 0.25 } } });
  });

  test('remembers what was counted exactly before the bucket went, at both ends', () => {
    const exact = recorded({ good: 90, total: 100 }, undefined, [0, 60_000]);
    const ledger = recorded({ good: 80, goodAtMost: 100, total: 100 }, between, [60_000, 90_000], exact);
    expect(read(ledger, 90_000)).toMatchObject({ value: 0.85, interval: { atMost: 0.95 } });
  });

  test('is an interval until its window holds nothing but exact counts', () => {
    const wide = recorded({ good: 80, goodAtMost: 95, total: 100 }, between, [0, 60_000]);
    const half = recorded({ good: 90, total: 100 }, undefined, [60_000, 90_000], wide);
    expect(read(half, 90_000)).toMatchObject({ value: 0.85, interval: { atMost: 0.925 } });
    const whole = recorded({ good: 90, total: 100 }, undefined, [60_000, 120_000], wide);
    expect(read(whole, 120_000)).toMatchObject({ value: 0.9 });
    expect(read(whole, 120_000)).not.toHaveProperty('interval');
  });

  test.each<[string, ThresholdPlace, string]>([
    ['below the lowest', { kind: 'below', upper: 0.5, layout }, 'lies below the lowest bucket, 0.5'],
    ['where none is known', { kind: 'unmatched' }, 'no bucket at 300ms'],
  ])('is unknown %s, whatever was known before', (_, place, detail) => {
    const known = recorded({ good: 90, total: 100 }, undefined, [0, 60_000]);
    const ledger = recorded(undefined, place, [60_000, 65_000], known);
    expect(read(ledger, 65_000)).toMatchObject({
      kind: 'unknown',
      reason: 'no-data',
      detail: expect.stringContaining(detail),
      sampleAt: 64_950,
    });
  });

  test('counts a step that is read again at both ends', () => {
    const ledger = recorded({ good: 80, goodAtMost: 95, total: 100 }, between, [0, 60_000]);
    const steps = [{ from: 55_000, to: 60_000, good: 90, goodAtMost: 105, total: 110 }];
    const again = record(
      ledger,
      signal,
      {
        kind: 'counted',
        signal: signal.name,
        place: between,
        groups: [{ group: {}, newestSampleAt: 59_950, steps, numeratorSeen: true }],
      },
      61_000,
      -Infinity,
    );
    expect(read(again, 61_000)).toMatchObject({ good: 970, total: 1210, interval: { atMost: 1150 / 1210 } });
    const group = again.groups.get('');
    expect(rowCount(group?.rowsAtMost ?? new Float64Array(0))).toBe(rowCount(group?.rows ?? new Float64Array(0)));
  });

  test('is played back from history with both ends', () => {
    const points = Array.from({ length: 4 }, (_, index) => ({
      at: (index + 1) * 5_000,
      // Every other step has no sample of its own and stays open.
      newestSampleAt: Math.floor((index + 1) / 2) * 10_000 - 50,
      good: 8,
      goodAtMost: 9,
      total: 10,
      numeratorSeen: true,
    }));
    const frames = [...replay([{ signal, groups: [{ group: {}, points }], place: between }], 0, 20_000, 5_000)];
    const counted = frames.flatMap(({ observations }) =>
      observations.flatMap((each) => (each.kind === 'counted' ? [[each.place, each.groups[0]?.steps[0]]] : [])),
    );
    expect(counted.at(-1)).toEqual([between, { from: 10_000, to: 20_000, good: 16, goodAtMost: 18, total: 20 }]);
    expect(counted[2]).toEqual([between, { from: 10_000, to: 15_000, good: 8, goodAtMost: 9, total: 10 }]);
  });

  test('names the buckets just where steps of the past lay between them', () => {
    const points = [5_000, 10_000].map((at) => ({
      at,
      newestSampleAt: at,
      good: 8,
      total: 10,
      ...(at === 10_000 ? { goodAtMost: 9 } : {}),
    }));
    const frames = [...replay([{ signal, groups: [{ group: {}, points }], place: between }], 0, 10_000, 5_000)];
    expect(frames.flatMap(({ observations }) => observations.map((each) => 'place' in each))).toEqual([false, true]);
  });
});
