import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPrometheus } from '../../tests/support/prometheus-server.ts';
import { startRealServer } from '../../tests/support/real-server.ts';
import { startAndon } from './andon-process.ts';
import { startFleet, vmalertRules, writeAndonRules } from './fleet.ts';
import { peakRssOf, usageOf } from './process-usage.ts';
import { seedLedgers } from './seed-ledgers.ts';
import { round } from './statistics.ts';
import { sumOfMetric } from './sum-of-metric.ts';

export interface FootprintPlan {
  readonly services: number;
  readonly intervalMs: number;
  /** Length of the window that is measured, in scrape intervals. */
  readonly intervals: number;
  readonly nodeFlags: readonly string[];
  readonly folder: string;
}

/** What one engine took, in MB of 10^6 bytes. */
export interface Footprint {
  readonly rssMb: number;
  readonly anonymousMb: number;
  readonly peakRssMb: number;
  readonly cpuMsPerSecond: number;
  /** Times a service was read and judged, for each service and scrape; 1 is what is needed. */
  readonly evaluationsPerScrape: number;
  /** CPU for each service and scrape, µs: looking twice for the same sample makes it dearer. */
  readonly cpuUsPerEvaluation: number;
}

/** Runs one engine after the other against one Prometheus, so that neither takes the other's CPU. */
export async function measureFootprint(plan: FootprintPlan): Promise<{ andon: Footprint; vmalert: Footprint }> {
  await using prometheus = await startScraping(plan);
  const rules = join(plan.folder, 'rules');
  await writeAndonRules(rules, plan.services);
  const andon = await measureAndon(plan, rules, prometheus.url);
  const vmalert = await measureVmalert(plan, prometheus.url);
  return { andon, vmalert };
}

export interface BudgetFootprint extends Footprint {
  /** From the start of the process to its first readiness, s: it reads its ledgers by then. */
  readonly readyAfterSeconds: number;
  readonly storeMb: number;
}

/** Runs Andon with an error budget of 30 days for each service, whose ledgers are filled. */
export async function measureBudgets(plan: FootprintPlan): Promise<BudgetFootprint> {
  await using prometheus = await startScraping(plan);
  const rules = join(plan.folder, 'rules');
  await writeAndonRules(rules, plan.services, true);
  await seedLedgers(rules, join(plan.folder, 'data'), 'default');
  const begin = performance.now();
  let readyAfterSeconds = 0;
  const footprint = await measureAndon(plan, rules, prometheus.url, () => {
    readyAfterSeconds = round((performance.now() - begin) / 1_000, 1);
  });
  const { size } = await stat(join(plan.folder, 'data', 'andon-ledgers.db'));
  return { ...footprint, readyAfterSeconds, storeMb: round(size / 1e6, 1) };
}

async function startScraping({
  services,
  intervalMs,
}: FootprintPlan): Promise<AsyncDisposable & { readonly url: string }> {
  await using parts = new AsyncDisposableStack();
  const fleet = parts.use(await startFleet(services));
  const prometheus = parts.use(
    await startPrometheus({ scrapeIntervalMs: intervalMs, jobs: [{ job: 'fleet', targets: [fleet.address] }] }),
  );
  while (fleet.scrapes < 3) await sleep(100);
  const started = parts.move();
  return { url: prometheus.url, [Symbol.asyncDispose]: async () => await started.disposeAsync() };
}

async function measureAndon(
  plan: FootprintPlan,
  rules: string,
  sourceUrl: string,
  onReady?: () => void,
): Promise<Footprint> {
  const { folder, nodeFlags, intervalMs } = plan;
  await using andon = await startAndon({ folder, rules: [rules], sourceUrl, nodeFlags, readyWithinMs: 300_000 });
  onReady?.();
  // What starting took is garbage by then.
  await sleep(2 * intervalMs);
  return await measure(plan, andon.pid, async () => await pollsOf(andon.url));
}

async function measureVmalert(plan: FootprintPlan, sourceUrl: string): Promise<Footprint> {
  await using vmalert = await startRealServer({
    program: 'vmalert',
    readyPath: '/health',
    async args({ port, directory }) {
      const file = join(directory, 'rules.yml');
      await writeFile(file, vmalertRules(plan.services, plan.intervalMs));
      return [
        `-rule=${file}`,
        `-datasource.url=${sourceUrl}`,
        // Nothing fires, so nothing is ever sent there.
        '-notifier.url=http://127.0.0.1:9',
        `-httpListenAddr=127.0.0.1:${port}`,
      ];
    },
  });
  const iterations = async (): Promise<number> =>
    await sumOfMetric(`${vmalert.url}/metrics`, 'vmalert_iteration_total');
  // Its first evaluation waits for its place in the interval.
  const until = performance.now() + 3 * plan.intervalMs;
  while ((await iterations()) < 2 && performance.now() < until) await sleep(200);
  return await measure(plan, vmalert.pid, async () => (await iterations()) * plan.services);
}

async function measure(
  { services, intervalMs, intervals }: FootprintPlan,
  pid: number,
  evaluationsSoFar: () => Promise<number>,
): Promise<Footprint> {
  // Asking costs CPU too, so it is done outside the window.
  const evaluationsBefore = await evaluationsSoFar();
  const before = await usageOf(pid);
  const begin = performance.now();
  await sleep(intervals * intervalMs);
  const after = await usageOf(pid);
  const seconds = (performance.now() - begin) / 1_000;
  const evaluations = (await evaluationsSoFar()) - evaluationsBefore;
  const cpuUs = after.cpuUs - before.cpuUs;
  return {
    rssMb: round(after.rssBytes / 1e6, 1),
    anonymousMb: round(after.anonymousBytes / 1e6, 1),
    peakRssMb: round((await peakRssOf(pid)) / 1e6, 1),
    cpuMsPerSecond: round(cpuUs / 1_000 / seconds, 2),
    evaluationsPerScrape: round(evaluations / (services * intervals), 2),
    cpuUsPerEvaluation: round(cpuUs / (services * intervals)),
  };
}

async function pollsOf(url: string): Promise<number> {
  return await sumOfMetric(`${url}/metrics`, 'andon_poll_duration_seconds_count');
}
