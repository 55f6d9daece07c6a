import { expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { usualKinds } from '../../../src/domain/notification/notification.ts';
import { DaemonHarness, KeepingChannel } from '../../support/daemon-harness.ts';
import { start, stepFault } from '../../support/simulation.ts';

const minute = 60_000;
const fault = 40 * minute;
const traffic = stepFault(fault, fault + 5 * 60 * minute, 0.5);

test('a daemon takes an alert up when its incident opens, and knows it after a restart', async () => {
  const store = new MemoryStore();
  const run = await new DaemonHarness({ traffic, store }).start();
  await run.advance(10 * minute + 1_000);
  expect(run.incidents()).toEqual([]);
  const alert = {
    fingerprint: 'f1',
    status: 'firing' as const,
    startsAt: start + fault,
    labels: { alertname: 'Early', service: 'checkout' },
  };
  expect(await run.daemon.alerts.receive([alert], ['service'])).toMatchObject({ counts: { kept: 1 } });
  await run.advance(2 * minute);
  const [incident] = run.incidents();
  expect(incident).toMatchObject({ firstAlert: { name: 'Early', startsAt: start + fault } });
  expect(incident?.detectedAt).toBeGreaterThan(start + fault);
  // Nobody is paged for evidence.
  expect(run.kinds()).toEqual(['firing']);
  await run.stop();

  await using next = await new DaemonHarness({ traffic, store, startsAt: 43 * minute }).start();
  expect(next.incidents()[0]).toMatchObject({ firstAlert: { name: 'Early' } });
  expect(await next.daemon.alerts.receive([alert], ['service'])).toMatchObject({ counts: { repeated: 1 } });
});

test('an acknowledgement in another system acknowledges the incident of a daemon', async () => {
  const wanting = Object.assign(new KeepingChannel('pagerduty'), { wants: [...usualKinds, 'acknowledged'] as const });
  const harness = new DaemonHarness({ traffic });
  harness.configured = { ...harness.configured, channels: [harness.channel, wanting] };
  await using run = await harness.start();
  await run.advance(12 * minute);
  const id = run.incidents()[0]?.id ?? '';
  const act = {
    system: 'PagerDuty',
    event: 'E1',
    kind: 'acknowledged' as const,
    at: run.clock.now(),
    remoteIncident: 'Q1',
    incidentId: id,
    who: { kind: 'person' as const, name: 'Grace' },
  };
  const taking = run.daemon.remoteActs.take(act);
  await run.advance(1_000);
  expect(await taking).toEqual({ kind: 'recorded', incidentId: id });
  expect(run.incidents()[0]?.calling.acknowledgedBy).toBe('Grace (PagerDuty)');
  // Who wants to hear of it does, and the others are not bothered.
  expect(wanting.sent.map(({ kind }) => kind)).toEqual(['firing', 'acknowledged']);
  expect(run.kinds()).toEqual(['firing']);
});
