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
  await using prometheus = await startRealServer({
    program: 'prometheus',
    readyPath: '/-/ready',
    args: async ({ port, directory }) => {
      await writeFile(join(directory, 'prometheus.yml'), JSON.stringify(config));
      return [
        `--config.file=${join(directory, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ];
    },
  });
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
