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

test('a source has a series for each reason of failing from its first answer on', async () => {
  const telemetry = aTelemetry();
  telemetry.sourceHeard('main');
  expect(await samples(telemetry, 'andon_source_errors_total')).toContain(
    'andon_source_errors_total{source="main",reason="timeout"} 0',
  );
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
