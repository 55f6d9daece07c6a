import { expect, test } from '@jest/globals';
import { aGauge, aRatio } from '../support/signals.ts';
import { aName, lastMinute, never, now, scraped, scrapeMs } from './source-bench.ts';
import type { SourceBench } from './source-bench.ts';

/** How a source reads numbers, many signals at once, and what it knows about series. */
export function gaugeCases(bench: SourceBench): void {
  test('reads a gauge with the time of its newest sample', async () => {
    const metric = aName();
    await bench.write([
      scraped({ __name__: metric, db: 'a' }, 20, 1, (n) => n),
      scraped({ __name__: metric, db: 'b' }, 20, 2, (n) => n * 2),
    ]);
    expect(await bench.readOne(aGauge(`max(${metric})`, [metric]), [])).toEqual({
      kind: 'gauged',
      groups: [{ group: {}, newestSampleAt: now - scrapeMs, value: 36 }],
    });
    const grouped = await bench.readOne(aGauge(`max by (db) (${metric})`, [metric], ['db']), []);
    expect(grouped).toEqual({
      kind: 'gauged',
      groups: expect.arrayContaining([
        { group: { db: 'a' }, newestSampleAt: now - scrapeMs, value: 19 },
        { group: { db: 'b' }, newestSampleAt: now - 2 * scrapeMs, value: 36 },
      ]),
    });
  });

  test('reads a gauge that is a scalar or has no selector', async () => {
    expect(await bench.readOne(aGauge('42', []), [])).toEqual({
      kind: 'gauged',
      groups: [{ group: {}, newestSampleAt: now, value: 42 }],
    });
  });

  test('refuses a gauge that answers with several series for one group', async () => {
    const metric = aName();
    await bench.write(['a', 'b'].map((db) => scraped({ __name__: metric, db }, 20, 0, (n) => n)));
    const outcome = await bench.readOne(aGauge(metric, [metric]), []);
    expect(outcome).toMatchObject({ kind: 'failed', failure: { reason: 'bad-response' } });
  });

  test('knows nothing of series that do not exist', async () => {
    expect(await bench.readOne(aRatio({ good: 'no_such_good', total: 'no_such_total' }), [lastMinute])).toEqual({
      kind: 'counted',
      groups: [],
    });
    expect(await bench.readOne(aGauge('no_such_gauge', ['no_such_gauge']), [])).toEqual({ kind: 'gauged', groups: [] });
  });

  test('reads many signals at once, in order, and one bad signal spoils no other', async () => {
    const metric = aName();
    await bench.write([
      scraped({ __name__: metric, job: 'a' }, 20, 0, (n) => n),
      scraped({ __name__: `${metric}_twin`, job: 'a' }, 20, 0, (n) => n),
    ]);
    const fine = aRatio({ good: metric, total: metric });
    const broken = aGauge('sum(((', []);
    const several = aGauge(`${metric} + on() group_left() {__name__=~"${metric}.*"}`, [metric]);
    const reads = [
      fine,
      broken,
      ...Array.from({ length: 40 }, () => fine),
      several,
      aGauge(`max(${metric})`, [metric]),
    ];
    for (const round of ['first', 'remembering the bad ones']) {
      const outcomes = await bench.source.read(
        reads.map((signal) => ({ signal, steps: [lastMinute] })),
        now,
        never,
      );
      expect([round, outcomes.map(({ kind }) => kind)]).toEqual([
        round,
        reads.map((signal) =>
          signal === broken || signal === several ? 'failed' : signal === fine ? 'counted' : 'gauged',
        ),
      ]);
      expect(outcomes[1]).toMatchObject({ failure: { reason: 'rejected' } });
    }
  });

  test('learns how often samples land, and when', async () => {
    const metric = aName();
    const shifted = scraped({ __name__: metric, pod: 'b' }, 20, 0, (n) => n);
    await bench.write([
      scraped({ __name__: metric, pod: 'a' }, 20, 0, (n) => n),
      { labels: shifted.labels, samples: shifted.samples.map(([at, value]) => [at - 6_250, value] as const) },
      scraped({ __name__: `${metric}_young` }, 2, 0, (n) => n),
      scraped({ __name__: `${metric}_born` }, 0, 0, (n) => n),
    ]);
    const signals = [
      aRatio({ good: metric, total: metric }),
      aGauge(`max(${metric}_young)`, [`${metric}_young`]),
      aGauge(`max(${metric}_born)`, [`${metric}_born`]),
      aGauge('1', []),
    ];
    expect(await bench.source.arrivals(signals, now, never)).toEqual([
      { kind: 'ok', arrivals: { intervalMs: scrapeMs, sampleTimes: [now - 6_250, now] } },
      { kind: 'ok', arrivals: { intervalMs: scrapeMs, sampleTimes: [now] } },
      { kind: 'ok', arrivals: { sampleTimes: [now] } },
      { kind: 'ok', arrivals: { sampleTimes: [] } },
    ]);
  });

  test('lists the series behind a selector, up to a limit', async () => {
    const metric = aName();
    await bench.write(['a', 'b', 'c'].map((pod) => scraped({ __name__: metric, pod }, 20, 0, (n) => n)));
    const some = await bench.source.series(`${metric}{pod!="c"}`, 10, never);
    expect(some).toEqual({
      kind: 'ok',
      series: expect.arrayContaining([
        { __name__: metric, pod: 'a' },
        { __name__: metric, pod: 'b' },
      ]),
    });
    expect(some.kind === 'ok' && some.series.length).toBe(2);
    const cut = await bench.source.series(metric, 2, never);
    expect(cut.kind === 'ok' && cut.series.length).toBe(2);
    expect(await bench.source.series('{{', 2, never)).toMatchObject({ failure: { reason: 'rejected' } });
  });

  test('tells the time', async () => {
    const before = Date.now();
    const clock = await bench.source.clock(never);
    const after = Date.now();
    if (clock.kind === 'failed') throw new Error(clock.failure.detail);
    expect(clock.now).toBeGreaterThanOrEqual(before - 1);
    expect(clock.now).toBeLessThanOrEqual(after + 1);
    expect(clock.roundTripMs).toBeLessThanOrEqual(after - before + 2);
  });
}
