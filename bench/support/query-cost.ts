import { readFile, writeFile } from 'node:fs/promises';
import type { RealServer } from '../../tests/support/real-server.ts';
import { until } from '../../tests/support/until.ts';
import { sumOfMetric } from './sum-of-metric.ts';

/** What Prometheus did over a stretch of time. */
export interface QueryCost {
  readonly seconds: number;
  /** As Prometheus counts them: each sample of a range, and one for each series of an instant. */
  readonly samples: number;
  readonly queries: number;
  /** Time that the queries took one by one, s. */
  readonly querySeconds: number;
  /** CPU of the whole process, scraping included, s. */
  readonly cpuSeconds: number;
}

interface LoggedQuery {
  readonly stats: {
    readonly timings: { readonly execTotalTime: number };
    readonly samples: { readonly totalQueryableSamples: number };
  };
}

/** A Prometheus with a file of rules, and a file to which it logs each query of rules and of its API alike. */
export interface Observed {
  readonly prometheus: RealServer;
  readonly queryLog: string;
  readonly rulesFile: string;
}

/** Says what Prometheus did while something happened. Prometheus 2.42 exports no count of samples; its log has them. */
export async function costOf({ prometheus, queryLog }: Observed, meanwhile: () => Promise<void>): Promise<QueryCost> {
  const metrics = `${prometheus.url}/metrics`;
  const logged = (await readFile(queryLog)).length;
  const cpuBefore = await sumOfMetric(metrics, 'process_cpu_seconds_total');
  const begin = performance.now();
  await meanwhile();
  const seconds = (performance.now() - begin) / 1_000;
  const cpuSeconds = (await sumOfMetric(metrics, 'process_cpu_seconds_total')) - cpuBefore;
  const added = (await readFile(queryLog)).subarray(logged).toString();
  // What stands after the last line break is still being written.
  const lines = added.split('\n').slice(0, -1);
  let [samples, querySeconds] = [0, 0];
  for (const line of lines) {
    const { stats } = JSON.parse(line) as LoggedQuery;
    samples += stats.samples.totalQueryableSamples;
    querySeconds += stats.timings.execTotalTime;
  }
  return { seconds, samples, queries: lines.length, querySeconds, cpuSeconds };
}

export const noRules = '{"groups":[]}';

/** Has Prometheus evaluate rules until each group was evaluated, takes them away again, and says how often they all were. */
export async function costOfRules(
  observed: Observed,
  rules: string,
  withinMs: number,
): Promise<{ readonly cost: QueryCost; readonly evaluations: number }> {
  const { prometheus, rulesFile } = observed;
  const sum = async (name: string): Promise<number> => await sumOfMetric(`${prometheus.url}/metrics`, name);
  const ended = async (): Promise<number> => await sum('prometheus_rule_group_duration_seconds_count');
  const endedBefore = await ended();
  let evaluations = 0;
  const cost = await costOf(observed, async () => {
    await writeFile(rulesFile, rules);
    await reload(prometheus);
    const groups = await groupsOf(prometheus);
    await until(async () => ((await ended()) - endedBefore >= groups ? true : undefined), {
      what: 'an evaluation of each group of rules',
      withinMs,
      everyMs: 250,
      explain: () => prometheus.log(),
    });
    const failed = await sum('prometheus_rule_evaluation_failures_total');
    if (failed > 0) throw new Error(`${failed} evaluations of rules failed:\n${prometheus.log()}`);
    evaluations = ((await ended()) - endedBefore) / groups;
    await writeFile(rulesFile, noRules);
    await reload(prometheus);
  });
  return { cost, evaluations };
}

async function groupsOf({ url }: RealServer): Promise<number> {
  const response = await fetch(`${url}/api/v1/rules`);
  const { data } = (await response.json()) as { readonly data: { readonly groups: readonly unknown[] } };
  return data.groups.length;
}

async function reload({ url }: RealServer): Promise<void> {
  const response = await fetch(`${url}/-/reload`, { method: 'POST' });
  if (!response.ok) throw new Error(`Prometheus refused its configuration: ${await response.text()}`);
}
