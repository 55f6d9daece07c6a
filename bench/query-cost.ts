import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { until } from '../tests/support/until.ts';
import { builtMain, startAndon } from './support/andon-process.ts';
import { backfill } from './support/backfill.ts';
import { endOnSignals } from './support/end-on-signals.ts';
import { startLoggingPrometheus } from './support/logging-prometheus.ts';
import { printResult, printTable } from './support/print-result.ts';
import { costOf, costOfRules, type Observed, type QueryCost } from './support/query-cost.ts';
import { usageOf } from './support/process-usage.ts';
import { runToEnd } from './support/run-to-end.ts';
import { slothRules } from './support/sloth-rules.ts';
import { seedLedgers } from './support/seed-ledgers.ts';
import { round } from './support/statistics.ts';
import { sumOfMetric } from './support/sum-of-metric.ts';
import { seriesEach, startWideFleet, wideJob, wideServices, writeObjectives } from './support/wide-fleet.ts';

/*
 * What a hundred objectives over 30 days cost Prometheus: rules as Sloth makes them, the rules of `andon generate`, the
 * polls of Andon, and its first fill, one after the other on the same Prometheus. `--only first-fill` leaves out the others.
 */

endOnSignals();
const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '31' },
    scrape: { type: 'string', default: '15' },
    evaluation: { type: 'string', default: '60' },
    'within-seconds': { type: 'string', default: '350' },
    only: { type: 'string' },
  },
});
const scrapeMs = Number(values.scrape) * 1_000;
const evaluationSeconds = Number(values.evaluation);
const atMostMs = Number(values['within-seconds']) * 1_000;
const begun = performance.now();
const folder = await mkdtemp(join(tmpdir(), 'andon-bench-query-cost-'));
// An interrupted run must not leave gigabytes behind.
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
const bound = setTimeout(() => {
  console.error(`The bench did not end within ${values['within-seconds']} s.`);
  process.exit(1);
}, atMostMs);

/** The share that counts as all: sums of a hundred shares are not exact. */
const allKnown = 0.99999;

/** What one evaluation of all objectives costs, scraping taken off. */
interface PerEvaluation {
  readonly evaluations: number;
  readonly queries: number;
  readonly samples: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

try {
  await measure();
} finally {
  clearTimeout(bound);
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function measure(): Promise<void> {
  await using fleet = await startWideFleet();
  const data = join(folder, 'prometheus');
  await mkdir(data);
  await backfill({
    data,
    folder,
    address: fleet.address,
    days: Number(values.days),
    stepSeconds: scrapeMs / 1_000,
    recordedStepSeconds: evaluationSeconds,
  });
  say(`${values.days} days of ${wideServices.length * seriesEach} series are made`);
  const job = { job: wideJob, targets: [fleet.address] };
  await using observed = await startLoggingPrometheus(folder, data, job, scrapeMs);
  await until(() => (fleet.scrapes >= 2 ? true : undefined), { what: 'two scrapes', withinMs: 3 * scrapeMs + 5_000 });

  const idle = await costOf(observed, async () => await sleep(2 * scrapeMs));
  const idleCpu = idle.cpuSeconds / idle.seconds;
  say(`idle: ${round(idleCpu * 1_000, 1)} ms of CPU a second`);
  const each = (cost: QueryCost, evaluations: number): PerEvaluation => ({
    evaluations: round(evaluations, 2),
    queries: round(cost.queries / evaluations),
    samples: round(cost.samples / evaluations),
    cpuSeconds: round((cost.cpuSeconds - idleCpu * cost.seconds) / evaluations, 3),
    wallSeconds: round(cost.querySeconds / evaluations, 3),
  });

  const objectives = join(folder, 'rules');
  await writeObjectives(objectives);
  if (values.only === 'first-fill') {
    printResult({ bench: 'first-fill', firstFill: await measureFill(observed, objectives, idleCpu) });
    return;
  }

  const ofSloth = await costOfRules(observed, slothRules(wideServices, `${evaluationSeconds}s`), 150_000);
  const sloth = each(ofSloth.cost, ofSloth.evaluations);
  say(`rules: ${JSON.stringify(sloth)}`);

  const rulesFile = join(folder, 'generated.yml');
  const command = ['generate', 'prometheus-rules', objectives, '--output', rulesFile];
  const made = await runToEnd(process.execPath, [builtMain, ...command]);
  if (made.code !== 0) throw new Error(made.output);
  const ofGenerated = await costOfRules(observed, await readFile(rulesFile, 'utf8'), 100_000);
  const generated = each(ofGenerated.cost, ofGenerated.evaluations);
  say(`generated rules: ${JSON.stringify(generated)}`);

  const polled = each(...(await costOfPolls(observed, objectives)));
  say(`polls: ${JSON.stringify(polled)}`);
  const firstFill = await measureFill(observed, objectives, idleCpu);

  const rows = { 'rules after Sloth': sloth, 'rules of andon generate': generated, 'polls of Andon': polled };
  printTable(
    `Cost of one evaluation of ${wideServices.length} objectives over 30 days`,
    ['who', 'queries', 'samples read', 'CPU s of Prometheus', 'wall s of queries', 'samples ratio', 'CPU ratio'],
    Object.entries(rows).map(([who, { queries, samples, cpuSeconds, wallSeconds }]) => [
      who,
      queries,
      samples,
      cpuSeconds,
      wallSeconds,
      significant(samples / sloth.samples),
      significant(cpuSeconds / sloth.cpuSeconds),
    ]),
  );
  const samplesRatio = significant(polled.samples / sloth.samples);
  const cpuRatio = significant(polled.cpuSeconds / sloth.cpuSeconds);
  printResult({ bench: 'query-cost', samplesRatio, cpuRatio, sloth, generated, andon: polled, firstFill });
}

/** The polls of a daemon whose ledgers are filled. */
async function costOfPolls(
  observed: Observed,
  objectives: string,
): Promise<readonly [cost: QueryCost, evaluations: number]> {
  const andonFolder = join(folder, 'polling');
  await seedLedgers(objectives, join(andonFolder, 'data'), 'default');
  await using andon = await startAndon({
    folder: andonFolder,
    rules: [objectives],
    sourceUrl: observed.prometheus.url,
    readyWithinMs: 60_000,
  });
  // What was missing since the ledgers were made is read by then.
  await sleep(3 * scrapeMs);
  const polls = async (): Promise<number> =>
    await sumOfMetric(`${andon.url}/metrics`, 'andon_poll_duration_seconds_count');
  const pollsBefore = await polls();
  const cost = await costOf(observed, async () => await sleep(4 * scrapeMs));
  return [cost, ((await polls()) - pollsBefore) / wideServices.length];
}

/** The first fill, polls beside it, scraping taken off. */
async function measureFill(observed: Observed, objectives: string, idleCpu: number): Promise<object> {
  const { fill, ...filled } = await costOfFill(observed, objectives);
  const firstFill = {
    ...filled,
    queries: fill.queries,
    querySeconds: round(fill.querySeconds, 1),
    samples: fill.samples,
    cpuSeconds: round(fill.cpuSeconds - idleCpu * fill.seconds, 1),
  };
  say(`first fill, polls beside it: ${JSON.stringify(firstFill)}`);
  return firstFill;
}

/** How long a daemon takes that knows nothing yet, and what it reads. */
async function costOfFill(
  observed: Observed,
  objectives: string,
): Promise<{
  readonly known: number;
  readonly seconds: number;
  readonly hourAfterSeconds: number;
  readonly andonCpuSeconds: number;
  readonly fill: QueryCost;
}> {
  await using andon = await startAndon({
    folder: join(folder, 'filling'),
    rules: [objectives],
    sourceUrl: observed.prometheus.url,
    readyWithinMs: 60_000,
  });
  const fillBegun = performance.now();
  const passed = (): number => round((performance.now() - fillBegun) / 1_000, 1);
  const leftMs = Math.max(0, atMostMs - 10_000 - (fillBegun - begun));
  let known = 0;
  let told = 0;
  let hourAfterSeconds = Infinity;
  const fill = await costOf(observed, async () => {
    while (known < allKnown && performance.now() - fillBegun < leftMs) {
      await sleep(500);
      known = await knownShare(andon.url);
      if (known >= 1 / (30 * 24)) hourAfterSeconds = Math.min(hourAfterSeconds, passed());
      if (known < told + 0.1) continue;
      told = Math.floor(known * 10) / 10;
      say(`${round(known * 100, 1)} % of all periods known after ${passed()} s`);
    }
  });
  const andonCpuSeconds = round((await usageOf(andon.pid)).cpuUs / 1_000_000, 1);
  return { known: round(known, 4), seconds: round(fill.seconds, 1), hourAfterSeconds, andonCpuSeconds, fill };
}

/** Share of the periods that has been read from the source. */
async function knownShare(url: string): Promise<number> {
  return (await sumOfMetric(`${url}/metrics`, 'andon_budget_known_ratio')) / wideServices.length;
}

function significant(value: number): number {
  return Number(value.toPrecision(3));
}

function say(what: string): void {
  console.log(`${round((performance.now() - begun) / 1_000)} s: ${what}`);
}
