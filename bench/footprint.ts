import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endOnSignals } from './support/end-on-signals.ts';
import { measureFootprint, type Footprint } from './support/measure-footprint.ts';
import { printResult, printTable } from './support/print-result.ts';

/*
 * Memory and CPU of the daemon beside vmalert, which evaluates the same conditions on the same Prometheus: services of
 * two signals each, scraped every 15 s.
 */

endOnSignals();
const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '5,100,1000' },
    interval: { type: 'string', default: '15' },
    intervals: { type: 'string', default: '4' },
    'node-flags': { type: 'string', default: '' },
  },
});

const folder = await mkdtemp(join(tmpdir(), 'andon-bench-footprint-'));
const result: Record<string, unknown> = { bench: 'footprint', intervalSeconds: Number(values.interval) };
const rows: (string | number)[][] = [];
try {
  for (const services of values.services.split(',').map(Number)) {
    const { andon, vmalert } = await measureFootprint({
      services,
      intervalMs: Number(values.interval) * 1_000,
      intervals: Number(values.intervals),
      nodeFlags: values['node-flags'].split(' ').filter((flag) => flag !== ''),
      folder: join(folder, String(services)),
    });
    rows.push(row('andon', services, andon), row('vmalert', services, vmalert));
    result[String(services)] = { andon, vmalert };
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
