import { describe, expect, test } from '@jest/globals';
import { bucketBoundMatcher } from '../../src/domain/reading/bucket-bound.ts';
import { stale } from '../support/remote-write.ts';
import { aClassicLatency, aRatio, aTerm } from '../support/signals.ts';
import { aName, counts, lastMinute, minute, now, scraped, scrapeMs } from './source-bench.ts';
import type { SourceBench } from './source-bench.ts';

/** How a source counts events between two instants. */
export function countingCases(bench: SourceBench): void {
  test('counts exactly, and steps side by side add up to the whole', async () => {
    const metric = aName();
    let good = 0;
    let all = 0;
    const goods = scraped({ __name__: metric, code: '200' }, 40, 0, (n) => (good += n * 7));
    const errors = scraped({ __name__: metric, code: '500' }, 40, 0, (n) => (all += n % 3));
    await bench.write([goods, errors]);
    const steps = [4, 3, 2, 1].map((k) => ({ from: now - k * 17_123, to: now - (k - 1) * 17_123 }));
    const signal = aRatio({ good: `${metric}{code="200"}`, total: metric });
    const outcome = await bench.readOne(signal, [{ from: now - 4 * 17_123, to: now }, ...steps]);
    if (outcome.kind !== 'counted') throw new Error(JSON.stringify(outcome));
    const [whole, ...parts] = outcome.groups[0]?.steps ?? [];
    expect(outcome.groups[0]).toMatchObject({ group: {}, newestSampleAt: now, numeratorSeen: true });
    expect(parts.reduce((sum, step) => sum + step.total, 0)).toBe(whole?.total);
    expect(parts.reduce((sum, step) => sum + step.good, 0)).toBe(whole?.good);
    // The value at `now - 68492 ms` is that of the scrape 75 s ago.
    expect(whole?.good).toBe(7 * (40 + 39 + 38 + 37 + 36));
  });

  test('reads at the very millisecond that it is asked for', async () => {
    const metric = aName();
    const samples = [900, 800, 700, 600, 500].map((ago, index) => [now - ago, index * 10] as const);
    await bench.write([{ labels: { __name__: metric }, samples }]);
    const signal = aRatio({ good: metric, total: metric });
    const at = now - 550;
    const outcome = await bench.readOne(
      signal,
      [
        { from: now - 801, to: now - 701 },
        { from: now - 800, to: at },
      ],
      at,
    );
    expect(counts(outcome)).toEqual([[{}, [10, 10], [20, 20]]]);
    expect(outcome).toMatchObject({ groups: [{ newestSampleAt: now - 600 }] });
    const [group] = await bench.historyOf(signal, now - 801, now - 501, 100);
    expect(group?.points.map((point) => [point.at - now, point.total])).toEqual([
      [-701, 10],
      [-601, 10],
      [-501, 10],
    ]);
  });

  test('counts bad events as what is missing from the total', async () => {
    const metric = aName();
    await bench.write([
      scraped({ __name__: metric, code: '200' }, 20, 0, (n) => n * 9),
      scraped({ __name__: metric, code: '500' }, 20, 0, (n) => n),
    ]);
    const outcome = await bench.readOne(aRatio({ bad: `${metric}{code="500"}`, total: metric }), [lastMinute]);
    expect(counts(outcome)).toEqual([[{}, [36, 40]]]);
  });

  test('adds and takes away terms', async () => {
    const [requests, cancelled] = [aName(), aName()];
    await bench.write([
      scraped({ __name__: requests, code: '200' }, 20, 0, (n) => n * 9),
      scraped({ __name__: requests, code: '500' }, 20, 0, (n) => n * 3),
      scraped({ __name__: cancelled, code: '499' }, 20, 0, (n) => n * 2),
    ]);
    const total = [aTerm(requests), aTerm(cancelled, -1), aTerm('no_such_metric')];
    const outcome = await bench.readOne(aRatio({ good: `${requests}{code="200"}`, total }), [lastMinute]);
    expect(counts(outcome)).toEqual([[{}, [36, 40]]]);
  });

  test('counts a counter that was reset from zero', async () => {
    const metric = aName();
    await bench.write([scraped({ __name__: metric }, 20, 0, (n) => (n < 18 ? 1000 + n * 10 : (n - 18) * 10 + 5))]);
    expect(counts(await bench.readOne(aRatio({ good: metric, total: metric }), [lastMinute]))).toEqual([
      [{}, [25, 25]],
    ]);
  });

  test('counts a series that is born with a value from zero', async () => {
    const metric = aName();
    await bench.write([
      scraped({ __name__: metric, pod: 'old' }, 20, 0, (n) => n * 10),
      scraped({ __name__: metric, pod: 'new' }, 1, 0, (n) => 500 + n * 10),
    ]);
    expect(counts(await bench.readOne(aRatio({ good: metric, total: metric }), [lastMinute]))).toEqual([
      [{}, [550, 550]],
    ]);
  });

  describe('a series that is new, while its target', () => {
    const life = (n: number): number => 7_000_000 + n * 10;
    const one = { job: 'j', instance: 'i' };

    test('was relabelled, begins at what it first shows: its life was counted under other labels', async () => {
      const metric = aName();
      const before = scraped({ ...one, __name__: metric }, 20, 2, life);
      before.samples.push([now - 2 * scrapeMs + 1, stale]);
      await bench.write([before, scraped({ ...one, __name__: metric, cluster: 'blue' }, 1, 0, life)]);
      expect(counts(await bench.readOne(aRatio({ good: metric, total: metric }), [lastMinute]))).toEqual([
        [{}, [0, 0]],
      ]);
    });

    test('stays and gives its counters another label, begins at what it first shows', async () => {
      const metric = aName();
      const at = { job: 'j', instance: aName() };
      const before = scraped({ ...at, __name__: metric, code: '200' }, 20, 2, life);
      before.samples.push([now - 2 * scrapeMs + 1, stale]);
      await bench.write([
        scraped({ ...at, __name__: 'up' }, 20, 0, () => 1),
        before,
        scraped({ ...at, __name__: metric, code: '200', region: 'eu' }, 1, 0, life),
      ]);
      expect(counts(await bench.readOne(aRatio({ good: metric, total: metric }), [lastMinute]))).toEqual([
        [{}, [0, 0]],
      ]);
    });

    test('stays and adds a bucket to its histogram, begins at what it first shows', async () => {
      const metric = aName();
      const at = { job: 'j', instance: aName() };
      await bench.write([
        scraped({ ...at, __name__: 'up' }, 20, 0, () => 1),
        scraped({ ...at, __name__: `${metric}_bucket`, le: '0.3' }, 1, 0, life),
        scraped({ ...at, __name__: `${metric}_count` }, 20, 0, (n) => n * 20),
      ]);
      expect(counts(await bench.readOne(aClassicLatency(metric, '0.3'), [lastMinute]))).toEqual([[{}, [0, 80]]]);
    });

    test('was not scraped before, begins at what it first shows', async () => {
      const metric = aName();
      const instance = aName();
      await bench.write([
        scraped({ job: 'old', instance, __name__: metric }, 20, 0, (n) => n * 10),
        scraped({ job: 'j', instance, __name__: metric }, 1, 0, life),
        scraped({ job: 'j', instance, __name__: 'process_start_time_seconds' }, 1, 0, () => now / 1000 - 86_400),
      ]);
      expect(counts(await bench.readOne(aRatio({ good: metric, total: metric }), [lastMinute]))).toEqual([
        [{}, [40, 40]],
      ]);
    });

    test('was relabelled while its old series are still shown, begins at what it first shows', async () => {
      const metric = aName();
      const at = { job: 'j', instance: aName() };
      await bench.write([
        scraped({ ...at, __name__: metric }, 20, 2, life),
        scraped({ ...at, __name__: metric, cluster: 'blue' }, 1, 0, life),
        scraped({ ...at, __name__: 'up' }, 20, 2, () => 1),
        scraped({ ...at, __name__: 'up', cluster: 'blue' }, 1, 0, () => 1),
      ]);
      const signal = aRatio({ good: metric, total: metric });
      expect(counts(await bench.readOne(signal, [lastMinute]))).toEqual([[{}, [20, 20]]]);
      // While both are shown and nothing is new of the old one.
      const scrape = { from: now - 2 * scrapeMs, to: now - scrapeMs };
      expect(counts(await bench.readOne(signal, [scrape], scrape.to))).toEqual([[{}, [0, 0]]]);
    });

    test('was relabelled and then back, begins at what it first shows, of a bucket too', async () => {
      const metric = aName();
      const at = { job: 'j', instance: aName() };
      const metrics = [
        [{ ...at, __name__: `${metric}_count` }, (n: number) => n * 20],
        [{ ...at, __name__: `${metric}_bucket`, le: '0.3' }, (n: number) => n * 19],
      ] as const;
      await bench.write(
        metrics.flatMap(([labels, value]) => {
          const leader = scraped({ ...labels, role: 'leader' }, 60, 40, (n) => 7_000_000 + value(n));
          const again = scraped({ ...labels, role: 'leader' }, 1, 0, (n) => 7_000_000 + value(59 + n));
          const follower = scraped({ ...labels, role: 'follower' }, 39, 2, (n) => 7_000_000 + value(21 + n));
          const end = (at: number) => [at, stale] as const;
          const samples = [...leader.samples, end(now - 40 * scrapeMs + 1), ...again.samples];
          return [
            { labels: leader.labels, samples },
            { ...follower, samples: [...follower.samples, end(now - 2 * scrapeMs + 1)] },
          ];
        }),
      );
      const step = { from: now - 2 * scrapeMs, to: now - scrapeMs };
      expect(counts(await bench.readOne(aClassicLatency(metric, '0.3'), [step], step.to))).toEqual([[{}, [0, 0]]]);
      const last = { from: step.to, to: now };
      expect(counts(await bench.readOne(aClassicLatency(metric, '0.3'), [last]))).toEqual([[{}, [19, 20]]]);
    });

    test('was relabelled soon after its process began, counts nothing twice', async () => {
      const metric = aName();
      const at = { job: 'j', instance: aName() };
      const began = now / 1000 - 90;
      const before = scraped({ ...at, __name__: metric, code: '200' }, 5, 2, (n) => 900 + n * 10);
      before.samples.push([now - 2 * scrapeMs + 1, stale]);
      await bench.write([
        before,
        scraped({ ...at, __name__: metric, code: '200', cluster: 'blue' }, 1, 0, (n) => 940 + n * 10),
        scraped({ ...at, __name__: 'process_start_time_seconds' }, 5, 2, () => began),
        scraped({ ...at, __name__: 'process_start_time_seconds', cluster: 'blue' }, 1, 0, () => began),
      ]);
      expect(counts(await bench.readOne(aRatio({ good: metric, total: metric }), [lastMinute]))).toEqual([
        [{}, [0, 0]],
      ]);
    });

    test('began anew under other labels, counts from zero though its old series went', async () => {
      const metric = aName();
      const at = { job: 'j', instance: aName() };
      await bench.write([
        scraped({ ...at, __name__: metric, version: '1' }, 20, 2, life),
        scraped({ ...at, __name__: metric, version: '2' }, 1, 0, (n) => 40 + n * 10),
        scraped({ ...at, __name__: 'process_start_time_seconds', version: '1' }, 20, 2, () => now / 1000 - 86_400),
        scraped({ ...at, __name__: 'process_start_time_seconds', version: '2' }, 1, 0, () => now / 1000 - 20),
      ]);
      // The last two scrapes of the old one, and the life of the new one.
      expect(counts(await bench.readOne(aRatio({ good: metric, total: metric }), [lastMinute]))).toEqual([
        [{}, [70, 70]],
      ]);
    });

    test('was restarted in its place, counts from zero though another of its series went', async () => {
      const metric = aName();
      const at = { job: 'j', instance: aName(), __name__: metric };
      const errors = scraped({ ...at, code: '404' }, 20, 2, life);
      errors.samples.push([now - scrapeMs, stale]);
      await bench.write([
        scraped({ ...at, code: '200' }, 20, 0, (n) => (n < 19 ? life(n) : 100)),
        errors,
        scraped({ ...at, code: '500' }, 1, 0, () => 7),
      ]);
      expect(
        counts(await bench.readOne(aRatio({ bad: `${metric}{code="500"}`, total: metric }), [lastMinute])),
      ).toEqual([[{}, [100, 107]]]);
    });

    test('has just started, counts from zero', async () => {
      const metric = aName();
      const instance = aName();
      await bench.write([
        scraped({ job: 'j', instance, __name__: metric }, 1, 0, (n) => 90 + n * 10),
        scraped({ job: 'j', instance, __name__: 'process_start_time_seconds' }, 1, 0, () => now / 1000 - 30),
      ]);
      expect(counts(await bench.readOne(aRatio({ good: metric, total: metric }), [lastMinute]))).toEqual([
        [{}, [100, 100]],
      ]);
    });

    test('was scraped all along, counts from zero: the first error of a healthy process', async () => {
      const metric = aName();
      const instance = aName();
      await bench.write([
        scraped({ job: 'j', instance, __name__: 'up' }, 20, 0, () => 1),
        scraped({ job: 'j', instance, __name__: metric }, 1, 0, (n) => 50 + n * 10),
      ]);
      expect(counts(await bench.readOne(aRatio({ good: metric, total: metric }), [lastMinute]))).toEqual([
        [{}, [60, 60]],
      ]);
    });
  });

  test('counts of a series that returns after a gap only what is new', async () => {
    const metric = aName();
    const gapped = scraped({ __name__: metric, pod: 'back' }, 80, 0, (n) => 100_000 + n);
    const samples = gapped.samples.filter(([at]) => at <= now - 15 * minute || at >= now - 30_000);
    await bench.write([
      { labels: gapped.labels, samples },
      scraped({ __name__: metric, pod: 'steady' }, 80, 0, (n) => n * 10),
      scraped({ __name__: metric, pod: 'new' }, 1, 0, (n) => 500 + n * 10),
    ]);
    // Back: 60 scrapes' worth since it was last seen. Steady: 40. New: its whole life.
    const outcome = await bench.readOne(aRatio({ good: metric, total: metric }), [lastMinute]);
    expect(counts(outcome)).toEqual([[{}, [60 + 40 + 510, 60 + 40 + 510]]]);
    const [group] = await bench.historyOf(aRatio({ good: metric, total: metric }), now - 5 * minute, now, minute);
    expect(group?.points.at(-1)?.total).toBe(60 + 40 + 510);
  });

  test('counts a series that returns after a reset from zero', async () => {
    const metric = aName();
    const before = scraped({ __name__: metric }, 80, 60, (n) => 100_000 + n);
    const after = scraped({ __name__: metric }, 2, 0, (n) => 7 + n);
    await bench.write([{ labels: before.labels, samples: [...before.samples, ...after.samples] }]);
    expect(counts(await bench.readOne(aRatio({ good: metric, total: metric }), [lastMinute]))).toEqual([[{}, [9, 9]]]);
  });

  test('knows no group whose series have all ended', async () => {
    const metric = aName();
    const ended = scraped({ __name__: metric, region: 'eu' }, 20, 2, (n) => n);
    ended.samples.push([now - scrapeMs, stale]);
    await bench.write([ended, scraped({ __name__: metric, region: 'us' }, 20, 0, (n) => n)]);
    const outcome = await bench.readOne(aRatio({ good: metric, total: metric }, ['region']), [lastMinute]);
    expect(counts(outcome)).toEqual([[{ region: 'us' }, [4, 4]]]);
  });

  test('tells by the sample time that scrapes have stopped landing', async () => {
    const metric = aName();
    await bench.write([scraped({ __name__: metric }, 20, 4, (n) => n)]);
    const outcome = await bench.readOne(aRatio({ good: metric, total: metric }), [lastMinute]);
    expect(outcome).toMatchObject({ groups: [{ newestSampleAt: now - minute, steps: [{ good: 0, total: 0 }] }] });
  });

  test('splits by labels, and an absent label is empty', async () => {
    const metric = aName();
    await bench.write([
      scraped({ __name__: metric, region: 'eu', code: '200' }, 20, 0, (n) => n * 9),
      scraped({ __name__: metric, region: 'eu', code: '500' }, 20, 0, (n) => n),
      scraped({ __name__: metric, region: 'us', code: '500' }, 20, 0, (n) => n),
      scraped({ __name__: metric, code: '200' }, 20, 0, (n) => n * 2),
    ]);
    const outcome = await bench.readOne(aRatio({ good: `${metric}{code="200"}`, total: metric }, ['region']), [
      lastMinute,
    ]);
    expect(counts(outcome)).toEqual(
      expect.arrayContaining([
        [{ region: 'eu' }, [36, 40]],
        [{ region: 'us' }, [0, 4]],
        [{ region: '' }, [8, 8]],
      ]),
    );
  });

  test('says that the numerator matches no series, and counts none of it', async () => {
    const metric = aName();
    await bench.write([scraped({ __name__: metric, code: '200' }, 20, 0, (n) => n)]);
    const bad = await bench.readOne(aRatio({ bad: `${metric}{code="500"}`, total: metric }), [lastMinute]);
    expect(bad).toMatchObject({ groups: [{ numeratorSeen: false, steps: [{ good: 4, total: 4 }] }] });
    const good = await bench.readOne(aRatio({ good: `${metric}{code="2xx"}`, total: metric }), [lastMinute]);
    expect(good).toMatchObject({ groups: [{ numeratorSeen: false, steps: [{ good: 0, total: 4 }] }] });
  });

  test('passes on more good events than there are in total', async () => {
    const [good, total] = [aName(), aName()];
    await bench.write([
      scraped({ __name__: good }, 20, 0, (n) => n * 2),
      scraped({ __name__: total }, 20, 0, (n) => n),
    ]);
    expect(counts(await bench.readOne(aRatio({ good, total }), [lastMinute]))).toEqual([[{}, [8, 4]]]);
  });

  test('takes NaN in a counter for no value', async () => {
    const metric = aName();
    await bench.write([
      scraped({ __name__: metric, pod: 'a' }, 20, 0, (n) => n),
      scraped({ __name__: metric, pod: 'b' }, 20, 0, () => Number.NaN),
    ]);
    expect(counts(await bench.readOne(aRatio({ good: metric, total: metric }), [lastMinute]))).toEqual([[{}, [4, 4]]]);
  });

  test('reads the share under a threshold from a classic histogram', async () => {
    const metric = aName();
    await bench.write([
      scraped({ __name__: `${metric}_bucket`, le: '0.3' }, 20, 0, (n) => n * 19),
      scraped({ __name__: `${metric}_bucket`, le: '+Inf' }, 20, 0, (n) => n * 20),
      scraped({ __name__: `${metric}_count` }, 20, 0, (n) => n * 20),
    ]);
    expect(counts(await bench.readOne(aClassicLatency(metric, '0.3'), [lastMinute]))).toEqual([[{}, [76, 80]]]);
  });

  describe('a bucket that is spelled otherwise from one scrape to the next', () => {
    const spelled = (metric: string) => ({
      ...aClassicLatency(metric, '1'),
      numeratorTerms: [aTerm(`${metric}_bucket{${bucketBoundMatcher(1)}}`)],
    });
    const bucket = (metric: string, le: string) => ({ job: 'j', instance: 'i', __name__: `${metric}_bucket`, le });
    const count = (metric: string) => ({ job: 'j', instance: 'i', __name__: `${metric}_count` });
    const [good, all] = [(n: number) => 9_000_000 + n * 19, (n: number) => 9_500_000 + n * 20];

    test.each([
      ['ends', [[now - 2 * scrapeMs + 1, stale]]],
      ['is still shown', []],
    ] as const)('goes on where the other spelling stood, while that one %s', async (_, end) => {
      const metric = aName();
      const before = scraped(bucket(metric, '1'), 20, 2, good);
      const after = scraped(bucket(metric, '1.0'), 1, 0, (n) => good(19 + n));
      await bench.write([
        { labels: before.labels, samples: [...before.samples, ...end] },
        after,
        scraped(count(metric), 20, 0, all),
      ]);
      const signal = spelled(metric);
      const steps = [3, 2, 1, 0].map((k) => ({ from: now - (k + 1) * scrapeMs, to: now - k * scrapeMs }));
      for (const step of steps) expect(counts(await bench.readOne(signal, [step], step.to))).toEqual([[{}, [19, 20]]]);
      const [group] = await bench.historyOf(signal, now - 4 * scrapeMs, now, scrapeMs);
      expect(group?.points.map((point) => [point.good, point.total])).toEqual(steps.map(() => [19, 20]));
    });

    test('counts from zero where its process began anew', async () => {
      const metric = aName();
      const before = scraped(bucket(metric, '1'), 20, 2, good);
      before.samples.push([now - 2 * scrapeMs + 1, stale]);
      await bench.write([
        before,
        scraped(bucket(metric, '1.0'), 1, 0, (n) => 38 + n * 19),
        scraped(count(metric), 20, 0, (n) => (n < 19 ? all(n) : 40 + (n - 19) * 20)),
      ]);
      const step = { from: now - 2 * scrapeMs, to: now };
      expect(counts(await bench.readOne(spelled(metric), [step]))).toEqual([[{}, [57, 60]]]);
    });
  });
}
