import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { incidentNow } from '../../src/app/views/incident-now.ts';
import { DaemonHarness } from '../support/daemon-harness.ts';
import { aRule, aService, start, stepFault } from '../support/simulation.ts';

const minute = 60_000;
const fault = 40 * minute;

test('a fault pages once, and its end pages once', async () => {
  await using run = await new DaemonHarness({ traffic: stepFault(fault, fault + 5 * minute, 0.5) }).start();

  await run.advance(30 * minute);

  expect(run.kinds()).toEqual(['firing', 'resolved']);
  const [incident] = run.incidents();
  expect(Math.abs((incident?.onset.at ?? 0) - start - fault)).toBeLessThanOrEqual(5_000);
  expect(Math.abs((incident?.recoveredAt ?? 0) - start - fault - 5 * minute)).toBeLessThanOrEqual(5_000);
  expect(incident?.timeToNotifyMs).toBeLessThanOrEqual(250);
});

test('polls follow the scrapes: detection waits for a sample, not for a clock', async () => {
  const ages: number[] = [];
  await using run = await new DaemonHarness({
    traffic: stepFault(fault, fault + 5 * minute, 0.5),
    telemetry: { pollFinished: (_service, { at }) => void ages.push(((at ?? 0) - start) % 5_000) },
  }).start();

  await run.advance(10 * minute);

  const settled = ages.slice(-20);
  expect(Math.max(...settled)).toBeLessThanOrEqual(300);
});

describe('a source that goes away', () => {
  test('resolves nothing and opens nothing, and shows in every reading', async () => {
    await using run = await new DaemonHarness({ traffic: stepFault(fault, fault + 5 * minute, 0.5) }).start();
    await run.advance(11 * minute);
    expect(run.kinds()).toEqual(['firing']);

    run.source.failure = { reason: 'timeout', detail: 'no answer within 10s' };
    await run.advance(20 * minute);

    expect(run.kinds()).toEqual(['firing']);
    expect(run.daemon.views()[0]?.readings[0]?.reading).toMatchObject({ kind: 'unknown', reason: 'source-down' });
    expect(run.incidents()[0]?.blind).toBe(true);

    run.source.failure = undefined;
    await run.advance(10 * minute);
    expect(run.kinds()).toEqual(['firing', 'resolved']);
    expect(Math.abs((run.incidents()[0]?.recoveredAt ?? 0) - start - fault - 5 * minute)).toBeLessThanOrEqual(5_000);
  });

  test('has what happened meanwhile found with its true times', async () => {
    await using run = await new DaemonHarness({ traffic: stepFault(fault, fault + 15 * minute, 0.5) }).start();
    await run.advance(5 * minute);
    run.source.failure = { reason: 'unavailable', detail: 'connection refused' };
    await run.advance(10 * minute);
    run.source.failure = undefined;
    await run.advance(1 * minute);

    expect(run.kinds()).toEqual(['firing']);
    const [incident] = run.incidents();
    expect(Math.abs((incident?.onset.at ?? 0) - start - fault)).toBeLessThanOrEqual(5_000);
    expect((incident?.detectedAt ?? 0) - start - fault).toBeLessThanOrEqual(10_000);
  });
});

describe('a restart', () => {
  test('finds an incident that began while Andon was away, with its true onset', async () => {
    const store = new MemoryStore();
    const options = { traffic: stepFault(fault, fault + 30 * minute, 0.5), store };
    const before = await new DaemonHarness(options).start();
    await before.advance(5 * minute);
    await before.stop();

    await using after = await new DaemonHarness({ ...options, startsAt: 50 * minute }).start();
    await after.advance(1 * minute);

    expect(after.kinds()).toEqual(['firing']);
    expect(Math.abs((after.incidents()[0]?.onset.at ?? 0) - start - fault)).toBeLessThanOrEqual(5_000);
    expect((after.incidents()[0]?.detectedAt ?? 0) - start).toBeLessThan(fault + 10_000);
  });

  test('neither doubles a running incident nor resets its times', async () => {
    const store = new MemoryStore();
    const options = { traffic: stepFault(fault, fault + 10 * minute, 0.5), store };
    const before = await new DaemonHarness(options).start();
    await before.advance(12 * minute);
    expect(before.kinds()).toEqual(['firing']);
    const [opened] = before.incidents();
    await before.stop();

    await using after = await new DaemonHarness({ ...options, startsAt: 45 * minute }).start();
    await after.advance(20 * minute);

    expect(after.kinds()).toEqual(['resolved']);
    expect(after.incidents().map((incident) => incident.id)).toEqual([opened?.id]);
    expect(after.incidents()[0]?.onset.at).toBe(opened?.onset.at);
    expect(Math.abs((after.incidents()[0]?.recoveredAt ?? 0) - start - fault - 10 * minute)).toBeLessThanOrEqual(5_000);
  });

  test('keeps the time that `for` has already waited', async () => {
    const store = new MemoryStore();
    const services = [aService({ rules: [aRule({ forMs: 3 * minute })] })];
    const options = { traffic: stepFault(fault, fault + 10 * minute, 0.5), store, services };
    const before = await new DaemonHarness(options).start();
    await before.advance(11.5 * minute);
    await before.stop();

    await using after = await new DaemonHarness({ ...options, startsAt: 42.5 * minute }).start();
    await after.advance(1.5 * minute);

    expect(after.kinds()).toEqual(['firing']);
    expect((after.incidents()[0]?.detectedAt ?? 0) - start - fault).toBeLessThan(3 * minute + 10_000);
  });
});

describe('clocks', () => {
  test.each([
    ['ahead', 3_600_000],
    ['behind', -3_600_000],
  ])('of source and Andon an hour apart (%s) change no time and no page', async (_name, skewMs) => {
    const run = new DaemonHarness({ traffic: stepFault(fault, fault + 5 * minute, 0.5) });
    run.source.skewMs = skewMs;
    await using started = await run.start();

    await started.advance(30 * minute);

    expect(started.kinds()).toEqual(['firing', 'resolved']);
    expect(Math.abs((started.incidents()[0]?.onset.at ?? 0) - start - fault - skewMs)).toBeLessThanOrEqual(5_000);
    expect(started.incidents()[0]?.timeToNotifyMs).toBeLessThanOrEqual(250);
  });
});

describe('an open incident', () => {
  test('is told with what keeps it open from the first poll on, and no longer once it has resolved', async () => {
    const store = new MemoryStore();
    const options = { traffic: stepFault(fault, fault + 8 * minute, 0.5), store };
    const before = await new DaemonHarness(options).start();
    await before.advance(12 * minute);
    const [incident] = before.incidents();
    if (incident === undefined) throw new Error('no incident');
    expect(incidentNow(before.daemon.views(), incident)?.keptOpenBy).toEqual([
      expect.stringMatching(/^Rule payments-failing is true: success rate 50(\.\d+)?% over 1m; its condition is /),
      expect.stringMatching(/^Target missed: success rate 50(\.\d+)?% over 1m, target at least 99\.9%$/),
    ]);
    await before.stop();

    await using after = await new DaemonHarness({ ...options, startsAt: 43 * minute }).start();
    expect(incidentNow(after.daemon.views(), incident)).toBeUndefined();
    await after.advance(minute);
    expect(incidentNow(after.daemon.views(), incident)?.keptOpenBy).toHaveLength(2);
    await after.advance(10 * minute);
    expect(after.incidents()[0]?.phase).toBe('watching');
    expect(after.daemon.views()[0]?.scopes[0]).not.toHaveProperty('keptOpen');
  });
});

test('what in the rule files only the sources can settle is told when they have, and holds up nothing', async () => {
  const run = new DaemonHarness({ traffic: stepFault(fault, fault + 5 * minute, 0.5) });
  const settled = Promise.withResolvers<readonly string[]>();
  run.doubts = async () => await settled.promise;
  await using started = await run.start();
  await started.advance(minute);
  expect(started.daemon.readiness().ready).toBe(true);
  expect(started.lines.filter(({ message }) => message === 'a rule file deserves a look')).toEqual([]);
  settled.resolve(['a hold of 5s may end between two scrapes']);
  await started.advance(1);
  expect(started.lines.filter(({ message }) => message === 'a rule file deserves a look')).toHaveLength(1);
});

describe('a reload', () => {
  test('of files with problems keeps the old rules running and says so', async () => {
    await using run = await new DaemonHarness({ traffic: stepFault(fault, fault + 5 * minute, 0.5) }).start();
    await run.advance(minute);
    run.rules = { kind: 'refused', problems: ['rules/checkout.yaml:3:1 unknown key `sepc`; did you mean `spec`?'] };

    const result = await run.daemon.reload();

    expect(result).toMatchObject({ ok: false });
    expect(run.daemon.status().reload.ok).toBe(false);
    await run.advance(30 * minute);
    expect(run.kinds()).toEqual(['firing', 'resolved']);
  });

  test('in the middle of an incident closes nothing and stands on its timeline', async () => {
    await using run = await new DaemonHarness({ traffic: stepFault(fault, fault + 5 * minute, 0.5) }).start();
    await run.advance(12 * minute);
    run.rules = {
      kind: 'loaded',
      services: [aService({ revision: 'r2', rules: [aRule({ name: 'renamed', formerly: ['payments-failing'] })] })],
      warnings: [],
    };
    await run.daemon.reload();
    await run.advance(20 * minute);

    expect(run.kinds()).toEqual(['firing', 'resolved']);
    const [incident] = run.incidents();
    const timeline = run.daemon.book.get(incident?.id ?? '')?.timeline.map((event) => event.type);
    expect(timeline).toContain('definition-changed');
  });

  test('that drops a service says on its open incident that nobody watches it', async () => {
    await using run = await new DaemonHarness({ traffic: stepFault(fault, fault + 5 * minute, 0.5) }).start();
    await run.advance(12 * minute);
    run.rules = { kind: 'loaded', services: [], warnings: [] };
    await run.daemon.reload();

    expect(run.incidents()[0]?.unwatched).toBe(true);
    expect(run.daemon.views()).toEqual([]);
  });
});
