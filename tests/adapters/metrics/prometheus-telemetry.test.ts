import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import type { PrometheusTelemetry } from '../../../src/adapters/metrics/prometheus-telemetry.ts';
import { ShadowBook } from '../../../src/app/shadow/shadow-book.ts';
import { catalogue, type MetricSpec } from '../../../src/adapters/metrics/catalogue.ts';
import { IncidentBook } from '../../../src/app/recording/incident-book.ts';
import type { ReadingRow } from '../../../src/app/views/service-view.ts';
import type { StoredEvent } from '../../../src/domain/incident/event.ts';
import { anEvent, aWholeStory, replicationLag, storyStart, successRate } from '../../support/incident-story.ts';
import { aShadowFiring } from '../../support/shadow-events.ts';
import { aRatio } from '../../support/signals.ts';
import { intervalRow } from '../../support/interval-verdict.ts';
import { checkoutView } from '../../support/service-views.ts';
import { aChange } from '../../support/changes.ts';
import { decideGate } from '../../../src/domain/gate/decide-gate.ts';
import { aTelemetry as telemetryAt, feed, samples } from './telemetry-bench.ts';

let now = storyStart + 130_000;

function aTelemetry(): PrometheusTelemetry {
  now = storyStart + 130_000;
  return telemetryAt(() => now);
}

const rows: readonly ReadingRow[] = [
  { signal: 'success_rate', group: {}, fold: 'over', windowMs: 300_000, reading: successRate.reading },
  { signal: 'replication_lag', group: { zone: 'a' }, fold: 'latest', reading: replicationLag.reading },
];

/** Tells every fact there is, so that every metric of the catalogue has a series. */
function tellAll(telemetry: PrometheusTelemetry): void {
  telemetry.declared({
    name: 'checkout',
    signals: [aRatio({ good: 'good_total', total: 'all_total' })],
    rules: [{ name: 'r', severity: 'page' }],
  });
  telemetry.changed(aChange('deploy-42', storyStart));
  telemetry.pollFinished('checkout', { durationMs: 40, latenessMs: 3, outcome: 'complete', at: storyStart });
  telemetry.pollsMissed('checkout', 2);
  telemetry.caughtUp('checkout', 90_000);
  telemetry.sourceAnswered('main', 'read', 12);
  telemetry.sourceFailed('main', 'timeout');
  telemetry.sourceHeard('main');
  telemetry.clockSkew('main', -250);
  telemetry.readings('checkout', 'main', [...rows, intervalRow]);
  telemetry.targets('checkout', {}, [successRate, replicationLag]);
  telemetry.rules('checkout', {}, [{ rule: 'r', severity: 'page', condition: 'true', state: 'pending', since: now }]);
  telemetry.line('checkout', {}, 'stopped');
  telemetry.budgets('checkout', checkoutView.budgets);
  telemetry.groupsDropped('checkout', 4);
  feed(telemetry, [
    ...aWholeStory(),
    anEvent('opened', 7, 0, { incidentId: 'b' }),
    anEvent('blinded', 8, 1, { incidentId: 'b' }),
    anEvent('undeliverable', 9, 2, { incidentId: 'b' }),
    anEvent('reminded', 10, 700, { incidentId: 'b' }),
  ]);
  const answer = decideGate({ service: 'nobody', freezes: [], dependencies: [] }, storyStart);
  new ShadowBook((stop) => {
    telemetry.shadowStopped(stop);
  }).apply([aShadowFiring(1)]);
  telemetry.gateAsked(answer);
  telemetry.changeReported('github', 'recorded');
  telemetry.deploymentSettled({
    service: 'checkout',
    change: 'deploy-42',
    startedAt: storyStart,
    result: 'failed',
    recoveriesMs: [700_000],
    isRework: false,
  });
  telemetry.changeHeld({ service: answer.service, change: 'deploy-42', because: answer.reason });
  telemetry.gates([{ ...answer, service: 'checkout', state: 'hold' }]);
  telemetry.deliveryFinished('pager', 'delivered', 80);
  telemetry.alertReceived('evidence');
  telemetry.resendFinished('pager', true);
  telemetry.heartbeat(true);
  telemetry.heartbeatFailed('blind');
  telemetry.outboxDepth('pager', 1);
  telemetry.reloadFinished(true, storyStart);
  telemetry.storeHealth(false);
  telemetry.requestAnswered({ route: '/metrics', method: 'GET', status: 200, durationMs: 5 });
}

describe('the text a scrape gets', () => {
  test('pleases promtool and has a series for every metric of the catalogue', async () => {
    const telemetry = aTelemetry();
    tellAll(telemetry);

    const { body, contentType } = await telemetry.scrape();
    const check = spawnSync('promtool', ['check', 'metrics'], { input: body, encoding: 'utf8', timeout: 15_000 });

    expect({ status: check.status, said: check.stdout + check.stderr }).toEqual({ status: 0, said: '' });
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    const silent = Object.values<MetricSpec>(catalogue).filter(
      ({ name, type }) => !new RegExp(`^${name}${type === 'histogram' ? '_count' : ''}[{ ]`, 'm').test(body),
    );
    expect(silent).toEqual([]);
    expect(body).toContain('process_cpu_seconds_total');
  });

  test('tells the lag of the event loop at a scrape, and samples it at no other time', async () => {
    const { body } = await aTelemetry().scrape();
    expect(body.match(/^nodejs_eventloop_lag_\w+/gm)).toEqual(['nodejs_eventloop_lag_seconds']);
  });

  test('escapes what names and groups may hold', async () => {
    const telemetry = aTelemetry();
    telemetry.line('checkout', { path: 'a"b\\c\nd' }, 'moving');

    const { body } = await telemetry.scrape();
    const check = spawnSync('promtool', ['check', 'metrics'], { input: body, encoding: 'utf8', timeout: 15_000 });

    expect(check.status).toBe(0);
  });

  test('two registries do not share their numbers', async () => {
    const one = aTelemetry();
    one.outboxDepth('pager', 7);

    expect(await samples(aTelemetry(), 'andon_outbox_depth')).toEqual([]);
    expect(await samples(one, 'andon_outbox_depth')).toEqual(['andon_outbox_depth{channel="pager"} 7']);
  });
});

describe('what is watched', () => {
  test('services are counted, those whose source does not answer too, and 0 is told', async () => {
    const telemetry = aTelemetry();
    expect(await samples(telemetry, 'andon_services')).toEqual(['andon_services 0']);

    telemetry.pollFinished('checkout', { durationMs: 1, latenessMs: 0, outcome: 'complete' });
    telemetry.pollFinished('search', { durationMs: 1, latenessMs: 0, outcome: 'failed' });
    telemetry.pollFinished('search', { durationMs: 1, latenessMs: 0, outcome: 'failed' });
    expect(await samples(telemetry, 'andon_services')).toEqual(['andon_services 2']);

    telemetry.forgetService('search');
    expect(await samples(telemetry, 'andon_services')).toEqual(['andon_services 1']);
  });

  test('an incident that nobody watches any more is counted until its service is declared again or it closes', async () => {
    const telemetry = aTelemetry();
    const book = new IncidentBook();
    const tell = async (event: StoredEvent): Promise<string[]> => {
      telemetry.eventsCommitted(book.apply([event]));
      return await samples(telemetry, 'andon_incidents_unwatched');
    };
    const unwatched = 'andon_incidents_unwatched{service="checkout",severity="page"} 1';

    expect(await tell(anEvent('opened', 1, 0))).toEqual([]);
    expect(await tell(anEvent('unwatched', 2, 10))).toEqual([unwatched]);
    expect(await tell(anEvent('definition-changed', 3, 20))).toEqual([]);
    expect(await tell(anEvent('unwatched', 4, 30))).toEqual([unwatched]);
    expect(await tell(anEvent('closed', 5, 40))).toEqual([]);
  });
});

describe('readings and targets', () => {
  test('age is told as of the scrape, on the clock of the source', async () => {
    const telemetry = aTelemetry();
    telemetry.readings('checkout', 'main', rows);
    const age = 'andon_reading_age_seconds{service="checkout",group="",signal="success_rate",fold="over",window="5m"}';

    expect(await samples(telemetry, age)).toEqual([`${age} 30`]);
    now += 15_000;
    expect(await samples(telemetry, age)).toEqual([`${age} 45`]);
    telemetry.clockSkew('main', 5000);
    expect(await samples(telemetry, age)).toEqual([`${age} 50`]);
  });

  test('a reading has either a value or a reason', async () => {
    const telemetry = aTelemetry();
    telemetry.readings('checkout', 'main', rows);

    expect(await samples(telemetry, 'andon_reading_value')).toEqual([
      'andon_reading_value{service="checkout",group="",signal="success_rate",fold="over",window="5m"} 0.951',
    ]);
    expect(await samples(telemetry, 'andon_reading_unknown')).toEqual([
      'andon_reading_unknown{service="checkout",group="zone=\\"a\\"",signal="replication_lag",fold="latest",window="latest",reason="stale"} 1',
    ]);
  });

  test('a target is held, missed or absent with a reason', async () => {
    const telemetry = aTelemetry();
    telemetry.targets('checkout', {}, [successRate, replicationLag]);
    const missed = 'service="checkout",group="",signal="success_rate",bound="atLeast",window="5m"';
    const unknown = 'service="checkout",group="",signal="replication_lag",bound="atMost",window="latest"';

    expect(await samples(telemetry, 'andon_target_held')).toEqual([`andon_target_held{${missed}} 0`]);
    expect(await samples(telemetry, 'andon_target_unknown')).toEqual([
      `andon_target_unknown{${unknown},reason="stale"} 1`,
    ]);

    telemetry.targets('checkout', {}, [{ ...successRate, verdict: 'held' }]);
    expect(await samples(telemetry, 'andon_target_held')).toEqual([`andon_target_held{${missed}} 1`]);
    expect(await samples(telemetry, 'andon_target_unknown')).toEqual([]);
  });

  test('a target that a whole service asks of each group has a series for each', async () => {
    const telemetry = aTelemetry();
    telemetry.targets('checkout', {}, [
      { ...successRate, group: { zone: 'a' } },
      { ...successRate, group: { zone: 'b' }, verdict: 'held' },
    ]);

    expect(await samples(telemetry, 'andon_target_held')).toEqual([
      'andon_target_held{service="checkout",group="zone=\\"a\\"",signal="success_rate",bound="atLeast",window="5m"} 0',
      'andon_target_held{service="checkout",group="zone=\\"b\\"",signal="success_rate",bound="atLeast",window="5m"} 1',
    ]);
  });

  test('a line is in one state at a time', async () => {
    const telemetry = aTelemetry();
    telemetry.line('checkout', {}, 'moving');
    telemetry.line('checkout', {}, 'stopped');

    expect(await samples(telemetry, 'andon_line_state')).toEqual([
      'andon_line_state{service="checkout",group="",state="moving"} 0',
      'andon_line_state{service="checkout",group="",state="stopped"} 1',
    ]);
  });
});

describe('forgetting', () => {
  test('a service that is no longer declared keeps only its past incidents', async () => {
    const telemetry = aTelemetry();
    tellAll(telemetry);
    telemetry.forgetService('checkout');

    const left = (await samples(telemetry, 'andon_')).filter((line) => line.includes('service="checkout"'));
    const names = new Set(left.map((line) => line.split('{')[0]?.replace(/_(bucket|sum|count)$/, '')));
    expect([...names]).toEqual([
      'andon_time_to_detect_seconds',
      'andon_time_to_notify_seconds',
      'andon_time_to_acknowledge_seconds',
      'andon_time_to_recover_seconds',
      'andon_incidents_total',
      'andon_incidents_detected_by_total',
      'andon_incidents_closed_by_hand_total',
      'andon_relapses_total',
      'andon_incident_bad_events_total',
      'andon_undeliverable_pages_total',
      'andon_reminders_total',
      'andon_incidents_unacknowledged_total',
      'andon_incident_info',
      'andon_incident_timestamp_seconds',
      'andon_incidents_open',
      'andon_incidents_blind',
      'andon_silenced_notifications_total',
      'andon_grouped_notifications_total',
      'andon_gate_decisions_total',
      'andon_gate_changes_held_total',
      'andon_shadow_stops_total',
      'andon_change_timestamp_seconds',
      'andon_deployments_total',
      'andon_failed_deployment_recovery_seconds',
    ]);
  });

  test('a group that went away leaves no series, and the other groups stay', async () => {
    const telemetry = aTelemetry();
    telemetry.readings('checkout', 'main', rows);
    telemetry.line('checkout', {}, 'moving');
    telemetry.line('checkout', { zone: 'a' }, 'moving');
    telemetry.targets('checkout', { zone: 'a' }, [successRate]);
    telemetry.forgetGroup('checkout', { zone: 'a' });

    expect((await samples(telemetry, 'andon_')).filter((line) => line.includes('zone'))).toEqual([]);
    expect(await samples(telemetry, 'andon_line_state')).toHaveLength(2);
    expect(await samples(telemetry, 'andon_reading_value')).toHaveLength(1);
  });

  test('channels and sources that left the settings leave no series', async () => {
    const telemetry = aTelemetry();
    tellAll(telemetry);
    telemetry.forgetChannel('pager');
    telemetry.forgetSource('main');

    const left = (await samples(telemetry, 'andon_')).filter((line) =>
      /\b(source="main"|channel="pager",outcome)/.test(line),
    );
    expect(left).toEqual([]);
    expect(await samples(telemetry, 'andon_outbox_depth')).toEqual([]);
  });
});
