import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fetch from 'node-fetch';
import { prometheusConfig, startPrometheus } from '../../demo/prometheus.ts';
import { startShop } from '../../demo/shop.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'andon-demo-test-'));
});
afterEach(() => rm(folder, { recursive: true, maxRetries: 3 }));

const binary = process.env['PROMETHEUS_BIN'] ?? 'prometheus';
const { signal } = new AbortController();

describe("the demo's Prometheus", () => {
  test('is ready only when it has scraped the shop, and is gone when stopped', async () => {
    const shop = await startShop();
    const prometheus = await startPrometheus({ binary, shopUrl: shop.url, folder, signal });
    const answer = await fetch(`${prometheus.url}/api/v1/query?query=shop_queue_depth`);
    expect(await answer.json()).toMatchObject({
      data: { result: [{ metric: { job: 'shop' }, value: [expect.anything(), '0'] }] },
    });
    await prometheus.child.stop();
    await expect(fetch(prometheus.url)).rejects.toThrow('ECONNREFUSED');
    await shop.close();
  });

  test('that dies is reported with its log, and nothing waits for it', async () => {
    const shopUrl = 'http://127.0.0.1:1';
    const failing = startPrometheus({ binary: process.execPath, shopUrl, folder, signal });
    await expect(failing).rejects.toMatchObject({ message: 'Prometheus ended by itself (exit code 9).' });
    expect(existsSync(join(folder, 'prometheus.yml'))).toBe(true);
  });

  test('scrapes the shop every second', () => {
    expect(prometheusConfig('http://127.0.0.1:4711')).toBe(
      [
        'global:',
        '  scrape_interval: 1000ms',
        '  scrape_timeout: 1000ms',
        'scrape_configs:',
        '  - job_name: shop',
        '    static_configs:',
        '      - targets:',
        '          - 127.0.0.1:4711',
        '',
      ].join('\n'),
    );
  });
});
