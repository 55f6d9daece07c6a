import { expect, test } from '@jest/globals';
import { createPrometheusSource } from '../../src/adapters/prometheus/source.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import { startScrapeTarget, type ScrapeTarget } from '../support/scrape-target.ts';
import { startVictoriaMetrics } from '../support/victoria-metrics-server.ts';

const { signal: never } = new AbortController();
const exposition = [
  '# TYPE orders_total counter',
  'orders_total{region="eu",pod="a"} 1',
  'orders_total{region="eu",pod="b"} 1',
  'orders_total{region="us",pod="c"} 1',
  '# TYPE depth gauge',
  'depth{region="eu"} 5',
  '',
].join('\n');
const jobOf = (target: ScrapeTarget) => ({
  jobs: [{ job: 'shop', targets: [target.address] }],
  scrapeIntervalMs: 250,
});

// Side by side, because a Prometheus takes five seconds until its first scrape.
test.concurrent.each([
  [
    'Prometheus',
    async (target: ScrapeTarget) => startPrometheus({ ...jobOf(target), pathPrefix: '/prometheus' }),
    true,
  ],
  [
    'VictoriaMetrics, which keeps no metadata',
    async (target: ScrapeTarget) => startVictoriaMetrics(jobOf(target)),
    false,
  ],
])(
  'learns types and counts groups at %s',
  async (_name, start, hasMetadata) => {
    await using target = await startScrapeTarget(exposition);
    await using server = await start(target);
    await using source = createPrometheusSource({ name: 'main', url: `${server.url}?unused=1` });
    for (let scrape = 0; scrape < 60; scrape += 1) {
      const seen = await source.countGroups('orders_total', ['pod'], never);
      if (seen.kind === 'ok' && seen.groups === 3) break;
      await target.scraped();
    }

    expect(await source.countGroups('orders_total', ['region'], never)).toEqual({ kind: 'ok', groups: 2 });
    expect(await source.countGroups('orders_total or depth', ['region', 'pod'], never)).toEqual({
      kind: 'ok',
      groups: 4,
    });
    expect(await source.countGroups('sum by (region) (orders_total) # by region', ['region'], never)).toEqual({
      kind: 'ok',
      groups: 2,
    });
    expect(await source.countGroups('nothing_of_the_kind', ['region'], never)).toEqual({ kind: 'ok', groups: 0 });
    expect(await source.countGroups('((', ['region'], never)).toMatchObject({ kind: 'failed' });

    expect(await source.values('sum by (region) (orders_total) > 1', never)).toEqual({ kind: 'ok', values: [2] });
    expect(await source.values('nothing_of_the_kind', never)).toEqual({ kind: 'ok', values: [] });
    expect(await source.values('((', never)).toMatchObject({ kind: 'failed' });

    const known = (...types: readonly string[]) => ({ kind: 'ok', types: hasMetadata ? types : [] });
    expect(await source.metricTypes('orders_total', never)).toEqual(known('counter'));
    expect(await source.metricTypes('depth', never)).toEqual(known('gauge'));
    expect(await source.metricTypes('nothing_of_the_kind', never)).toEqual(known());
  },
  30_000,
);
