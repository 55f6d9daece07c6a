import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endOnSignals } from './support/end-on-signals.ts';
import { measureBudgets, measureFootprint, type Footprint, type FootprintPlan } from './support/measure-footprint.ts';
import { printResult, printTable } from './support/print-result.ts';

/*
 * Memory and CPU of the daemon beside vmalert, which evaluates the same conditions on the same Prometheus: services of
 * two signals each, scraped every 15 s. Then the daemon alone, with an error budget of 30 days for each service.
 */

endOnSignals();
const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '5,100,1000' },
    budgets: { type: 'string', default: '1000' },
    interval: { type: 'string', default: '15' },
    intervals: { type: 'string', default: '4' },
    'node-flags': { type: 'string', default: '' },
  },
});

const folder = await mkdtemp(join(tmpdir(), 'andon-bench-footprint-'));
const result: Record<string, unknown> = { bench: 'footprint', intervalSeconds: Number(values.interval) };
const rows: (string | number)[][] = [];
const planOf = (services: number, name: string): FootprintPlan => ({
  services,
  intervalMs: Number(values.interval) * 1_000,
  intervals: Number(values.intervals),
  nodeFlags: values['node-flags'].split(' ').filter((flag) => flag !== ''),
  folder: join(folder, name),
});
const countsOf = (list: string): readonly number[] => list.split(',').filter(Boolean).map(Number);
try {
  for (const services of countsOf(values.services)) {
    const { andon, vmalert } = await measureFootprint(planOf(services, String(services)));
    rows.push(row('andon', services, andon), row('vmalert', services, vmalert));
    result[String(services)] = { andon, vmalert };
  }
  for (const services of countsOf(values.budgets)) {
    const andon = await measureBudgets(planOf(services, `budgets-${services}`));
    rows.push(row('andon with budgets', services, andon));
    result[`${services} budgets`] = andon;
    console.log(`${services} budgets: ready after ${andon.readyAfterSeconds} s, ledgers of ${andon.storeMb} MB`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
printTable(
  'Footprint',
  [
    'engine',
    'services',
    'RSS MB',
    'of it anonymous MB',
    'peak RSS MB',
    'CPU ms a second',
    'evaluations a scrape',
    'CPU µs an evaluation',
  ],
  rows,
);
printResult(result);

function row(engine: string, services: number, footprint: Footprint): (string | number)[] {
  const { rssMb, anonymousMb, peakRssMb, cpuMsPerSecond, evaluationsPerScrape, cpuUsPerEvaluation } = footprint;
  return [engine, services, rssMb, anonymousMb, peakRssMb, cpuMsPerSecond, evaluationsPerScrape, cpuUsPerEvaluation];
}
