import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { catalogue } from '../../src/adapters/metrics/catalogue.ts';
import { chartAlerts } from '../../tools/helm-values.ts';
import { Checkout } from '../docs/checkout.ts';
import { readPage, root } from '../docs/pages.ts';
import { chartsForTests, ended } from './charts.ts';
import { ofKind, type Labels } from './objects.ts';
import { scenarios } from './scenarios.ts';

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
}

interface Group {
  readonly name: string;
  readonly rules: readonly Rule[];
}

const target = 'job="andon",namespace="default"';
const charts = await chartsForTests();
const groups = await groupsWith();

/** The groups of the PrometheusRule with these values beside those of the smallest installation. */
async function groupsWith(...args: readonly string[]): Promise<readonly Group[]> {
  const all = [...scenarios.smallest, '--set', 'prometheusRule.enabled=true,serviceMonitor.enabled=true', ...args];
  const rule = ofKind(await charts.objects(...all), 'PrometheusRule');
  return (rule?.spec?.['groups'] ?? []) as readonly Group[];
}

async function promtool(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await ended(process.env['PROMTOOL_BIN'] ?? 'promtool', args, { cwd: charts.path });
  return stdout + stderr;
}

async function checkRules(rules: readonly Group[]): Promise<string> {
  await writeFile(join(charts.path, 'rules.yml'), stringify({ groups: rules }));
  return await promtool('check', 'rules', 'rules.yml');
}

describe('the alerts on Andon itself', () => {
  test('are those of operating.md, each with the labels of its scrape', () => {
    const { text = '' } =
      readPage('docs/operating.md').blocks.find(({ marker }) => marker === 'prometheus-rules') ?? {};
    const { groups: told } = parse(text) as { readonly groups: readonly Group[] };
    const bare = (rule: Rule) => ({
      alert: rule.alert,
      for: rule.for,
      expr: rule.expr
        .replaceAll(`{${target}}`, '')
        .replaceAll(`${target},`, '')
        .replaceAll('up{job="andon"}', 'up')
        .trim(),
    });
    expect(groups.flatMap(({ rules }) => rules.map(bare))).toEqual(told.flatMap(({ rules }) => rules.map(bare)));
  });

  test('look at metrics that Andon exports, and at its own scrape alone', () => {
    const known: readonly string[] = ['up', ...Object.values(catalogue).map(({ name }) => name)];
    const selectors = groups.flatMap(({ rules }) =>
      rules.flatMap(({ expr }) =>
        [...expr.matchAll(/\b(up|andon_\w+)(\{[^}]*\})?/g)].map(([, name, labels]) => ({ name, labels })),
      ),
    );
    expect(selectors.length).toBeGreaterThan(15);
    expect(selectors.filter(({ name = '' }) => !known.includes(name))).toEqual([]);
    expect(selectors.filter(({ labels = '' }) => !labels.startsWith(`{${target}`))).toEqual([]);
  });

  test('each say what is wrong and what it means, and how bad it is', () => {
    for (const { alert, labels, annotations } of groups.flatMap(({ rules }) => rules)) {
      expect([alert, labels?.['severity']]).toEqual([alert, expect.stringMatching(/^(?:critical|warning)$/)]);
      expect(Object.keys(annotations ?? {}).sort()).toEqual(['description', 'summary']);
    }
  });

  test('are taken by Prometheus', async () => {
    expect(await checkRules(groups)).toContain('SUCCESS: 15 rules found');
  });

  test('fire when Andon is gone, of this Andon and no other', async () => {
    const up = (namespace: string) => `up{job="andon",namespace="${namespace}",instance="x"}`;
    const check = (name: string, namespace: string, value: string, firing: boolean) => ({
      name,
      interval: '1m',
      input_series: [{ series: up(namespace), values: value }],
      alert_rule_test: [
        {
          alertname: 'AndonDown',
          eval_time: '10m',
          exp_alerts: firing
            ? [
                {
                  exp_labels: { severity: 'critical' },
                  exp_annotations: groups[0]?.rules[0]?.annotations,
                },
              ]
            : [],
        },
      ],
    });
    await writeFile(join(charts.path, 'alerts.yml'), stringify({ groups }));
    const tests = [
      check('up', 'default', '1x20', false),
      check('down', 'default', '0x20', true),
      check('another', 'elsewhere', '1x20', true),
    ];
    const file = JSON.stringify({ rule_files: ['alerts.yml'], evaluation_interval: '1m', tests });
    await writeFile(join(charts.path, 'tests.yml'), file);
    expect(await promtool('test', 'rules', 'tests.yml')).toContain('SUCCESS');
  });

  test('can be left out, weighed otherwise and labelled by values', async () => {
    const [group] = await groupsWith(
      '--set',
      'prometheusRule.disabled={AndonTargetUnknown,AndonWatchesLess},prometheusRule.severities.AndonSourceFails=critical,prometheusRule.alertLabels.team=sre',
    );
    expect(group?.rules.map(({ alert }) => alert)).toEqual(
      groups[0]?.rules.map(({ alert }) => alert).filter((name) => !/TargetUnknown|WatchesLess/.test(name ?? '')),
    );
    expect(group?.rules.find(({ alert }) => alert === 'AndonSourceFails')?.labels).toEqual({
      severity: 'critical',
      team: 'sre',
    });
    expect(await groupsWith('--set', 'prometheusRule.alerts=false')).toEqual([]);
  });

  test('say where it is written what to do, each under its name, where values say so', async () => {
    const [group] = await groupsWith('--set', 'prometheusRule.runbookUrl=https://wiki/{alert}#{alert}');
    const urls = group?.rules.map(({ annotations }) => annotations?.['runbook_url']);
    expect(urls).toEqual(chartAlerts().map((alert) => `https://wiki/${alert}#${alert}`));
    const [summary] = group?.rules.map(({ annotations }) => annotations?.['summary']) ?? [];
    expect(summary).toBe(groups[0]?.rules[0]?.annotations?.['summary']);
  });

  test('are no group without rules where each is left out', async () => {
    const all = `prometheusRule.disabled={${chartAlerts().join(',')}}`;
    expect(await groupsWith('--set', all)).toEqual([]);
    const own = 'prometheusRule.groups[0].name=own,prometheusRule.groups[0].rules[0].record=x';
    expect((await groupsWith('--set', `${all},${own}`)).map(({ name }) => name)).toEqual(['own']);
  });

  test.each([
    ['serviceMonitor.enabled=true,metrics.job=own', 'job="own",namespace="default"'],
    ['metrics.job=own', 'job="own"'],
    ['metrics.job=own,metrics.labels.cluster=eu,metrics.labels.namespace=x', 'job="own",cluster="eu",namespace="x"'],
    ['podMonitor.enabled=true,metrics.labels.cluster=eu', 'job="andon",cluster="eu",namespace="default"'],
  ])('with %s look, as Flagger does, at %s', async (set, selector) => {
    const all = `prometheusRule.enabled=true,flagger.metricTemplate.enabled=true,${set}`;
    const objects = await charts.objects(...scenarios.smallest, '--set', all);
    const [first] = (ofKind(objects, 'PrometheusRule')?.spec?.['groups'] ?? []) as readonly Group[];
    expect(first?.rules[0]?.expr).toBe(`absent(up{${selector}} == 1)`);
    for (const { expr } of first?.rules ?? []) expect(expr).toContain(`{${selector}`);
    expect(ofKind(objects, 'MetricTemplate')?.spec?.['query']).toContain(`max(andon_gate_state{${selector},service=`);
  });
});

test('what `andon generate prometheus-rules` writes comes beside them, and Prometheus takes it', async () => {
  await using checkout = await Checkout.make();
  const { code } = await checkout.run('andon generate prometheus-rules rules/checkout.yaml --output rules.yml');
  expect(code).toBe(0);
  const all = await groupsWith('--set-file', `prometheusRule.generated=${join(checkout.path, 'rules.yml')}`);
  expect(all[0]).toEqual(groups[0]);
  expect(all.length).toBeGreaterThan(1);
  expect(all.flatMap(({ rules }) => rules.map(({ record }) => record))).toContain('slo:sli_error:ratio_rate5m');
  expect(await checkRules(all)).toContain('SUCCESS');
}, 30_000);

test.each([
  ['without anything in it', ''],
  ['with nothing but a comment', '# nothing\n'],
  ['that is no YAML', 'groups: ['],
])('a file %s is not what `andon generate prometheus-rules` writes', async (_, text) => {
  const file = join(charts.path, 'generated.yml');
  await writeFile(file, text);
  const args = ['--set', 'prometheusRule.enabled=true,podMonitor.enabled=true'];
  const refusal = await charts.refusal(
    ...scenarios.smallest,
    ...args,
    '--set-file',
    `prometheusRule.generated=${file}`,
  );
  expect(refusal).toContain('prometheusRule.generated holds no `groups`');
  expect(refusal).toContain('--set-file prometheusRule.generated=<its path>, or leave it out');
});

describe('the scrape', () => {
  test('of a sidecar is told from that of another in its namespace, and so are its alerts', async () => {
    const objects = await charts.objects(...scenarios['sidecar-native']);
    const of = (wanted: string) => JSON.stringify(ofKind(objects, wanted)?.spec);
    expect(of('PodMonitor')).toContain('"targetLabel":"job","replacement":"shop-andon"');
    expect(of('PrometheusRule')).toContain(
      JSON.stringify('absent(up{job="shop-andon",namespace="shop"} == 1)').slice(1, -1),
    );
  });

  test.each([
    ['serviceMonitor', 'ServiceMonitor', 'endpoints'],
    ['podMonitor', 'PodMonitor', 'podMetricsEndpoints'],
  ])(
    'by a %s keeps the label `service` for what Andon says there, and has the job that alerts look for',
    async (value, wanted, key) => {
      const objects = await charts.objects(...scenarios.smallest, '--set', `${value}.enabled=true`);
      const monitor = ofKind(objects, wanted);
      expect(monitor?.spec?.[key]).toEqual([
        {
          port: 'http',
          path: '/metrics',
          relabelings: [
            { action: 'labeldrop', regex: 'service' },
            { action: 'replace', targetLabel: 'job', replacement: 'andon' },
          ],
        },
      ]);
      // Were there another label that the operator gives to targets, Prometheus would rename it in Andon's metrics.
      const given = ['namespace', 'pod', 'container', 'endpoint', 'job', 'instance'];
      const own = new Set(
        Object.values<{ readonly labels: readonly string[] }>(catalogue).flatMap(({ labels }) => labels),
      );
      expect(given.filter((label) => own.has(label))).toEqual([]);
      expect(own.has('service')).toBe(true);
    },
  );
});

test('the folder of the repository is only read', () => {
  expect(charts.path.startsWith(root)).toBe(false);
});
