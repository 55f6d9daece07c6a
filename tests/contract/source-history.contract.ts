import { expect, test } from '@jest/globals';
import type { HistoryGroup } from '../../src/domain/reading/history.ts';
import { stale } from '../support/remote-write.ts';
import { aGauge, aRatio } from '../support/signals.ts';
import { aName, counts, minute, now, scraped, scrapeMs } from './source-bench.ts';
import type { SourceBench } from './source-bench.ts';

/** How a source tells a past stretch. */
export function historyCases(bench: SourceBench): void {
  test('tells a history whose steps are those that were read live', async () => {
    const metric = aName();
    let good = 0;
    let bad = 0;
    await bench.write([
      scraped({ __name__: metric, code: '200' }, 60, 0, (n) => (good += (n * 13) % 31)),
      scraped({ __name__: metric, code: '500' }, 30, 0, (n) => (bad += (n * 5) % 7)),
    ]);
    const signal = aRatio({ bad: `${metric}{code="500"}`, total: metric });
    const stepMs = 30_000;
    const from = now - 24 * stepMs;
    const groups = await bench.historyOf(signal, from, now, stepMs);
    expect(groups).toHaveLength(1);
    const points = groups[0]?.points ?? [];
    expect(points.map(({ at }) => at)).toEqual(Array.from({ length: 24 }, (_, k) => from + (k + 1) * stepMs));
    for (const { at, good, total, numeratorSeen, newestSampleAt } of points) {
      const live = await bench.readOne(signal, [{ from: at - stepMs, to: at }], at);
      expect(live).toEqual({
        kind: 'counted',
        groups: [
          {
            group: {},
            newestSampleAt,
            oldestSampleAt: newestSampleAt,
            numeratorSeen,
            steps: [{ from: at - stepMs, to: at, good, total }],
          },
        ],
      });
    }
    const whole = await bench.readOne(signal, [{ from, to: now }]);
    expect(counts(whole)).toEqual([
      [{}, [points.reduce((sum, p) => sum + (p.good ?? 0), 0), points.reduce((sum, p) => sum + (p.total ?? 0), 0)]],
    ]);
  });

  test('tells the same as live reads where series are born, end, return and are reset', async () => {
    const metric = aName();
    const returning = scraped(
      { __name__: metric, zone: 'a', pod: 'returning', code: '200' },
      100,
      0,
      (n) => 5_000 + n * 3,
    );
    const away = returning.samples.filter(([at]) => at <= now - 16 * minute || at >= now - 4 * minute);
    await bench.write([
      scraped({ __name__: metric, zone: 'a', pod: 'steady', code: '200' }, 100, 0, (n) => n * 10),
      scraped({ __name__: metric, zone: 'a', pod: 'steady', code: '500' }, 20, 0, (n) => 3 + n),
      scraped({ __name__: metric, zone: 'b', pod: 'reset', code: '200' }, 100, 0, (n) => (n % 30) * 7),
      scraped({ __name__: metric, zone: 'b', pod: 'born', code: '500' }, 11, 0, (n) => 40 + n * 2),
      { labels: returning.labels, samples: away },
    ]);
    const signal = aRatio({ bad: `${metric}{code="500"}`, total: metric }, ['zone']);
    const groups = await bench.historyOf(signal, now - 10 * minute, now, 30_000);
    expect(new Set(groups.map(({ group }) => group['zone']))).toEqual(new Set(['a', 'b']));
    for (const { group, points } of groups) {
      expect(points).toHaveLength(20);
      for (const { at, good, total, newestSampleAt, numeratorSeen } of points) {
        const live = await bench.readOne(signal, [{ from: at - 30_000, to: at }], at);
        const steps = [{ from: at - 30_000, to: at, good, total }];
        expect(live).toMatchObject({
          groups: expect.arrayContaining([expect.objectContaining({ group, newestSampleAt, numeratorSeen, steps })]),
        });
      }
    }
    // Zone a: 40 scrapes of the steady pod, the whole life of its errors, and what the returning pod did in 16 minutes.
    const zoneA = groups.find(({ group }) => group['zone'] === 'a')?.points ?? [];
    expect(zoneA.reduce((sum, { total }) => sum + (total ?? 0), 0)).toBe(40 * 10 + (3 + 20) + 64 * 3);
  });

  test('tells the same as live reads where series are reset in the step that brings another one', async () => {
    const metric = aName();
    const at = { __name__: metric, job: 'j', instance: 'i' };
    const resetAt = (scrape: number) => (n: number) => (n < scrape ? 3_000 + n * 4 : (n - scrape) * 4);
    await bench.write([
      scraped({ ...at, code: '200' }, 100, 0, resetAt(70)),
      scraped({ ...at, code: '404' }, 100, 0, resetAt(85)),
      scraped({ ...at, code: '500' }, 100, 0, (n) => n * 3),
      scraped({ ...at, code: '503' }, 30, 0, (n) => 20 + n),
    ]);
    const signal = aRatio({ bad: `${metric}{code=~"5.."}`, total: metric });
    const [group] = await bench.historyOf(signal, now - 12 * minute, now, 30_000);
    const points = group?.points ?? [];
    expect(points).toHaveLength(24);
    for (const { at: end, good, total } of points) {
      const live = await bench.readOne(signal, [{ from: end - 30_000, to: end }], end);
      expect(counts(live)).toEqual([[{}, [good, total]]]);
    }
    // Of the errors, 48 scrapes of the one that was there all along, and the whole life of the other.
    expect(points.reduce((sum, { good, total }) => sum + (total ?? 0) - (good ?? 0), 0)).toBe(48 * 3 + 50);
  });

  test('is not fooled when a series takes the place of another one, or has no number for a while', async () => {
    const metric = aName();
    const old = scraped({ __name__: metric, pod: 'old' }, 60, 31, (n) => 7_000 + n * 11);
    const odd = scraped({ __name__: metric, pod: 'odd' }, 60, 0, (n) => n);
    await bench.write([
      scraped({ __name__: metric, pod: 'steady' }, 60, 0, (n) => n * 10),
      { labels: old.labels, samples: [...old.samples, [now - 30 * scrapeMs, stale]] },
      scraped({ __name__: metric, pod: 'new' }, 30, 0, (n) => 9_000 + n * 5),
      { labels: odd.labels, samples: odd.samples.map(([at, value], n) => [at, n > 9 && n < 13 ? NaN : value]) },
    ]);
    const signal = aRatio({ bad: `${metric}{pod="odd"}`, total: metric });
    const [group] = await bench.historyOf(signal, now - 14 * minute, now, 30_000);
    const points = group?.points ?? [];
    expect(points).toHaveLength(28);
    for (const { at, good, total, newestSampleAt } of points) {
      const live = await bench.readOne(signal, [{ from: at - 30_000, to: at }], at);
      const steps = [{ from: at - 30_000, to: at, good, total }];
      expect(live).toMatchObject({ groups: [{ newestSampleAt, steps }] });
    }
  });

  test.each([1, 5])('tells in which step of %d min the newest sample landed, when that is asked', async (minutes) => {
    const stepMs = minutes * minute;
    const metric = aName();
    const series = scraped({ __name__: metric, zone: 'a' }, 100, 0, (n) => n * n);
    const samples = series.samples.filter(([at]) => at <= now - 8 * minute || at > now - 4 * minute);
    await bench.write([{ labels: series.labels, samples }]);
    const signal = aRatio({ bad: metric, total: metric }, ['zone']);
    const exact = await bench.historyOf(signal, now - 20 * minute, now, stepMs);
    const byStep = await bench.historyOf(signal, now - 20 * minute, now, stepMs, 'by-step');
    const counted = (groups: readonly HistoryGroup[]): unknown =>
      groups.map(({ group, points }) => ({ group, points: points.map(({ at, good, total }) => [at, good, total]) }));
    expect(counted(byStep)).toEqual(counted(exact));
    const middles = exact[0]?.points.map(({ at, newestSampleAt }) => {
      const end = newestSampleAt > at - stepMs ? at : Math.ceil((newestSampleAt - now) / stepMs) * stepMs + now;
      return end - stepMs / 2;
    });
    expect(byStep[0]?.points.map(({ newestSampleAt }) => newestSampleAt)).toEqual(middles);
  });

  test('leaves steps without data out of a history', async () => {
    const metric = aName();
    const series = scraped({ __name__: metric }, 60, 0, (n) => n);
    const [gapFrom, gapTo] = [now - 10 * minute, now - 5 * minute];
    const samples = series.samples.filter(([at]) => at <= gapFrom || at >= gapTo);
    samples.splice(
      samples.findIndex(([at]) => at >= gapTo),
      0,
      [gapFrom + 1_000, stale],
    );
    await bench.write([{ labels: series.labels, samples }]);
    const [group] = await bench.historyOf(aRatio({ good: metric, total: metric }), now - 12 * minute, now, minute);
    const missing = [-9, -8, -7, -6].map((minutes) => now + minutes * minute);
    const at = group?.points.map((point) => point.at) ?? [];
    expect(at.filter((time) => missing.includes(time))).toEqual([]);
    expect(at).toHaveLength(12 - missing.length);
    // The step of the return holds what happened since the series was last seen, and no more.
    expect(group?.points.find((point) => point.at === gapTo)?.total).toBe(20);
  });

  test('keeps points at which no new sample landed', async () => {
    const metric = aName();
    await bench.write([scraped({ __name__: metric }, 20, 0, (n) => n)]);
    const [group] = await bench.historyOf(aRatio({ good: metric, total: metric }), now - minute, now, 5_000);
    expect(group?.points).toHaveLength(12);
    expect(group?.points.slice(-4).map(({ newestSampleAt }) => now - newestSampleAt)).toEqual([
      15_000, 15_000, 15_000, 0,
    ]);
    expect(group?.points.slice(-4).map(({ total }) => total)).toEqual([1, 0, 0, 1]);
  });

  // Read from a number of seconds, these would lose a millisecond on the way.
  test.each([1_001, 1_005, 2_003, 16_001])('tells what happened at steps of exactly %d ms', async (stepMs) => {
    const metric = aName();
    await bench.write([scraped({ __name__: metric }, 100, 0, (n) => n)]);
    const from = now - 40 * stepMs;
    const [group] = await bench.historyOf(aRatio({ good: metric, total: metric }), from, now, stepMs);
    expect(group?.points.map(({ at }) => at)).toEqual(Array.from({ length: 40 }, (_, k) => from + (k + 1) * stepMs));
  });

  test('tells the history of a gauge', async () => {
    const metric = aName();
    await bench.write([scraped({ __name__: metric }, 20, 0, (n) => n)]);
    const groups = await bench.historyOf(aGauge(`max(${metric})`, [metric]), now - minute, now, 30_000);
    expect(groups).toEqual([
      {
        group: {},
        points: [
          { at: now - 30_000, newestSampleAt: now - 30_000, value: 18 },
          { at: now, newestSampleAt: now, value: 20 },
        ],
      },
    ]);
  });
}
