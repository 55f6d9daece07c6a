import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AndonProcess, runCli } from '../support/andon-process.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import type { RealServer } from '../support/real-server.ts';
import { startScrapeTarget } from '../support/scrape-target.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';

const cleanUp = new AsyncDisposableStack();

const service = (budgetsFrom: 'counters' | 'recording-rules'): string => `
apiVersion: andon/v1
kind: Service
metadata: { name: checkout }
spec:
  signals:
    scraped: { gauge: { query: 'min(up{job="checkout"})' } }
    success_rate:
      ratio:
        good: http_requests_total{job="checkout",code!~"5.."}
        total: http_requests_total{job="checkout"}
  endState:
    summary: Customers can pay
    hold: 10m
    targets: [{ signal: scraped, atLeast: 1 }]
  errorBudgetsFrom: ${budgetsFrom}
  errorBudgets:
    - signal: success_rate
      objective: 99%
      period: 1h
      burnRates: [{ severity: page, budget: 2.5%, over: 6s, short: 2s }]
`;

interface BurnJson {
  readonly windowSeconds: number;
  readonly value: number | null;
  readonly unknown?: { readonly reason: string };
}
interface ServiceJson {
  readonly errorBudgetsFrom?: string;
  readonly lastPollAt: string;
  readonly budgets: readonly { readonly burnRates: readonly BurnJson[] }[];
  readonly problems: readonly { readonly reason: string }[];
}
interface IncidentJson {
  readonly id: string;
  readonly phase: string;
}

let prometheus: RealServer;
let andon: AndonProcess;
let pager: WebhookReceiver;
let rules: string;
/** Four in ten requests fail while this is true. */
let isFailing = false;

beforeAll(async () => {
  const folder = cleanUp.use(await temporaryDirectory());
  const ruleFile = join(folder.path, 'checkout.yaml');
  await writeFile(ruleFile, service('recording-rules'));
  const generated = await runCli(['generate', 'prometheus-rules', ruleFile, '--strict']);
  if (generated.code !== 0) throw new Error(generated.stderr);
  rules = generated.stdout;
  const counts = { good: 0, bad: 0, at: Date.now() };
  const target = cleanUp.use(
    await startScrapeTarget(() => {
      const requests = (Date.now() - counts.at) / 10;
      counts.at = Date.now();
      counts.bad += isFailing ? requests * 0.4 : 0;
      counts.good += isFailing ? requests * 0.6 : requests;
      return `http_requests_total{code="200"} ${counts.good}\nhttp_requests_total{code="500"} ${counts.bad}\n`;
    }),
  );
  prometheus = cleanUp.use(
    await startPrometheus({
      jobs: [{ job: 'checkout', targets: [target.address] }],
      scrapeIntervalMs: 500,
      ruleFiles: { 'checkout.yml': rules },
    }),
  );
  pager = await WebhookReceiver.start();
  cleanUp.defer(async () => await pager.close());
  andon = cleanUp.use(
    await AndonProcess.start({
      rules: { 'checkout.yaml': service('recording-rules') },
      settings: {
        sources: [{ name: 'default', url: prometheus.url }],
        channels: [{ name: 'pager', webhook: { url: `${pager.origin}/pages` } }],
      },
    }),
  );
}, 60_000);

afterAll(async () => {
  await cleanUp.disposeAsync();
}, 30_000);

async function get<T>(path: string): Promise<T> {
  return (await (await fetch(`${andon.url}${path}`)).json()) as T;
}

async function incidents(): Promise<readonly IncidentJson[]> {
  return (await get<{ readonly incidents: readonly IncidentJson[] }>('/api/v1/incidents?service=checkout')).incidents;
}

async function burnRates(): Promise<readonly BurnJson[]> {
  return (await get<ServiceJson>('/api/v1/services/checkout')).budgets[0]?.burnRates ?? [];
}

/** Waits until both windows are known, at whatever rate the condition asks for. */
async function known(what: string, isRight: (value: number) => boolean = () => true): Promise<void> {
  await until(
    async () => {
      const rates = await burnRates();
      return rates.length === 2 && rates.every(({ value }) => value !== null && isRight(value)) ? true : undefined;
    },
    { what, withinMs: 30_000, explain: () => andon.tail() },
  );
}

async function problems(): Promise<readonly string[]> {
  return (await get<ServiceJson>('/api/v1/services/checkout')).problems.map(({ reason }) => reason);
}

async function giveRules(text: string): Promise<void> {
  await writeFile(join(prometheus.directory, 'checkout.yml'), text);
  expect((await fetch(`${prometheus.url}/-/reload`, { method: 'POST' })).status).toBe(200);
}

async function switchTo(budgetsFrom: 'counters' | 'recording-rules'): Promise<void> {
  await andon.writeRule('checkout.yaml', service(budgetsFrom));
  expect(await andon.api.post('/-/reload')).toMatchObject({ status: 200 });
  // Some polls under the new declaration, each of which may page.
  const since = Date.now() + 3_000;
  await until(
    async () => {
      const { errorBudgetsFrom = 'counters', lastPollAt } = await get<ServiceJson>('/api/v1/services/checkout');
      return errorBudgetsFrom === budgetsFrom && Date.parse(lastPollAt) >= since ? true : undefined;
    },
    { what: `polls with budgets from ${budgetsFrom}`, withinMs: 20_000, explain: () => andon.tail() },
  );
  await known(`budgets from ${budgetsFrom}`);
}

test('rules that the ruler loses leave the budget unknown, page nothing, and are judged again when they are back', async () => {
  await known('the burn rates of a healthy service', (value) => value === 0);
  await giveRules('groups: []');
  isFailing = true;
  const unknown = await until(
    async () => {
      const rates = await burnRates();
      return rates.every(({ value }) => value === null) ? rates : undefined;
    },
    { what: 'unknown burn rates', withinMs: 30_000, explain: () => andon.tail() },
  );
  expect(unknown.map((rate) => rate.unknown?.reason)).toEqual(['stale', 'stale']);
  expect(await problems()).toEqual(['budget-records-stale']);
  isFailing = false;
  await until(
    async () => {
      const query = encodeURIComponent('sum(increase(http_requests_total{code="500"}[8s])) == 0');
      const response = await fetch(`${prometheus.url}/api/v1/query?query=${query}`);
      const { data } = (await response.json()) as { readonly data: { readonly result: readonly unknown[] } };
      return data.result.length > 0 ? true : undefined;
    },
    { what: 'the end of the errors', withinMs: 20_000 },
  );
  await giveRules(rules);
  await known('burn rates of the rules that are back', (value) => value === 0);
  expect(await problems()).toEqual([]);
  expect(await incidents()).toEqual([]);
  expect(pager.requests).toEqual([]);
}, 90_000);

test('budgets that are counted elsewhere from a reload on, and back, page nothing falsely and keep an open incident', async () => {
  await switchTo('counters');
  await switchTo('recording-rules');
  await known('a healthy service', (value) => value === 0);
  expect(await incidents()).toEqual([]);

  isFailing = true;
  const [opened] = await until(
    async () => {
      const all = await incidents();
      return all.length > 0 ? all : undefined;
    },
    { what: 'an incident', withinMs: 20_000, explain: () => andon.tail() },
  );
  await until(() => (pager.requests.length > 0 ? true : undefined), { what: 'the page', withinMs: 10_000 });
  for (const from of ['counters', 'recording-rules'] as const) {
    await switchTo(from);
    expect(await incidents()).toEqual([expect.objectContaining({ id: opened?.id, phase: 'open' })]);
  }
  expect(pager.requests).toHaveLength(1);
}, 120_000);
