import { describe, expect, test } from '@jest/globals';
import { BucketedSource } from '../../src/app/sources/bucketed-source.ts';
import type { BucketLayout } from '../../src/domain/reading/threshold-place.ts';
import type { LatencySignal } from '../../src/domain/service/service.ts';
import { histogramTerms } from '../../src/config/promql/histogram-terms.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { aNativeLatency } from '../support/signals.ts';
import { aName, lastMinute, minute, never, now, scraped } from './source-bench.ts';
import type { SourceBench } from './source-bench.ts';

/** A latency signal as a rule file declares it. */
function aLatency(histogram: string, thresholdSeconds: number): LatencySignal {
  const { terms } = histogramTerms(histogram, thresholdSeconds, false);
  if (terms === undefined) throw new Error('no terms');
  const sides = { numeratorTerms: [terms.numerator], totalTerms: [terms.total] };
  return { ...aNativeLatency(histogram, thresholdSeconds), ...sides, native: false };
}

/** Series of one histogram: `perScrape` new requests at or under each bound, as its client spells it. */
function aHistogram(
  name: string,
  pod: string,
  perScrape: Readonly<Record<string, number>>,
  scrapes: readonly [from: number, to: number] = [40, 0],
) {
  const [from, to] = scrapes;
  return [
    ...Object.entries(perScrape).map(([le, count]) =>
      scraped({ __name__: `${name}_bucket`, pod, le }, from, to, (n) => 1000 * count + n * count),
    ),
    scraped(
      { __name__: `${name}_count`, pod },
      from,
      to,
      (n) => 1000 * (perScrape['+Inf'] ?? 0) + n * (perScrape['+Inf'] ?? 0),
    ),
  ];
}

/** How a source tells which buckets a histogram has, and what comes of it. */
export function bucketCases(bench: SourceBench): void {
  const layoutsOf = async (signals: readonly LatencySignal[], at?: number): Promise<readonly BucketLayout[]> => {
    const answers = await bench.source.buckets(signals, at, never);
    return answers.map((answer) => {
      if (answer.kind === 'failed') throw new Error(answer.failure.detail);
      return answer.layout;
    });
  };

  test('tells the buckets of several histograms at once, however they are spelled, and which only some series have', async () => {
    const [one, two] = [aName(), aName()];
    await bench.write([
      ...aHistogram(one, 'a', { '0.25': 6, '0.5': 8, '1': 9, '+Inf': 10 }),
      ...aHistogram(one, 'b', { '0.25': 6, '0.3': 7, '0.50': 8, '1.0': 9, '+Inf': 10 }),
      ...aHistogram(two, 'a', { '1e+00': 9, '1e-02': 1, '+Inf': 10 }),
    ]);
    const signals = [aLatency(one, 0.3), aLatency(two, 1), aLatency(aName(), 1), aNativeLatency(one, 1)];
    expect(await layoutsOf(signals, now)).toEqual([
      { bounds: [0.25, 0.5, 1], ofSome: [0.3], isKnown: true },
      { bounds: [0.01, 1], ofSome: [], isKnown: true },
      { bounds: [], ofSome: [], isKnown: false },
      { bounds: [], ofSome: [], isKnown: false },
    ]);
    expect(await layoutsOf(signals.slice(0, 1), undefined)).toEqual([
      { bounds: [0.25, 0.5, 1], ofSome: [0.3], isKnown: true },
    ]);
    expect(await layoutsOf(signals.slice(0, 1), now - 60 * minute)).toMatchObject([{ isKnown: false }]);
  });

  describe('read by the buckets that there are, tells', () => {
    const bucketed = (): BucketedSource => new BucketedSource(bench.source, new ManualClock(now));

    test.each([
      [1, 36],
      [0.25, 24],
    ])('%d s, which is a bucket however it is spelled, exactly', async (threshold, good) => {
      const name = aName();
      await bench.write([
        ...aHistogram(name, 'a', { '0.25': 3, '1': 4, '+Inf': 5 }),
        ...aHistogram(name, 'b', { '0.25': 3, '1.0': 5, '+Inf': 5 }),
      ]);
      const [outcome] = await bucketed().read([{ signal: aLatency(name, threshold), steps: [lastMinute] }], now, never);
      expect(outcome).toMatchObject({ kind: 'counted', groups: [{ steps: [{ ...lastMinute, good, total: 40 }] }] });
      expect(outcome).not.toHaveProperty('place');
    });

    test('what lies between two buckets by both, live and in the past', async () => {
      const name = aName();
      await bench.write([
        ...aHistogram(name, 'a', { '0.25': 3, '0.3': 4, '0.5': 5, '+Inf': 6 }),
        ...aHistogram(name, 'b', { '0.25': 3, '0.5': 5, '+Inf': 6 }),
      ]);
      const signal = aLatency(name, 0.3);
      const source = bucketed();
      const place = { kind: 'between', lower: 0.25, upper: 0.5 };
      const [live] = await source.read([{ signal, steps: [lastMinute] }], now, never);
      const counts = { good: 24, goodAtMost: 40, total: 48 };
      expect(live).toMatchObject({ kind: 'counted', place, groups: [{ steps: [counts] }] });
      const [past] = await source.history([signal], { from: now - 5 * minute, to: now }, minute, never);
      expect(past).toMatchObject({ kind: 'history', place });
      const points = past?.kind === 'history' ? (past.groups[0]?.points ?? []) : [];
      expect(points).toHaveLength(5);
      for (const point of points) expect(point).toMatchObject(counts);
    });

    test('a past from before the bucket came by the one below it, and what is new exactly', async () => {
      const name = aName();
      await bench.write([
        ...aHistogram(name, 'old', { '0.25': 3, '0.5': 5, '+Inf': 6 }, [80, 40]),
        ...aHistogram(name, 'new', { '0.25': 3, '0.3': 4, '0.5': 5, '+Inf': 6 }, [39, 0]),
      ]);
      const signal = aLatency(name, 0.3);
      const source = bucketed();
      const [live] = await source.read([{ signal, steps: [lastMinute] }], now, never);
      expect(live).toMatchObject({ groups: [{ steps: [{ good: 16, total: 24 }] }] });
      expect(live).not.toHaveProperty('place');
      const [past] = await source.history([signal], { from: now - 18 * minute, to: now }, minute, never);
      expect(past).toMatchObject({ kind: 'history', place: { kind: 'between', lower: 0.25, upper: 0.5 } });
      const points = past?.kind === 'history' ? (past.groups[0]?.points ?? []) : [];
      expect(points[0]).toMatchObject({ good: 12, goodAtMost: 20, total: 24 });
      expect(points.at(-1)).toMatchObject({ good: 12, goodAtMost: 20, total: 24 });
    });
  });
}
