import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ChangesWire, type ChangeWire } from '../../src/adapters/http/wire/change.ts';
import { AndonProcess, runCli } from '../support/andon-process.ts';
import { kubeStateMetrics, type ShownDeployment } from '../support/kube-state-metrics.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import { startScrapeTarget, type ScrapeTarget } from '../support/scrape-target.ts';
import { until } from '../support/until.ts';
import { shopRules } from './shop.ts';

const secret = 'a-secret-of-the-webhook';
const steady: ShownDeployment = {
  generation: 11,
  sets: { 'checkout-aaa': 3 },
  replicas: 3,
  updated: 3,
  unavailable: 0,
};
const cleanUp = new AsyncDisposableStack();
let cluster: ScrapeTarget;
let andon: AndonProcess;

beforeAll(async () => {
  cluster = cleanUp.use(await startScrapeTarget(kubeStateMetrics(steady)));
  const jobs = [{ job: 'kube-state-metrics', targets: [cluster.address] }];
  const prometheus = cleanUp.use(await startPrometheus({ jobs, scrapeIntervalMs: 500 }));
  const folder = await mkdtemp(join(tmpdir(), 'andon-e2e-changes-'));
  cleanUp.defer(async () => rm(folder, { recursive: true, force: true }));
  const secretFile = join(folder, 'secret');
  await writeFile(secretFile, secret);
  const rules = JSON.parse(shopRules({ summary: 'x' })) as { spec: Record<string, unknown> };
  rules.spec['changes'] = { seenIn: { namespace: 'shop', deployment: 'checkout' } };
  andon = cleanUp.use(
    await AndonProcess.start({
      rules: { 'shop.yaml': JSON.stringify(rules) },
      settings: {
        sources: [{ url: prometheus.url }],
        inbound: { github: { secretFile, services: { 'acme/web': 'shop' } } },
      },
    }),
  );
}, 60_000);
afterAll(async () => cleanUp.disposeAsync(), 20_000);

async function changes(): Promise<readonly ChangeWire[]> {
  const { text } = await andon.api.get('/api/v1/changes?service=shop');
  return ChangesWire.parse(JSON.parse(text)).changes;
}

async function deliver(state: string): Promise<unknown> {
  const now = new Date().toISOString();
  const body = JSON.stringify({
    deployment: { id: 42, sha: 'a10867b', environment: 'production' },
    deployment_status: { state, created_at: now },
    repository: { name: 'web', full_name: 'acme/web' },
  });
  const response = await fetch(`${andon.url}/api/v1/hooks/github`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'deployment_status',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
    body,
  });
  return await response.json();
}

describe('a running Andon', () => {
  test('keeps what it was told of changes through a kill, and goes on from there', async () => {
    expect(await deliver('in_progress')).toMatchObject({ result: 'recorded', service: 'shop' });
    const record = ['change', 'record', '--service', 'shop', '--id', 'by-hand', '--url', andon.url];
    expect((await runCli(record)).stdout).toBe('the change by-hand of shop (under way) is recorded\n');
    await andon.end('SIGKILL');
    await andon.launch();
    await andon.ready();
    expect((await changes()).map(({ id }) => id)).toEqual(expect.arrayContaining(['github-42', 'by-hand']));
    await deliver('success');
    expect((await changes()).find(({ id }) => id === 'github-42')).toMatchObject({ outcome: 'succeeded' });
    expect(andon.tail()).not.toContain(secret);
  }, 60_000);

  test('sees a deployment in metrics alone', async () => {
    // The first look only learns what is there, and nothing tells when it was: so there is a rollout every 5 s.
    let generation = steady.generation;
    let rolledAt = -Infinity;
    const roll = (): void => {
      if (performance.now() - rolledAt < 5_000) return;
      rolledAt = performance.now();
      generation += 1;
      cluster.set(kubeStateMetrics({ ...steady, generation, sets: { [`checkout-${generation}`]: 3 } }));
    };
    const seen = await until(
      async () => {
        roll();
        return (await changes()).find(({ origin }) => origin === 'prometheus');
      },
      { what: 'a change', withinMs: 50_000, explain: () => andon.tail() },
    );
    expect(seen.id).toMatch(/^shop\/checkout@(\d+)-\1$/);
    expect(seen.outcome).toBe('succeeded');
  }, 60_000);
});
