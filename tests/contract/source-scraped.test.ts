import { expect, test } from '@jest/globals';
import { createPrometheusSource } from '../../src/adapters/prometheus/source.ts';
import type { PrometheusSource } from '../../src/adapters/prometheus/source.ts';
import type { CountedGroup } from '../../src/domain/reading/observation.ts';
import type { Interval } from '../../src/domain/interval.ts';
import type { Signal } from '../../src/domain/service/service.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import { startScrapeTarget } from '../support/scrape-target.ts';
import type { ScrapeTarget } from '../support/scrape-target.ts';
import { aGauge, aRatio } from '../support/signals.ts';
import { startVictoriaMetrics } from '../support/victoria-metrics-server.ts';

const { signal: never } = new AbortController();
const jobOf = (target: ScrapeTarget) => ({
  jobs: [{ job: 'shop', targets: [target.address] }],
  scrapeIntervalMs: 250,
});
const total = 'shop_requests_total{job="shop"}';
const good = 'shop_requests_total{job="shop",code="200"}';
const requests = aRatio({ good, total });
const scrapeNumber = aGauge('max(shop_scrape)', ['shop_scrape']);

/** Counters whose values at the n-th scrape are known: they jump about, as under load. */
const goodAt = (n: number): number => n * 1000 + ((n * 7919) % 997);
const badAt = (n: number): number => n * 10 + ((n * 31) % 7);

/** Serves the counters and the number of the scrape in one exposition, so that both belong together in the source. */
function serve(target: ScrapeTarget, state: { scrape: number }): void {
  target.set(() => {
    state.scrape += 1;
    const n = state.scrape;
    return [
      `shop_scrape ${n}`,
      '# TYPE shop_requests_total counter',
      `shop_requests_total{code="200"} ${goodAt(n)}`,
      `shop_requests_total{code="500"} ${badAt(n)}`,
      '',
    ].join('\n');
  });
}

async function nowOf(source: PrometheusSource): Promise<number> {
  const clock = await source.clock(never);
  if (clock.kind === 'failed') throw new Error(clock.failure.detail);
  return clock.now;
}

async function scrapeAt(source: PrometheusSource, at: number): Promise<number> {
  const [outcome] = await source.read([{ signal: scrapeNumber, steps: [] }], at, never);
  if (outcome?.kind !== 'gauged') throw new Error(JSON.stringify(outcome));
  return outcome.groups[0]?.value ?? 0;
}

async function readCounts(
  source: PrometheusSource,
  signal: Signal,
  steps: readonly Interval[],
  at: number,
): Promise<readonly CountedGroup[]> {
  const [outcome] = await source.read([{ signal, steps }], at, never);
  if (outcome?.kind !== 'counted') throw new Error(JSON.stringify(outcome));
  return outcome.groups;
}

/** Looks again at each scrape until it holds; a sample may take some scrapes until it can be queried. */
async function eventually(target: ScrapeTarget, holds: () => Promise<boolean>): Promise<void> {
  for (let scrape = 0; scrape < 40; scrape++) {
    if (await holds()) return;
    await target.scraped();
  }
  throw new Error('it did not come to hold within forty scrapes');
}

// Side by side, because a Prometheus takes five seconds until its first scrape.
test.concurrent.each([
  ['Prometheus', async (target: ScrapeTarget) => startPrometheus(jobOf(target))],
  ['VictoriaMetrics', async (target: ScrapeTarget) => startVictoriaMetrics(jobOf(target))],
])(
  'counts exactly what %s scraped, through a gap in the scrapes too',
  async (_name, start) => {
    await using target = await startScrapeTarget();
    const state = { scrape: 0 };
    serve(target, state);
    await using server = await start(target);
    await using source = createPrometheusSource({ name: 'main', url: server.url });

    await target.scraped(4);
    const from = await nowOf(source);
    await target.scraped(3);
    const to = await nowOf(source);
    await eventually(target, async () => {
      const at = await nowOf(source);
      const [group] = await readCounts(source, requests, [{ from, to: at }], at);
      return (group?.newestSampleAt ?? 0) > to;
    });
    const third = Math.round((to - from) / 3);
    const bounds = [from, from + third, from + 2 * third, to];
    const steps = [0, 1, 2].map((k) => ({ from: bounds[k] ?? from, to: bounds[k + 1] ?? to }));
    const [before, after] = [await scrapeAt(source, from), await scrapeAt(source, to)];
    expect(after).toBeGreaterThan(before);
    const [group] = await readCounts(source, requests, steps, to);
    expect(group?.steps.reduce((sum, step) => sum + step.good, 0)).toBe(goodAt(after) - goodAt(before));
    expect(group?.steps.reduce((sum, step) => sum + step.total, 0)).toBe(
      goodAt(after) + badAt(after) - goodAt(before) - badAt(before),
    );

    // Failed scrapes end the series; the events in the gap are counted when it comes back, and no others.
    target.vanish();
    await eventually(target, async () => {
      const at = await nowOf(source);
      return (await readCounts(source, requests, [{ from: to, to: at }], at)).length === 0;
    });
    const inGap = await nowOf(source);
    const lastSeen = state.scrape;
    state.scrape += 100;
    serve(target, state);
    let back = inGap;
    await eventually(target, async () => {
      back = await nowOf(source);
      return (await readCounts(source, requests, [{ from: inGap, to: back }], back)).length > 0;
    });
    const now = await scrapeAt(source, back);
    expect(now).toBeGreaterThan(lastSeen + 100);
    const [returned] = await readCounts(source, requests, [{ from: inGap, to: back }], back);
    expect(returned?.steps).toEqual([
      {
        from: inGap,
        to: back,
        good: goodAt(now) - goodAt(lastSeen),
        total: goodAt(now) + badAt(now) - goodAt(lastSeen) - badAt(lastSeen),
      },
    ]);
  },
  30_000,
);
