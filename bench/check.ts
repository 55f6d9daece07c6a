import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
 * loop on which polls run. Also on the same rules with something in each document that only a whole YAML parser reads, and
 * with a warning in each, whose place has to be found.
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
  const oddFolder = await rewritten('odd', (text) => text.replaceAll(/^kind: /gm, 'kind: &kind '));
  const warnedFolder = await rewritten('warned', (text) => text.replaceAll('hold: 10m', 'hold: 10s'));
  const promtoolFile = join(folder, 'rules.yml');
  await writeManyPrometheusRules(promtoolFile, services, rulesEach);

  const andon: EndedRun[] = [];
  const odd: EndedRun[] = [];
  const warned: EndedRun[] = [];
  const promtool: EndedRun[] = [];
  for (let run = 0; run < Number(values.runs); run += 1) {
    andon.push(await check(andonFolder));
    odd.push(await check(oddFolder));
    warned.push(await check(warnedFolder));
    promtool.push(await runToEnd('promtool', ['check', 'rules', promtoolFile]));
  }
  const reload = await measureReload(andonFolder);

  const sums = {
    andon: summarise(andon),
    'andon, no document plain': summarise(odd),
    'andon, a warning each': summarise(warned),
    promtool: summarise(promtool),
  };
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

async function check(rules: string): Promise<EndedRun> {
  return await runToEnd(process.execPath, [...(await shippedNodeFlags()), builtMain, 'check', rules]);
}

/** A copy of the rules in which each file was changed. */
async function rewritten(name: string, change: (text: string) => string): Promise<string> {
  const copy = join(folder, name);
  await cp(join(folder, 'andon'), copy, { recursive: true });
  for (const file of await readdir(copy)) {
    const text = await readFile(join(copy, file), 'utf8');
    await writeFile(join(copy, file), change(text));
  }
  return copy;
}

function summarise(runs: readonly EndedRun[]) {
  for (const { code, output } of runs) if (code !== 0) throw new Error(`a check failed:\n${output}`);
  return {
    wallSeconds: round(median(runs.map((each) => each.wallMs)) / 1_000, 2),
    cpuSeconds: round(median(runs.map((each) => each.cpuMs)) / 1_000, 2),
    peakRssMb: round(median(runs.map((each) => each.peakRssBytes)) / 1e6, 1),
  };
}
