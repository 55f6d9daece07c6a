import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createPrometheusSource } from '../../../src/adapters/prometheus/source.ts';
import { startPrometheus } from '../../support/prometheus-server.ts';
import { startScrapeTarget } from '../../support/scrape-target.ts';
import { aRatio } from '../../support/signals.ts';
import { until } from '../../support/until.ts';

const { signal: never } = new AbortController();
const perSecond = 100;
const life = 1e9;
/** Scrapes of this long ago have landed. */
const settleMs = 500;

interface Config {
  scrape_configs: { static_configs: { targets: string[]; labels?: Record<string, string> }[] }[];
}

test.each([
  ['at once', 0.5],
  ['after it was not found for a while', 0.2],
])(
  'a target that a real Prometheus finds under another label, %s, counts no life again',
  async (when, leastShare) => {
    const begun = Date.now();
    // One has run for a day, one has just begun.
    const starts = [begun / 1000 - 86_400, begun / 1000];
    await using cleanUp = new AsyncDisposableStack();
    const addresses: string[] = [];
    for (const [index, start] of starts.entries()) {
      const target = await startScrapeTarget(() => {
        const requests = life + Math.floor(((Date.now() - begun) * perSecond) / 1000);
        return [
          `process_start_time_seconds ${start}`,
          `requests_${index}_total{code="200"} ${requests}`,
          `requests_${index}_total{code="500"} ${life / 2}`,
          '',
        ].join('\n');
      });
      cleanUp.use(target);
      addresses.push(target.address);
    }
    await using prometheus = await startPrometheus({
      jobs: [{ job: 'shop', targets: addresses }],
      scrapeIntervalMs: 500,
    });
    await using source = createPrometheusSource({ name: 'main', url: prometheus.url });
    const signals = starts.map((_, index) =>
      aRatio({ bad: `requests_${index}_total{code="500"}`, total: `requests_${index}_total` }),
    );
    const now = async (): Promise<number> => {
      const clock = await source.clock(never);
      if (clock.kind === 'failed') throw new Error(clock.failure.detail);
      return clock.now - settleMs;
    };
    const isShown = async (labels: string): Promise<true | undefined> => {
      const query = encodeURIComponent(`count(count_over_time(up{${labels}}[1m]) > 3) == ${starts.length}`);
      const response = await fetch(`${prometheus.url}/api/v1/query?query=${query}`);
      const { data } = (await response.json()) as { data: { result: unknown[] } };
      return data.result.length > 0 ? true : undefined;
    };
    const explain = () => prometheus.log();
    await until(async () => await isShown('job="shop"'), { what: 'some scrapes', withinMs: 30_000, explain });

    const from = await now();
    let at = from;
    const counted = signals.map(() => ({ total: 0, bad: 0 }));
    const poll = async (): Promise<void> => {
      const step = { from: at, to: await now() };
      if (step.to <= step.from) return;
      const outcomes = await source.read(
        signals.map((signal) => ({ signal, steps: [step] })),
        step.to,
        never,
      );
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome.kind !== 'counted') throw new Error(JSON.stringify(outcome));
        const { total = 0, good = 0 } = outcome.groups[0]?.steps[0] ?? {};
        const sums = counted[index];
        if (sums === undefined) continue;
        sums.total += total;
        sums.bad += total - good;
      }
      at = step.to;
    };
    await poll();
    const file = join(prometheus.directory, 'prometheus.yml');
    const findTargets = async (targets: readonly string[]): Promise<void> => {
      const config = JSON.parse(await readFile(file, 'utf8')) as Config;
      for (const job of config.scrape_configs)
        job.static_configs = [{ targets: [...targets], labels: { version: '2' } }];
      await writeFile(file, JSON.stringify(config));
      expect((await fetch(`${prometheus.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    };
    // The old series are marked as ended some scrapes later.
    const isOver = async (): Promise<true | undefined> => {
      await poll();
      const query = encodeURIComponent('count(requests_0_total{version=""}) or vector(0)');
      const response = await fetch(`${prometheus.url}/api/v1/query?query=${query}&time=${at / 1000}`);
      const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
      return Number(data.result[0]?.value[1]) === 0 ? true : undefined;
    };
    if (when !== 'at once') {
      await findTargets([]);
      await until(isOver, { what: 'the end of the old series', withinMs: 30_000, explain });
    }
    await findTargets(addresses);
    const isBack = async (): Promise<true | undefined> => ((await isOver()) ? await isShown('version="2"') : undefined);
    await until(isBack, { what: 'the targets under their new label', withinMs: 30_000, explain });
    await poll();
    const truth = ((at - from) / 1000) * perSecond;
    for (const { total, bad } of counted) {
      expect(total).toBeGreaterThan(truth * leastShare);
      expect(total).toBeLessThan(truth * 1.2);
      expect(bad).toBe(0);
    }
  },
  90_000,
);
