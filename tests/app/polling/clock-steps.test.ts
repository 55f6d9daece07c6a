import { describe, expect, test } from '@jest/globals';
import { DaemonHarness } from '../../support/daemon-harness.ts';
import { aRatio, aRule, aService, below, start, stepFault } from '../../support/simulation.ts';

const minute = 60_000;
const hour = 60 * minute;
const fault = 40 * minute;
const traffic = stepFault(fault, fault + 5 * minute, 0.5);

function durations(run: DaemonHarness): { readonly detect: number; readonly recover: number } {
  const [incident] = run.incidents();
  if (incident === undefined) throw new Error('there is no incident');
  return {
    detect: incident.detectedAt - incident.onset.at,
    recover: (incident.recoveredAt ?? NaN) - incident.onset.at,
  };
}

describe('Andon’s wall clock', () => {
  test.each([
    ['forward before the fault', hour, 5],
    ['back before the fault', -hour, 5],
    ['forward in the incident', hour, 12],
    ['back in the incident', -hour, 12],
  ])('set %s by an hour opens, closes and misses nothing', async (_name, stepMs, after) => {
    await using run = await new DaemonHarness({ traffic }).start();
    await run.advance(after * minute);
    run.clock.step(stepMs);
    await run.advance((30 - after) * minute);

    expect(run.kinds()).toEqual(['firing', 'resolved']);
    expect(Math.abs((run.incidents()[0]?.onset.at ?? 0) - start - fault)).toBeLessThanOrEqual(5_000);
    expect(Math.abs(durations(run).recover - 5 * minute)).toBeLessThanOrEqual(5_000);
    expect(run.incidents()[0]?.timeToNotifyMs).toBeGreaterThanOrEqual(0);
  });
});

describe('a machine that is suspended', () => {
  test('finds what happened meanwhile, with its true times', async () => {
    await using run = await new DaemonHarness({ traffic }).start();
    await run.advance(5 * minute);
    run.clock.step(30 * minute);
    run.source.passWhileSuspended(30 * minute);
    await run.advance(minute);

    expect(run.incidents()).toHaveLength(1);
    expect(Math.abs((run.incidents()[0]?.onset.at ?? 0) - start - fault)).toBeLessThanOrEqual(5_000);
    expect(durations(run).detect).toBeLessThanOrEqual(10_000);
    expect(Math.abs(durations(run).recover - 5 * minute)).toBeLessThanOrEqual(5_000);
  });

  test('in the middle of `for` goes on from what the source saw, not from its own sleep', async () => {
    const services = [aService({ rules: [aRule({ forMs: 3 * minute })] })];
    await using run = await new DaemonHarness({ traffic, services }).start();
    await run.advance(11 * minute);
    run.clock.step(10 * minute);
    run.source.passWhileSuspended(10 * minute);
    await run.advance(minute);

    expect((run.incidents()[0]?.detectedAt ?? 0) - start - fault).toBeGreaterThanOrEqual(3 * minute);
    expect((run.incidents()[0]?.detectedAt ?? 0) - start - fault).toBeLessThan(3 * minute + 15_000);
  });
});

describe('the source’s clock', () => {
  test.each([
    ['back before the fault', -hour, 5],
    ['forward before the fault', hour, 5],
    ['back in the incident', -hour, 12],
    ['forward in the incident', hour, 12],
  ])('set %s by an hour opens nothing by itself, and loses no incident', async (_name, stepMs, after) => {
    await using run = await new DaemonHarness({ traffic }).start();
    await run.advance(after * minute);
    run.source.skewMs += stepMs;
    await run.advance((32 - after) * minute);

    expect(run.kinds()).toEqual(['firing', 'resolved']);
    expect(run.incidents()).toHaveLength(1);
    for (const value of Object.values(durations(run))) expect(value).toBeGreaterThanOrEqual(0);
    expect(durations(run).detect).toBeLessThanOrEqual(15_000);
  });

  test('set back in an incident leaves its time to recover a duration', async () => {
    await using run = await new DaemonHarness({ traffic }).start();
    await run.advance(12 * minute);
    run.source.skewMs -= hour;
    await run.advance(20 * minute);

    expect(Math.abs(durations(run).recover - 5 * minute)).toBeLessThanOrEqual(10_000);
  });

  test('set back leaves no service waiting for the time that it was due at before', async () => {
    const polled = new Map<string, number>();
    const other = { ...aRatio, name: 'other' };
    const services = [
      aService(),
      aService({
        name: 'search',
        signals: [other],
        rules: [aRule({ when: below('other', minute, 0.9) })],
        endState: {
          ...aService().endState,
          targets: [{ signal: 'other', bound: 'atLeast', value: 0.9, overMs: minute }],
        },
      }),
    ];
    const run = new DaemonHarness({
      traffic,
      services,
      telemetry: { pollFinished: (service) => void polled.set(service, (polled.get(service) ?? 0) + 1) },
    });
    // Its samples are taken half an interval later, so that the two are never due in the same turn.
    run.source.arrivalOffsets.set('other', -2_500);
    await using started = await run.start();
    await started.advance(3 * minute);
    run.source.skewMs -= hour;
    await started.advance(2 * minute);
    polled.clear();
    await started.advance(minute);

    expect(polled.get('checkout')).toBeGreaterThanOrEqual(11);
    expect(polled.get('search')).toBeGreaterThanOrEqual(11);
  });

  test('an hour behind does not delay services of a source that did not answer at the start', async () => {
    const polled = new Set<string>();
    const services = Array.from({ length: 12 }, (_, index) => aService({ name: `service-${index}` }));
    const run = new DaemonHarness({
      traffic,
      services,
      telemetry: { pollFinished: (service, { outcome }) => void (outcome === 'complete' && polled.add(service)) },
    });
    run.source.skewMs = -hour;
    run.source.failure = { reason: 'unavailable', detail: 'connection refused' };
    await using started = await run.start();
    await started.advance(10_000);
    run.source.failure = undefined;
    await started.advance(30_000);

    expect(polled.size).toBe(12);
  });
});
