import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startPrometheus } from '../../support/prometheus-server.ts';
import { startScrapeTarget } from '../../support/scrape-target.ts';
import { until } from '../../support/until.ts';
import { aBudget, aService, hourMs, rulesOf, secondMs, successRate } from './rule-bench.ts';

/** A window that is no multiple of five minutes is counted from the counters as those of five minutes are. */
const windowMs = 2 * secondMs;
const perSecond = 100;
const life = 1e9;

async function valueOf(url: string, expr: string): Promise<number | undefined> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`);
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  const [sample] = data.result;
  return sample && Number(sample.value[1]);
}

test('a target that Prometheus finds under another label, counts no life again', async () => {
  const begun = Date.now();
  await using target = await startScrapeTarget(() => {
    const requests = life + Math.floor(((Date.now() - begun) * perSecond) / 1000);
    return `requests_total{code="200"} ${requests}\nrequests_total{code="500"} ${life / 2}\n`;
  });
  const tier = { severity: 'page', share: 0.02, longMs: windowMs, shortMs: windowMs, factor: 10 } as const;
  const budget = aBudget({ period: { kind: 'rolling', ms: hourMs }, tiers: [tier] });
  await using prometheus = await startPrometheus({
    jobs: [{ job: 'shop', targets: [target.address] }],
    scrapeIntervalMs: 250,
    ruleFiles: { 'shop.yml': rulesOf([aService(successRate, [budget])]) },
  });
  const held = (events: string, labels = ''): string => `andon:slo_events:increase2s{slo_events="${events}"${labels}}`;
  const isCounting = async (): Promise<true | undefined> =>
    ((await valueOf(prometheus.url, held('covered'))) ?? 0) >= windowMs / 1000 ? true : undefined;
  await until(isCounting, { what: 'a whole window', withinMs: 30_000, explain: () => prometheus.log() });

  const file = join(prometheus.directory, 'prometheus.yml');
  const config = JSON.parse(await readFile(file, 'utf8')) as {
    scrape_configs: { static_configs: { targets: string[]; labels?: Record<string, string> }[] }[];
  };
  const [found] = config.scrape_configs[0]?.static_configs ?? [];
  if (found === undefined) throw new Error('there is no target to find otherwise');
  found.labels = { version: '2' };
  await writeFile(file, JSON.stringify(config));
  expect((await fetch(`${prometheus.url}/-/reload`, { method: 'POST' })).status).toBe(200);
  // Two windows later all is as it was.
  await until(
    async () => ((await valueOf(prometheus.url, 'count_over_time(up{version="2"}[1m])')) ?? 0) >= 24 || undefined,
    { what: 'the target under its new label', withinMs: 30_000, explain: () => prometheus.log() },
  );
  const most = await valueOf(prometheus.url, `max_over_time(${held('total')}[1m])`);
  expect(most).toBeGreaterThan((perSecond * windowMs) / 1000 / 2);
  expect(most).toBeLessThan(((perSecond * windowMs) / 1000) * 1.5);
  expect(await valueOf(prometheus.url, `max_over_time(${held('bad')}[1m])`)).toBe(0);
  expect(await valueOf(prometheus.url, 'count(count_over_time(ALERTS[1m])) or vector(0)')).toBe(0);
}, 90_000);
