import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startRealServer } from '../support/real-server.ts';
import { startScrapeTarget } from '../support/scrape-target.ts';
import { until } from '../support/until.ts';
import { Charts } from './charts.ts';
import { ofKind } from './objects.ts';
import { scenarios } from './scenarios.ts';

interface Relabeling {
  readonly action: string;
  readonly regex?: string;
  readonly targetLabel?: string;
  readonly replacement?: string;
}

test('a real Prometheus, scraping as the operator has it scrape, keeps which service a metric is about', async () => {
  await using charts = await Charts.make();
  const objects = await charts.objects(...scenarios.smallest, '--set', 'serviceMonitor.enabled=true');
  const monitor = ofKind(objects, 'ServiceMonitor');
  const endpoints = (monitor?.spec?.['endpoints'] ?? []) as readonly { readonly relabelings: readonly Relabeling[] }[];
  await using target = await startScrapeTarget('andon_incidents_blind{service="checkout",severity="page"} 1\n');
  const config = {
    global: { scrape_interval: '500ms', scrape_timeout: '500ms' },
    scrape_configs: [
      {
        job_name: 'serviceMonitor/default/andon/0',
        // What the operator makes of a Service before it comes to the relabelings of the monitor.
        static_configs: [
          {
            targets: [target.address],
            labels: { namespace: 'default', service: 'andon', pod: 'andon-0', container: 'andon' },
          },
        ],
        relabel_configs: endpoints[0]?.relabelings.map(({ targetLabel, ...rest }) => ({
          ...rest,
          ...(targetLabel === undefined ? {} : { target_label: targetLabel }),
        })),
      },
    ],
  };
  await using prometheus = await startPrometheus(config);
  const labels = await until(
    async () => {
      const query = new URLSearchParams({ query: 'andon_incidents_blind' });
      const answer = (await (await fetch(`${prometheus.url}/api/v1/query?${query.toString()}`)).json()) as {
        readonly data: { readonly result: readonly { readonly metric: Readonly<Record<string, string>> }[] };
      };
      return answer.data.result[0]?.metric;
    },
    { what: 'a scrape', withinMs: 20_000 },
  );
  const { instance: _instance, ...others } = labels;
  expect(others).toEqual({
    __name__: 'andon_incidents_blind',
    service: 'checkout',
    severity: 'page',
    job: 'andon',
    namespace: 'default',
    pod: 'andon-0',
    container: 'andon',
  });
}, 60_000);

test('a real Prometheus with a plain scrape of its own has no alert on an Andon that is well, and asks it alone', async () => {
  await using charts = await Charts.make();
  const set = 'prometheusRule.enabled=true,flagger.metricTemplate.enabled=true,metrics.job=own';
  const objects = await charts.objects(...scenarios.smallest, '--set', set);
  const groups = (ofKind(objects, 'PrometheusRule')?.spec?.['groups'] ?? []) as readonly { rules: object[] }[];
  const query = String(ofKind(objects, 'MetricTemplate')?.spec?.['query']).replace('{{ variables.service }}', 'shop');
  // The same alerts for a scrape that nobody makes: what is looked for below can be there.
  const missing = JSON.stringify(groups).replaceAll(String.raw`job=\"own\"`, String.raw`job=\"nobody\"`);
  const [others] = JSON.parse(missing.replaceAll('"AndonDown"', '"NobodyDown"')) as [{ name: string; rules: object[] }];
  const rules = { groups: [...groups, { ...others, name: 'others', rules: others.rules.slice(0, 1) }] };
  const services = 'andon_services 1\nandon_rules_reload_success 1\n';
  await using target = await startScrapeTarget(`${services}andon_gate_state{service="shop",state="stop"} 0\n`);
  await using other = await startScrapeTarget(`${services}andon_gate_state{service="shop",state="stop"} 1\n`);
  const scrape = (job: string, address: string) => ({ job_name: job, static_configs: [{ targets: [address] }] });
  await using prometheus = await startPrometheus(
    {
      global: { scrape_interval: '500ms', scrape_timeout: '500ms', evaluation_interval: '500ms' },
      rule_files: ['rules.yml'],
      scrape_configs: [scrape('own', target.address), scrape('another', other.address)],
    },
    rules,
  );
  await until(async () => ((await valueOf(prometheus.url, 'sum(up)')) === '2' ? true : undefined), {
    what: 'two scrapes',
    withinMs: 20_000,
  });
  const states = await until(
    async () => {
      const answer = (await (await fetch(`${prometheus.url}/api/v1/rules?type=alert`)).json()) as {
        readonly data: { readonly groups: readonly { readonly rules: readonly RuleState[] }[] };
      };
      const all = answer.data.groups.flatMap((group) => group.rules);
      // Each was looked at after the scrapes, and the one for a scrape that nobody makes waits for its two minutes.
      const isDone = all.every(({ health }) => health === 'ok') && all.some(({ state }) => state === 'pending');
      const isSettled = all.find(({ name }) => name === 'AndonDown')?.state === 'inactive';
      return isDone && isSettled ? all : undefined;
    },
    { what: 'alerts that were looked at', withinMs: 20_000 },
  );
  expect(states).toHaveLength(groups.flatMap((group) => group.rules).length + 1);
  expect(states.filter(({ state }) => state !== 'inactive').map(({ name }) => name)).toEqual(['NobodyDown']);
  expect(await valueOf(prometheus.url, query)).toBe('0');
  expect(await valueOf(prometheus.url, query.replace('job="own"', 'job="another"'))).toBe('1');
}, 60_000);

interface RuleState {
  readonly name: string;
  readonly state: string;
  readonly health: string;
}

async function startPrometheus(config: object, rules?: object) {
  return await startRealServer({
    program: 'prometheus',
    readyPath: '/-/ready',
    args: async ({ port, directory }) => {
      await writeFile(join(directory, 'prometheus.yml'), JSON.stringify(config));
      if (rules !== undefined) await writeFile(join(directory, 'rules.yml'), JSON.stringify(rules));
      return [
        `--config.file=${join(directory, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ];
    },
  });
}

/** What an instant query answers, one number as text. */
async function valueOf(url: string, query: string): Promise<string | undefined> {
  const answer = (await (await fetch(`${url}/api/v1/query?${new URLSearchParams({ query }).toString()}`)).json()) as {
    readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
  };
  return answer.data.result[0]?.value[1];
}
