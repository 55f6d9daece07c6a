import { expect, test } from '@jest/globals';
import { decideGate } from '../../../src/domain/gate/decide-gate.ts';
import { aChange } from '../../support/changes.ts';
import { anEvent, storyStart } from '../../support/incident-story.ts';
import { aTelemetry, feed, samples } from './telemetry-bench.ts';

test.each(['detect', 'notify', 'acknowledge', 'recover'])(
  'the time to %s is a series of zeros when an incident opens, so that its first observation is an increase',
  async (name) => {
    const telemetry = aTelemetry();
    feed(telemetry, [anEvent('opened', 1, 0)]);
    expect(await samples(telemetry, `andon_time_to_${name}_seconds_count`)).toEqual([
      `andon_time_to_${name}_seconds_count{service="checkout",severity="page"} 0`,
    ]);
  },
);

test('a second incident takes nothing back of what the first one counted', async () => {
  const telemetry = aTelemetry();
  const other = { incidentId: 'inc-2' };
  feed(telemetry, [anEvent('opened', 1, 100), anEvent('closed', 2, 900), anEvent('opened', 3, 1000, other)]);
  expect(await samples(telemetry, 'andon_time_to_detect_seconds_count')).toEqual([
    'andon_time_to_detect_seconds_count{service="checkout",severity="page"} 1',
  ]);
});

test('the recovery of failed deployments begins at zero with the first change of a service, and only then', async () => {
  const telemetry = aTelemetry();
  const name = 'andon_failed_deployment_recovery_seconds_count';
  const settled = { service: 'checkout', change: 'd1', startedAt: 0, isRework: false } as const;
  telemetry.changed(aChange('d1', storyStart));
  expect(await samples(telemetry, name)).toEqual([`${name}{service="checkout"} 0`]);
  telemetry.deploymentSettled({ ...settled, result: 'failed', recoveriesMs: [60_000] });
  telemetry.changed(aChange('d2', storyStart));
  expect(await samples(telemetry, name)).toEqual([`${name}{service="checkout"} 1`]);
});

test('a source has a series for each reason of failing from the start', async () => {
  const telemetry = aTelemetry();
  telemetry.configured({ channels: [], sources: ['main'] });
  expect(await samples(telemetry, 'andon_source_errors_total')).toContain(
    'andon_source_errors_total{source="main",reason="timeout"} 0',
  );
});

test('a configured channel has all its series at zero from the start, so that the first page that is refused is an increase', async () => {
  const telemetry = aTelemetry();
  telemetry.configured({ channels: ['pager'], sources: [] });
  const ofChannel = (await samples(telemetry, 'andon_')).filter((line) => line.includes('channel="pager"'));
  expect(ofChannel).toEqual([
    'andon_channel_undeliverable_pages_total{channel="pager"} 0',
    ...['delivered', 'retry', 'refused', 'gone', 'collapsed'].map(
      (outcome) => `andon_notifications_total{channel="pager",outcome="${outcome}"} 0`,
    ),
    ...['accepted', 'failed'].map(
      (outcome) => `andon_notification_resends_total{channel="pager",outcome="${outcome}"} 0`,
    ),
    'andon_outbox_depth{channel="pager"} 0',
  ]);
});

test('pages that a channel will never take are counted by channel, and a reload takes nothing back', async () => {
  const telemetry = aTelemetry();
  telemetry.configured({ channels: ['pager'], sources: [] });
  telemetry.outboxDepth('pager', 2);
  feed(telemetry, [anEvent('opened', 1, 0), anEvent('undeliverable', 2, 1)]);
  telemetry.configured({ channels: ['pager'], sources: [] });
  const channel = (name: string) => `andon_${name}{channel="pager"}`;
  expect(await samples(telemetry, channel('channel_undeliverable_pages_total'))).toEqual([
    `${channel('channel_undeliverable_pages_total')} 1`,
  ]);
  expect(await samples(telemetry, channel('outbox_depth'))).toEqual([`${channel('outbox_depth')} 2`]);
});

test('a channel that is not configured any more begins at zero with what waits for it', async () => {
  const telemetry = aTelemetry();
  telemetry.outboxDepth('old', 1);
  const name = 'andon_channel_undeliverable_pages_total';
  expect(await samples(telemetry, name)).toEqual([`${name}{channel="old"} 0`]);
});

test('a source has a series for each reason of failing before it was asked', async () => {
  const telemetry = aTelemetry();
  telemetry.configured({ channels: [], sources: ['main'] });
  expect(await samples(telemetry, 'andon_source_errors_total')).toHaveLength(5);
});

test('a service that is declared has its counters at zero before anything happens to it', async () => {
  const telemetry = aTelemetry();
  telemetry.declared({ name: 'checkout', signals: [], rules: [] });
  const names = (await samples(telemetry, 'andon_'))
    .filter((line) => line.endsWith(' 0') && line.includes('service="checkout"'))
    .map((line) => line.replace('service="checkout"', '').replace('{}', '').replace('{,', '{').replace(/ 0$/, ''));
  expect(names).toEqual([
    'andon_relapses_total',
    'andon_incident_bad_events_total',
    'andon_reminders_total{kind="repeat"}',
    'andon_reminders_total{kind="escalation"}',
    'andon_silenced_notifications_total{by="silence"}',
    'andon_silenced_notifications_total{by="maintenance"}',
    'andon_grouped_notifications_total',
    ...['unharmed', 'failed', 'unknown'].map((result) => `andon_deployments_total{result="${result}"}`),
    ...['complete', 'partial', 'failed'].map((outcome) => `andon_polls_total{outcome="${outcome}"}`),
    'andon_polls_missed_total',
    'andon_caught_up_seconds_total',
  ]);
});

test('a rule that only records begins at zero among those, and among no others', async () => {
  const telemetry = aTelemetry();
  telemetry.declared({ name: 'checkout', signals: [], rules: [{ name: 'r', severity: 'page', shadow: true }] });
  const stops = 'andon_shadow_stops_total{service="checkout",rule="r",severity="page"}';
  expect(await samples(telemetry, 'andon_shadow_stops_total')).toEqual([`${stops} 0`]);
  expect(await samples(telemetry, 'andon_incidents_total')).toEqual([]);
});

test('what the gate says now begins at zero among the answers', async () => {
  const telemetry = aTelemetry();
  const answer = decideGate({ service: 'checkout', freezes: [], dependencies: [] }, storyStart);
  telemetry.gates([answer]);
  expect(await samples(telemetry, 'andon_gate_decisions_total')).toEqual([
    `andon_gate_decisions_total{service="checkout",decision="${answer.state}",reason="${answer.reason}",override="none"} 0`,
  ]);
});

test('reports of changes begin at zero, whoever makes them', async () => {
  expect(await samples(aTelemetry(), 'andon_change_reports_total{origin="argocd",result="recorded"}')).toHaveLength(1);
});

test.each([
  ['stop', 1],
  ['unknown', 1],
  ['pass', 0],
  ['warn', 0],
] as const)('changes that a gate which says %s may hold begin at zero: %d series', async (state, expected) => {
  const telemetry = aTelemetry();
  const answer = decideGate({ service: 'checkout', freezes: [], dependencies: [] }, storyStart);
  telemetry.gates([{ ...answer, state }]);
  expect(await samples(telemetry, 'andon_gate_changes_held_total')).toHaveLength(expected);
});
