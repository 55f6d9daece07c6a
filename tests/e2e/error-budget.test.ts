import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AndonProcess } from '../support/andon-process.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import type { RealServer } from '../support/real-server.ts';
import { until } from '../support/until.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const run = promisify(execFile);
const cleanUp = new AsyncDisposableStack();
const now = Math.floor(Date.now() / minute) * minute;
const from = now - 31 * day;

/** Good and bad events in the minute that ends at an instant: uneven by the hour, with one hour that fails half of the time. */
function countedTo(at: number): { readonly good: number; readonly bad: number } {
  const total = at % day < 2 * hour ? 6000 : 60;
  const failing = at > now - 9 * day && at <= now - 9 * day + hour;
  const bad = failing ? total / 2 : at % (30 * minute) === 0 ? 2 : 0;
  return { good: total - bad, bad };
}

function truthSince(begin: number) {
  let [bad, total] = [0, 0];
  for (let at = from + minute; at <= now; at += minute) {
    if (at <= begin) continue;
    const counted = countedTo(at);
    bad += counted.bad;
    total += counted.good + counted.bad;
  }
  return { bad, total };
}

/** Both counters as OpenMetrics, a sample a minute; the process was restarted every week. */
function openMetrics(): string {
  const lines = { good: [] as string[], bad: [] as string[] };
  const counters = { good: 0, bad: 0 };
  for (let at = from; at <= now; at += minute) {
    const counted = at === from ? { good: 0, bad: 0 } : countedTo(at);
    if (at > from && (at - from) % (7 * day) === 0) Object.assign(counters, { good: 0, bad: 0 });
    counters.good += counted.good;
    counters.bad += counted.bad;
    const labels = 'job="checkout",instance="a:1"';
    lines.good.push(`http_requests_total{${labels},code="200"} ${counters.good} ${at / 1000}`);
    lines.bad.push(`http_requests_total{${labels},code="500"} ${counters.bad} ${at / 1000}`);
  }
  return `# TYPE http_requests counter\n${[...lines.good, ...lines.bad].join('\n')}\n# EOF\n`;
}

const rules = `
apiVersion: andon/v1
kind: Service
metadata: { name: checkout }
spec:
  signals:
    success_rate:
      ratio:
        good: http_requests_total{job="checkout",code!~"5.."}
        total: http_requests_total{job="checkout"}
  endState:
    summary: Customers can pay
    hold: 5m
    targets: [{ signal: success_rate, atLeast: 90%, over: 5m }]
  errorBudgets:
    - { signal: success_rate, objective: 99%, period: 30d, burnRates: [page, ticket] }
`;

interface BudgetJson {
  readonly remaining: number | null;
  readonly bad: number;
  readonly total: number;
  readonly coverage: number;
  readonly known: number;
  readonly burnRates: readonly { readonly windowSeconds: number; readonly value: number | null }[];
}

let prometheus: RealServer;
let andon: AndonProcess;

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'andon-backfilled-'));
  cleanUp.defer(async () => await rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  const input = join(directory, 'past.om');
  await writeFile(input, openMetrics());
  // promtool reads its whole input again for each block, and would make one of every two hours.
  const flags = ['--quiet', `--max-block-duration=${32 * day}ms`];
  await run('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', ...flags, input, join(directory, 'data')]);
  prometheus = cleanUp.use(await startPrometheus({ directory, flags: ['--storage.tsdb.retention.time=60d'] }));
  andon = cleanUp.use(
    await AndonProcess.start({
      rules: { 'checkout.yaml': rules },
      settings: { sources: [{ name: 'default', url: prometheus.url }], channels: [] },
    }),
  );
}, 120_000);

afterAll(async () => {
  await cleanUp.disposeAsync();
}, 30_000);

async function budget(): Promise<BudgetJson | undefined> {
  const response = await fetch(`${andon.url}/api/v1/services/checkout`);
  if (!response.ok) return undefined;
  const service = (await response.json()) as { readonly budgets: readonly BudgetJson[] };
  return service.budgets[0];
}

describe('30 days of a service in a real Prometheus', () => {
  test('are known within 0.1 % of the truth after the first fill, and short windows within seconds', async () => {
    const begun = Date.now();
    const short = await until(
      async () => {
        const seen = await budget();
        return seen?.burnRates.find(({ windowSeconds, value }) => windowSeconds === 3600 && value !== null);
      },
      { what: 'the burn rate of an hour', withinMs: 20_000, explain: () => andon.tail() },
    );
    const shortAfterMs = Date.now() - begun;
    const filled = await until(
      async () => {
        const seen = await budget();
        return seen?.known === 1 && seen.remaining !== null ? seen : undefined;
      },
      { what: 'the whole period', withinMs: 60_000, explain: () => andon.tail() },
    );

    const truth = truthSince(now - 30 * day);
    expect(short).toBeDefined();
    expect(shortAfterMs).toBeLessThan(15_000);
    expect(Math.abs(filled.total / truth.total - 1)).toBeLessThan(0.001);
    expect(Math.abs(filled.bad / truth.bad - 1)).toBeLessThan(0.001);
    const remaining = 1 - truth.bad / (truth.total * 0.01);
    expect(Math.abs((filled.remaining ?? 0) - remaining)).toBeLessThan(0.001);
  }, 90_000);

  test('stand in the metrics and on the status page, and come back from the store after a restart', async () => {
    const before = await budget();
    const metrics = await (await fetch(`${andon.url}/metrics`)).text();
    expect(metrics).toMatch(/andon_error_budget_remaining_ratio\{.*budget="success_rate".*\} 0\./);
    expect(metrics).toMatch(/andon_burn_rate\{.*window="1h".*\}/);
    expect(await (await fetch(andon.url)).text()).toContain('99% over 30d');

    await andon.end('SIGTERM');
    await andon.launch();
    const after = await until(
      async () => {
        const seen = await budget();
        // What lies across the restart is asked for when no late sample may change it any more.
        return (seen?.known ?? 0) > 0.99999 && seen?.remaining !== null ? seen : undefined;
      },
      { what: 'the budget after a restart', withinMs: 20_000, explain: () => andon.tail() },
    );
    expect(Math.abs((after?.remaining ?? 0) - (before?.remaining ?? 0))).toBeLessThan(0.001);
    expect(andon.stderr).not.toContain('cannot be right');
  }, 60_000);
});
