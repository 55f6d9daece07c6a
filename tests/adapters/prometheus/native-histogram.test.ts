import { expect, test } from '@jest/globals';
import { createPrometheusSource } from '../../../src/adapters/prometheus/source.ts';
import { nativeHistogramExposition, protobufExposition } from '../../support/native-histogram.ts';
import { startPrometheus } from '../../support/prometheus-server.ts';
import { startScrapeTarget } from '../../support/scrape-target.ts';
import { aGauge, aNativeLatency } from '../../support/signals.ts';

const { signal: never } = new AbortController();

test('reads the share under a threshold from a native histogram, in a gap of scrapes too', async () => {
  await using target = await startScrapeTarget();
  let scrape = 0;
  // Bucket -2 ends at 0.25 s, bucket 1 at 2 s: at each scrape 9 more requests are fast and 1 is slow.
  const serve = (): void =>
    target.setBody(protobufExposition, () => {
      scrape += 1;
      return nativeHistogramExposition({
        name: 'http_request_duration_seconds',
        labels: { route: '/pay' },
        buckets: { [-2]: 500 + 9 * scrape, 1: 50 + scrape },
      });
    });
  serve();
  await using server = await startPrometheus({
    jobs: [{ job: 'shop', targets: [target.address] }],
    scrapeIntervalMs: 300,
    flags: ['--enable-feature=native-histograms'],
  });
  await using source = createPrometheusSource({ name: 'main', url: server.url });
  const latency = aNativeLatency('http_request_duration_seconds', 0.25);
  const count = 'histogram_count(http_request_duration_seconds)';
  const requests = aGauge(count, ['http_request_duration_seconds']);

  const now = async (): Promise<number> => {
    const clock = await source.clock(never);
    if (clock.kind === 'failed') throw new Error(clock.failure.detail);
    return clock.now;
  };
  const totalAt = async (at: number): Promise<number> => {
    const [outcome] = await source.read([{ signal: requests, steps: [] }], at, never);
    return outcome?.kind === 'gauged' ? (outcome.groups[0]?.value ?? 0) : 0;
  };
  const stepTo = async (from: number, to: number) => {
    const [outcome] = await source.read([{ signal: latency, steps: [{ from, to }] }], to, never);
    if (outcome?.kind !== 'counted') throw new Error(JSON.stringify(outcome));
    return outcome.groups[0];
  };

  await target.scraped(3);
  const from = await now();
  await target.scraped(3);
  const to = await now();
  const served = (await totalAt(to)) - (await totalAt(from));
  expect(served).toBeGreaterThan(0);
  const group = await stepTo(from, to);
  expect(group?.steps[0]?.total).toBe(served);
  expect(group?.steps[0]?.good).toBeCloseTo(served * 0.9, 6);
  expect(group?.numeratorSeen).toBe(true);
  expect(to - (group?.newestSampleAt ?? 0)).toBeLessThan(2_000);

  // A target that is new and says nothing of its start begins at what it first shows: it may have run for years.
  const whole = await stepTo(from - 60_000, to);
  expect(whole?.steps[0]?.total).toBe(0);

  target.vanish();
  const lastTotal = 550 + 10 * scrape;
  const gone = async (at: number): Promise<boolean> => (await stepTo(from, at)) === undefined;
  let inGap = await now();
  while (!(await gone(inGap))) {
    await target.scraped();
    inGap = await now();
  }
  serve();
  let back = await now();
  while (await gone(back)) {
    await target.scraped();
    back = await now();
  }
  // Prometheus 2.42 cannot tell a histogram's last value, and then nothing is counted; later ones can.
  const returned = await stepTo(inGap, back);
  const sinceLastSeen = (await totalAt(back)) - lastTotal;
  expect([0, sinceLastSeen]).toContain(returned?.steps[0]?.total);

  const [arrivals] = await source.arrivals([latency], back, never);
  expect(arrivals).toMatchObject({ kind: 'ok', arrivals: { sampleTimes: [expect.any(Number)] } });
  const [history] = await source.history([latency], { from: to - 1_000, to }, 500, never);
  expect(history?.kind === 'history' && history.groups[0]?.points.length).toBe(2);
}, 30_000);
