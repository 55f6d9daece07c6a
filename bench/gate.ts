import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { startPrometheus } from '../tests/support/prometheus-server.ts';
import { startAndon, type AndonProcess } from './support/andon-process.ts';
import { endOnSignals } from './support/end-on-signals.ts';
import { startFleet, writeAndonRules } from './support/fleet.ts';
import { printResult, printTable } from './support/print-result.ts';
import { usageOf } from './support/process-usage.ts';
import { median, round } from './support/statistics.ts';
import { sumOfMetric } from './support/sum-of-metric.ts';

/*
 * What the gate answers while the daemon polls a fleet, beside a bare route of the same server: both in turn, several
 * times, so that whatever else the machine does meets both. Andon is one process with one thread that runs JavaScript;
 * the load comes from this one.
 */

endOnSignals();
const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '16' },
    interval: { type: 'string', default: '5' },
  },
});
const services = Number(values.services);
const intervalMs = Number(values.interval) * 1_000;
const bareRoute = '/-/healthy';

interface Run {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUsPerRequest: number;
  readonly polls: number;
}

const folder = await mkdtemp(join(tmpdir(), 'andon-bench-gate-'));
const runs: { readonly gate: Run[]; readonly bare: Run[] } = { gate: [], bare: [] };
try {
  await using fleet = await startFleet(services);
  await using prometheus = await startPrometheus({
    scrapeIntervalMs: intervalMs,
    jobs: [{ job: 'fleet', targets: [fleet.address] }],
  });
  while (fleet.scrapes < 3) await sleep(100);
  const rules = join(folder, 'rules');
  await writeAndonRules(rules, services);
  await using andon = await startAndon({ folder, rules: [rules], sourceUrl: prometheus.url });
  const name = await aGoodService(andon.url);
  for (let turn = 0; turn < Number(values.rounds); turn += 1) {
    runs.bare.push(await load(andon, bareRoute));
    runs.gate.push(await load(andon, `/api/v1/gate/${name}`));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
const gate = typical(runs.gate);
const bare = typical(runs.bare);
printTable(
  `Gate of one service of ${services}, polled every ${values.interval} s; ${cpus().length} cores, ${values.connections} connections; medians of ${values.rounds} runs`,
  ['route', 'requests a second', 'p50 ms', 'p99 ms', 'CPU µs a request', 'polls meanwhile'],
  [
    ['gate', gate.requestsPerSecond, gate.p50Ms, gate.p99Ms, gate.cpuUsPerRequest, gate.polls],
    ['bare', bare.requestsPerSecond, bare.p50Ms, bare.p99Ms, bare.cpuUsPerRequest, bare.polls],
  ],
);
printResult({
  bench: 'gate',
  requestsPerSecond: gate.requestsPerSecond,
  p99Ms: gate.p99Ms,
  ratioToBare: round(gate.requestsPerSecond / bare.requestsPerSecond, 2),
});

/** A service whose gate passes, once its windows have history. */
async function aGoodService(url: string): Promise<string> {
  const until = performance.now() + 600_000;
  for (;;) {
    const { gates } = (await (await fetch(`${url}/api/v1/gate`)).json()) as {
      gates: { service: string; state: string; words: string }[];
    };
    const good = gates.filter(({ state }) => state === 'pass');
    const name = good[good.length >> 1]?.service;
    if (good.length === services && name !== undefined) return name;
    if (performance.now() > until) throw new Error(`the fleet is not good: ${gates[0]?.words ?? 'no service'}`);
    await sleep(1_000);
  }
}

async function load(andon: AndonProcess, path: string): Promise<Run> {
  const polls = async (): Promise<number> => await sumOfMetric(`${andon.url}/metrics`, 'andon_polls_total');
  const pollsBefore = await polls();
  const { cpuUs: cpuBefore } = await usageOf(andon.pid);
  const result = await autocannon({
    url: andon.url + path,
    connections: Number(values.connections),
    duration: Number(values.seconds),
  });
  const { cpuUs } = await usageOf(andon.pid);
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${path}: ${result.non2xx} answers were no success, ${result.errors} failed`);
  return {
    requestsPerSecond: round(result.requests.average, 0),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    cpuUsPerRequest: round((cpuUs - cpuBefore) / result.requests.total, 0),
    polls: (await polls()) - pollsBefore,
  };
}

function typical(all: readonly Run[]): Run {
  const of = (field: keyof Run): number => median(all.map((run) => run[field]));
  return {
    requestsPerSecond: of('requestsPerSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    cpuUsPerRequest: of('cpuUsPerRequest'),
    polls: of('polls'),
  };
}
