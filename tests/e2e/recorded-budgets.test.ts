import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AndonProcess, runCli } from '../support/andon-process.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import type { RealServer } from '../support/real-server.ts';
import { startScrapeTarget } from '../support/scrape-target.ts';
import { until } from '../support/until.ts';

const cleanUp = new AsyncDisposableStack();

/** Its line is held by whether it can be scraped: Andon need not read the requests themselves. */
const service = (name: string) => `
apiVersion: andon/v1
kind: Service
metadata: { name: ${name} }
spec:
  signals:
    scraped: { gauge: { query: 'min(up{job="checkout"})' } }
    success_rate:
      ratio:
        good: http_requests_total{job="checkout",code!~"5.."}
        total: http_requests_total{job="checkout"}
  endState:
    summary: Customers can pay
    hold: 30s
    targets: [{ signal: scraped, atLeast: 1 }]
  errorBudgetsFrom: recording-rules
  errorBudgets:
    - signal: success_rate
      objective: 99%
      period: 1h
      burnRates: [{ severity: page, budget: 2.5%, over: 6s, short: 2s }]
`;

interface BudgetJson {
  readonly burnRates: readonly { readonly windowSeconds: number; readonly value: number | null }[];
  readonly unknown?: { readonly reason: string; readonly detail: string };
}
interface ServiceJson {
  readonly budgets: readonly BudgetJson[];
  readonly problems: readonly { readonly reason: string; readonly detail: string }[];
}

let prometheus: RealServer;
let andon: AndonProcess;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'andon-recorded-'));
  cleanUp.defer(async () => await rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const ruleFile = join(folder, 'checkout.yaml');
  await writeFile(ruleFile, service('checkout'));
  const generated = await runCli(['generate', 'prometheus-rules', ruleFile, '--strict']);
  if (generated.code !== 0) throw new Error(generated.stderr);
  // Four in ten requests fail.
  const begun = Date.now();
  const target = cleanUp.use(
    await startScrapeTarget(() => {
      const requests = Math.floor((Date.now() - begun) / 10);
      const failed = Math.floor(requests * 0.4);
      return `http_requests_total{code="200"} ${requests - failed}\nhttp_requests_total{code="500"} ${failed}\n`;
    }),
  );
  prometheus = cleanUp.use(
    await startPrometheus({
      jobs: [{ job: 'checkout', targets: [target.address] }],
      scrapeIntervalMs: 500,
      ruleFiles: { 'checkout.yml': generated.stdout },
    }),
  );
  andon = cleanUp.use(
    await AndonProcess.start({
      rules: { 'checkout.yaml': service('checkout'), 'forgotten.yaml': service('forgotten') },
      settings: { sources: [{ name: 'default', url: prometheus.url }], channels: [] },
    }),
  );
}, 60_000);

afterAll(async () => {
  await cleanUp.disposeAsync();
}, 30_000);

async function seen(name: string): Promise<ServiceJson | undefined> {
  const response = await fetch(`${andon.url}/api/v1/services/${name}`);
  return response.ok ? ((await response.json()) as ServiceJson) : undefined;
}

describe('a budget that a real Prometheus counts by the rules that Andon made', () => {
  test('stops the line, with evidence from the recorded windows', async () => {
    const incident = await until(
      async () => {
        const response = await fetch(`${andon.url}/api/v1/incidents?service=checkout`);
        const { incidents } = (await response.json()) as { readonly incidents: readonly { readonly id: string }[] };
        return incidents[0];
      },
      { what: 'an incident of checkout', withinMs: 20_000, explain: () => andon.tail() },
    );
    const response = await fetch(`${andon.url}/api/v1/incidents/${incident.id}`);
    const text = await response.text();
    expect(text).toContain('success-rate-budget-page');
    const [long = '', short = ''] = [...(/burns at ([\d.]+)x over 6s and ([\d.]+)x over 2s/.exec(text) ?? [])].slice(1);
    // 40 % bad where 1 % is allowed; a scrape more or less is in a window.
    expect(Math.abs(Number(long) - 40)).toBeLessThan(2);
    expect(Math.abs(Number(short) - 40)).toBeLessThan(4);
    const checkout = await seen('checkout');
    expect(checkout?.budgets[0]?.burnRates.find(({ windowSeconds }) => windowSeconds === 6)?.value).toBeCloseTo(40, -1);
    expect(checkout?.problems).toEqual([]);
    const metrics = await (await fetch(`${andon.url}/metrics`)).text();
    expect(metrics).toMatch(/andon_burn_rate\{[^}]*service="checkout"[^}]*window="6s"[^}]*\} \d/);
  }, 25_000);

  test('whose rules nobody gave to the ruler is unknown, and says what to do', async () => {
    const forgotten = await until(
      async () => {
        const found = await seen('forgotten');
        return found?.budgets[0] === undefined ? undefined : found;
      },
      { what: 'the service without rules', withinMs: 10_000, explain: () => andon.tail() },
    );
    expect(forgotten.problems).toMatchObject([
      { reason: 'budget-records-missing', detail: expect.stringContaining('andon generate prometheus-rules') },
    ]);
    expect(forgotten.budgets[0]).toMatchObject({ remaining: null, unknown: { reason: 'no-data' } });
    expect(await (await fetch(`${andon.url}/api/v1/incidents?service=forgotten`)).json()).toMatchObject({
      incidents: [],
    });
    const checked = await runCli(['check', andon.rulesFolder, '--source', prometheus.url]);
    expect(checked.code).toBe(1);
    // Of young rules, the longest windows may still be missing.
    expect(checked.stdout.match(/\S+forgotten\S+: error \[.*/g)).toEqual([
      expect.stringMatching(/forgotten\.yaml:\d+:\d+: error \[live-not-recorded\] no series of the recording rules of/),
    ]);
  }, 25_000);
});
