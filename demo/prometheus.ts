import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fetch from 'node-fetch';
import { stringify } from 'yaml';
import { startChild, type Child } from './child.ts';
import { eventually } from './eventually.ts';

/** A real Prometheus that scrapes the shop every second. */
export interface Prometheus {
  readonly url: string;
  readonly child: Child;
}

/** Time between scrapes, ms: no sample-based estimate can be finer than a few of these. */
export const scrapeIntervalMs = 1000;

/** Starts Prometheus on a port of its own choice and waits until it has scraped the shop. Stop its child when done. */
export async function startPrometheus(options: {
  readonly binary: string;
  readonly shopUrl: string;
  /** Where it may keep its configuration and data; removed by the caller. */
  readonly folder: string;
  readonly signal: AbortSignal;
}): Promise<Prometheus> {
  const { binary, shopUrl, folder, signal } = options;
  await mkdir(folder, { recursive: true });
  const configFile = join(folder, 'prometheus.yml');
  await writeFile(configFile, prometheusConfig(shopUrl));
  const child = startChild(
    'Prometheus',
    binary,
    [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--storage.tsdb.retention.time=1d',
      '--web.listen-address=127.0.0.1:0',
    ],
    { cwd: folder },
  );
  const patience = { unless: [child.crashed], signal };
  try {
    const address = await eventually(async () => child.printed(/Listening on".*address=(127\.0\.0\.1:\d+)/), {
      ...patience,
      what: 'Prometheus to listen',
      withinMs: 20_000,
    });
    const url = `http://${address[1]}`;
    await eventually(async () => ((await hasScraped(url)) ? true : undefined), {
      ...patience,
      what: "Prometheus's first scrape of the shop",
      withinMs: 20_000,
    });
    return { url, child };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** What it scrapes: the shop, as job `shop`. */
export function prometheusConfig(shopUrl: string): string {
  const interval = `${scrapeIntervalMs}ms`;
  return stringify({
    global: { scrape_interval: interval, scrape_timeout: interval },
    scrape_configs: [{ job_name: 'shop', static_configs: [{ targets: [new URL(shopUrl).host] }] }],
  });
}

async function hasScraped(url: string): Promise<boolean> {
  const query = new URLSearchParams({ query: 'up{job="shop"} == 1' });
  const response = await fetch(`${url}/api/v1/query?${query.toString()}`, { signal: AbortSignal.timeout(5000) });
  const answer = (await response.json()) as { readonly data?: { readonly result?: readonly unknown[] } };
  return (answer.data?.result?.length ?? 0) > 0;
}
