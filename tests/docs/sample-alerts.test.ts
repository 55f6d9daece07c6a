import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { readPage } from './pages.ts';

const block = readPage('docs/operating.md').blocks.find(({ marker }) => marker === 'prometheus-rules');
const rules = block?.text ?? '';
const { groups } = parse(rules) as { groups: readonly { rules: readonly { alert: string; expr: string }[] }[] };
const alerts = groups.flatMap((group) => group.rules);

interface Trouble {
  readonly series: Readonly<Record<string, string>>;
  /** Labels of the alert that it causes. */
  readonly labels: Readonly<Record<string, string>>;
}

const target = 'signal="lag",bound="atMost",window="1m"';
const shop = { service: 'shop', group: '' };

/** For each alert what causes it, over two hours at a sample a minute. */
const troubles: Readonly<Record<string, Trouble>> = {
  AndonDown: { series: { 'up{job="andon"}': '0x120' }, labels: {} },
  AndonDoesNotPoll: {
    series: { 'andon_last_poll_timestamp_seconds{service="shop"}': '60x120' },
    labels: { service: 'shop' },
  },
  AndonSourceFails: {
    series: { 'andon_source_errors_total{source="main",reason="timeout"}': '0+1x120' },
    labels: { source: 'main', reason: 'timeout' },
  },
  AndonPagesWait: { series: { 'andon_outbox_depth{channel="chat"}': '3x120' }, labels: { channel: 'chat' } },
  AndonPageRefused: {
    series: { 'andon_channel_undeliverable_pages_total{channel="chat"}': '0x60 1x60' },
    labels: { channel: 'chat' },
  },
  AndonAlertsFade: {
    series: { 'andon_notification_resends_total{channel="chat",outcome="failed"}': '0+1x120' },
    labels: { channel: 'chat', outcome: 'failed' },
  },
  AndonRulesRefused: { series: { andon_rules_reload_success: '0x120' }, labels: {} },
  AndonStoreDegraded: { series: { andon_store_degraded: '1x120' }, labels: {} },
  AndonIncidentBlind: { series: { andon_incidents_blind: '1x120' }, labels: {} },
  AndonIncidentUnwatched: { series: { andon_incidents_unwatched: '1x120' }, labels: {} },
  AndonServiceUnseen: {
    series: {
      [`andon_target_unknown{service="shop",group="",${target},reason="stale"}`]: '1x120',
      [`andon_target_bound{service="shop",group="",${target}}`]: '10x120',
    },
    labels: shop,
  },
  AndonTargetUnknown: {
    series: { [`andon_target_unknown{service="shop",group="",${target},reason="stale"}`]: '1x120' },
    labels: { ...shop, signal: 'lag', bound: 'atMost', window: '1m' },
  },
  AndonGroupsDropped: {
    series: { 'andon_groups_dropped{service="shop",signal="lag"}': '2x120' },
    labels: { service: 'shop', signal: 'lag' },
  },
  AndonWatchesLess: {
    // After a change of rules the chart starts another pod.
    series: {
      'andon_services{job="andon",namespace="ops",pod="andon-1",instance="10.0.0.1:9655"}': '3x60 stale',
      'andon_services{job="andon",namespace="ops",pod="andon-2",instance="10.0.0.2:9655"}': '_x61 2x59',
    },
    labels: { job: 'andon', namespace: 'ops' },
  },
  AndonWatchesNothing: { series: { andon_services: '0x120' }, labels: {} },
};

test('every sample alert looks at metrics that Andon exports', () => {
  const exported = readPage('docs/metrics.md').text;
  const named = alerts.flatMap(({ expr }) => expr.match(/\bandon_\w+/g) ?? []);
  expect(named.length).toBeGreaterThanOrEqual(alerts.length - 1);
  expect(named.filter((name) => !exported.includes(`\`${name}\``))).toEqual([]);
});

test('every sample alert fires when there is cause, and only then', async () => {
  expect(alerts.map(({ alert }) => alert).sort()).toEqual(Object.keys(troubles).sort());
  await using folder = await temporaryDirectory();
  writeFileSync(join(folder.path, 'rules.yml'), rules);
  const expected = (trouble: Trouble | undefined) =>
    alerts.map(({ alert }) => ({
      alertname: alert,
      eval_time: '95m',
      exp_alerts:
        trouble !== undefined && trouble === troubles[alert] ? [{ exp_labels: withoutEmpty(trouble.labels) }] : [],
    }));
  const well = {
    'up{job="andon"}': '1x120',
    andon_services: '3x120',
    // Another pod that watches as much, and an Andon of its own that watches less, are no cause.
    'andon_services{job="moved",pod="a"}': '3x60 stale',
    'andon_services{job="moved",pod="b"}': '_x61 3x59',
    'andon_services{job="other",pod="c"}': '1x120',
    'andon_outbox_depth{channel="chat"}': '0x120',
    // What was refused long ago is rebuilt from the log by the pod that comes after.
    'andon_channel_undeliverable_pages_total{channel="old",pod="a"}': '4x60 stale',
    'andon_channel_undeliverable_pages_total{channel="old",pod="b"}': '_x61 4x59',
  };
  const tests = [
    { interval: '1m', input_series: seriesOf(well), alert_rule_test: expected(undefined) },
    ...Object.entries(troubles).map(([alert, trouble]) => ({
      name: alert,
      interval: '1m',
      input_series: seriesOf({ ...well, ...trouble.series }),
      // What is unseen as a whole is also unknown target by target.
      alert_rule_test: expected(trouble).filter(
        ({ alertname }) => alertname === alert || !/^Andon(ServiceUnseen|TargetUnknown)$/.test(alertname),
      ),
    })),
  ];
  const file = join(folder.path, 'tests.yml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ rule_files: ['rules.yml'], evaluation_interval: '1m', tests }));
  const promtool = process.env['PROMTOOL_BIN'] ?? 'promtool';
  expect(execFileSync(promtool, ['test', 'rules', file], { encoding: 'utf8' })).toContain('SUCCESS');
});

function seriesOf(series: Readonly<Record<string, string>>) {
  return Object.entries(series).map(([name, values]) => ({ series: name, values }));
}

/** A label that is empty is no label. */
function withoutEmpty(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}
