import { describe, expect, test } from '@jest/globals';
import { BucketedSource } from '../../src/app/sources/bucketed-source.ts';
import type { HistoryOutcome } from '../../src/app/ports/source.ts';
import type { BucketLayout } from '../../src/domain/reading/threshold-place.ts';
import type { LatencySignal } from '../../src/domain/service/service.ts';
import { histogramTerms } from '../../src/config/promql/histogram-terms.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { stale } from '../support/remote-write.ts';
import type { WrittenSeries } from '../support/remote-write.ts';
import { aNativeLatency } from '../support/signals.ts';
import { aName, lastMinute, minute, never, now, scraped, scrapeMs } from './source-bench.ts';
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

/** Series of a process that was restarted `change` scrapes ago, `perScrape` new requests at or under each bound before and after. */
function aReplacedHistogram(
  name: string,
  pod: string,
  change: number,
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): readonly WrittenSeries[] {
  const series = (
    labels: WrittenSeries['labels'],
    old: number | undefined,
    fresh: number | undefined,
  ): WrittenSeries => {
    const samples: [number, number | typeof stale][] = [];
    for (let scrape = 60; scrape >= 0; scrape -= 1) {
      const at = now - scrape * scrapeMs;
      if (scrape > change && old !== undefined) samples.push([at, (1060 - scrape) * old]);
      else if (scrape <= change && fresh !== undefined) samples.push([at, (change - scrape + 1) * fresh]);
      else if (scrape === change) samples.push([at, stale]);
    }
    return { labels: { ...labels, pod }, samples };
  };
  const bounds = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return [
    ...bounds.map((le) => series({ __name__: `${name}_bucket`, le }, before[le], after[le])),
    series({ __name__: `${name}_count` }, before['+Inf'], after['+Inf']),
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

    /** Points of a group of a past: [minutes before now, good, good at most, total]. */
    const pointsOf = (past: HistoryOutcome | undefined, pod?: string): readonly unknown[] => {
      if (past?.kind !== 'history') throw new Error(JSON.stringify(past));
      const points = past.groups.find(({ group }) => group['pod'] === pod)?.points ?? [];
      return points.map(({ at, good, goodAtMost, total }) => [(now - at) / minute, good, goodAtMost, total]);
    };
    const minutes = (from: number, to: number, ...counted: readonly unknown[]): readonly unknown[] =>
      Array.from({ length: from - to + 1 }, (_, index) => [from - index, ...counted]);

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
      const points = pointsOf(past);
      expect(points.slice(0, 5)).toEqual(minutes(17, 13, 12, 20, 24));
      expect(points.slice(-4)).toEqual(minutes(3, 0, 16, undefined, 24));
    });

    /** What a process counts at a scrape. Its deploy replaced the bucket 0.3 by two around it. */
    const [before, after] = [
      { '0.1': 2, '0.3': 4, '1': 6, '+Inf': 7 },
      { '0.1': 2, '0.25': 3, '0.5': 5, '1': 6, '+Inf': 7 },
    ];
    const split = (name: string, thresholdSeconds: number): LatencySignal => ({
      ...aLatency(name, thresholdSeconds),
      name: `${name} ${thresholdSeconds}`,
      by: ['pod'],
    });

    test('a past over a deploy by the buckets of each part, in each group as its own processes were replaced', async () => {
      const name = aName();
      await bench.write([
        ...aReplacedHistogram(name, 'a', 40, before, after),
        ...aReplacedHistogram(name, 'b', 20, before, after),
      ]);
      const signals = [split(name, 0.3), split(name, 0.25), aLatency(name, 0.1)];
      const stretch = { from: now - 14 * minute, to: now };
      for (const sampleTimes of ['exact', 'by-step'] as const) {
        const [missed, bucket, kept] = await bucketed().history(signals, stretch, minute, never, sampleTimes);
        const [over, since] = [
          [2, 6, 7],
          [12, 20, 28],
        ];
        expect(missed).toMatchObject({ place: { kind: 'between', lower: 0.25, upper: 0.5 } });
        expect(pointsOf(missed, 'a')).toEqual([
          ...minutes(13, 11, 16, undefined, 28),
          [10, ...over],
          ...minutes(9, 0, ...since),
        ]);
        expect(pointsOf(missed, 'b')).toEqual([
          ...minutes(13, 6, 16, undefined, 28),
          [5, ...over],
          ...minutes(4, 0, ...since),
        ]);
        expect(pointsOf(bucket, 'a')).toEqual([
          ...minutes(13, 11, 8, 16, 28),
          [10, ...over],
          ...minutes(9, 0, 12, undefined, 28),
        ]);
        expect(pointsOf(kept).slice(-5)).toEqual(minutes(4, 0, 16, undefined, 56));
      }
    });

    test('a poll while the processes are replaced, and counts nothing of the group that lost its bucket until it is looked at', async () => {
      const name = aName();
      await bench.write([
        ...aReplacedHistogram(name, 'a', 40, before, after),
        ...aReplacedHistogram(name, 'b', 0, before, after),
      ]);
      const clock = new ManualClock(now);
      const source = new BucketedSource(bench.source, clock);
      const read = async (ms: number): Promise<unknown> => {
        const at = now - ms;
        const reads = [{ signal: split(name, 0.3), steps: [{ from: at - minute, to: at }] }];
        const [outcome] = await source.read(reads, at, never);
        if (outcome?.kind !== 'counted') throw new Error(JSON.stringify(outcome));
        const counts = outcome.groups.map(({ group, steps }): [string | undefined, ...unknown[]] => [
          group['pod'],
          ...steps.map(({ good, goodAtMost, total }) => [good, goodAtMost, total]),
        ]);
        return counts.sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
      };
      expect(await read(11 * minute)).toEqual([
        ['a', [16, undefined, 28]],
        ['b', [16, undefined, 28]],
      ]);
      await clock.advance(5_000);
      expect(await read(10 * minute)).toEqual([['a'], ['b', [16, undefined, 28]]]);
      await clock.advance(10_000);
      expect(await read(9 * minute)).toEqual([
        ['a', [8, 24, 28]],
        ['b', [8, 24, 28]],
      ]);
    });
  });
}
