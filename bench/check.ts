import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { builtMain, shippedNodeFlags } from './support/andon-process.ts';
import { endOnSignals } from './support/end-on-signals.ts';
import { writeManyAndonRules, writeManyPrometheusRules } from './support/many-rules.ts';
import { measureReload } from './support/measure-reload.ts';
import { printResult, printTable } from './support/print-result.ts';
import { runToEnd, type EndedRun } from './support/run-to-end.ts';
import { median, round } from './support/statistics.ts';

/*
 * `andon check` on 10,000 rules beside `promtool check rules` on as many, and what a reload of those rules does to the
 * loop on which polls run.
 */

endOnSignals();
const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '2500' },
    runs: { type: 'string', default: '3' },
  },
});
const services = Number(values.services);
const rulesEach = 4;

const folder = await mkdtemp(join(tmpdir(), 'andon-bench-check-'));
try {
  const andonFolder = join(folder, 'andon');
  const bytes = await writeManyAndonRules(andonFolder, services, rulesEach);
  const promtoolFile = join(folder, 'rules.yml');
  await writeManyPrometheusRules(promtoolFile, services, rulesEach);

  const andon: EndedRun[] = [];
  const promtool: EndedRun[] = [];
  for (let run = 0; run < Number(values.runs); run += 1) {
    andon.push(await runToEnd(process.execPath, [...(await shippedNodeFlags()), builtMain, 'check', andonFolder]));
    promtool.push(await runToEnd('promtool', ['check', 'rules', promtoolFile]));
  }
  const reload = await measureReload(andonFolder);

  const sums = { andon: summarise(andon), promtool: summarise(promtool) };
  printTable(
    `${services * rulesEach} rules in ${services} services (${round(bytes / 1e6, 1)} MB)`,
    ['program', 'wall s', 'CPU s', 'peak RSS MB'],
    Object.entries(sums).map(([name, { wallSeconds, cpuSeconds, peakRssMb }]) => [
      name,
      wallSeconds,
      cpuSeconds,
      peakRssMb,
    ]),
  );
  printTable(
    'Reload in a running process',
    ['reload', 'took s', 'longest hold-up of the loop ms'],
    reload.map(({ what, tookMs, longestDelayMs }) => [what, round(tookMs / 1_000, 2), round(longestDelayMs)]),
  );
  printResult({ bench: 'check', rules: services * rulesEach, ...sums, reload });
} finally {
  await rm(folder, { recursive: true, force: true });
}

function summarise(runs: readonly EndedRun[]) {
  for (const { code, output } of runs) if (code !== 0) throw new Error(`a check failed:\n${output}`);
  return {
    wallSeconds: round(median(runs.map((each) => each.wallMs)) / 1_000, 2),
    cpuSeconds: round(median(runs.map((each) => each.cpuMs)) / 1_000, 2),
    peakRssMb: round(median(runs.map((each) => each.peakRssBytes)) / 1e6, 1),
  };
}
