import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startAlertmanager } from '../../tests/support/alertmanager-server.ts';
import { startRealServer, type RealServer } from '../../tests/support/real-server.ts';

/** What vmalert needs to watch the shop through one proxy. */
export interface ReferenceRule {
  /** Names the chain; becomes the label `chain` of its alert. */
  readonly chain: string;
  readonly datasourceUrl: string;
  readonly alertmanagerUrl: string;
}

/** Starts an Alertmanager that tells every change of every chain at once. */
export async function startReferenceAlertmanager(webhookUrl: string): Promise<RealServer> {
  return startAlertmanager({
    config: {
      route: {
        receiver: 'on-call',
        group_by: ['chain'],
        group_wait: '0s',
        group_interval: '1s',
        repeat_interval: '1h',
      },
      receivers: [{ name: 'on-call', webhook_configs: [{ url: webhookUrl, send_resolved: true }] }],
    },
  });
}

/** Starts a vmalert that evaluates the shop's alert every two seconds. */
export async function startVmalert({ chain, datasourceUrl, alertmanagerUrl }: ReferenceRule): Promise<RealServer> {
  const failing = 'sum(rate(shop_requests_total{code="500"}[5s])) / sum(rate(shop_requests_total[5s])) > 0.1';
  return startRealServer({
    program: 'vmalert',
    readyPath: '/health',
    async args({ port, directory }) {
      const file = join(directory, 'rules.yml');
      const rules = [{ alert: 'Failing', expr: failing, labels: { chain } }];
      // JSON is YAML.
      await writeFile(file, JSON.stringify({ groups: [{ name: 'shop', interval: '2s', rules }] }));
      return [
        `-rule=${file}`,
        `-datasource.url=${datasourceUrl}`,
        `-notifier.url=${alertmanagerUrl}`,
        `-httpListenAddr=127.0.0.1:${port}`,
        '-evaluationInterval=2s',
      ];
    },
  });
}
