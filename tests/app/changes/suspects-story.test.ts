import { describe, expect, test } from '@jest/globals';
import type { ChangeReport } from '../../../src/domain/change/change-event.ts';
import type { SettledDeployment } from '../../../src/domain/change/delivery-metrics.ts';
import { clockTime } from '../../../src/domain/text/utc.ts';
import { DaemonHarness, type HarnessOptions } from '../../support/daemon-harness.ts';
import { aService, start, type Traffic } from '../../support/simulation.ts';

const minute = 60_000;
const second = 1000;
/** On the simulation's clock: a good shop that a deploy breaks four minutes later, for three minutes. */
const deployedAt = 40 * minute;
const brokenAt = 44 * minute;
const backAt = 47 * minute;
const breaking: Traffic = { perSecond: () => 20, badShare: (t) => (t >= brokenAt && t < backAt ? 0.3 : 0.0005) };
const service = aService({ changes: { bakeMs: 10 * minute } });

async function aDaemon({
  skewMs = 0,
  ...options
}: Partial<HarnessOptions> & { readonly skewMs?: number } = {}): Promise<DaemonHarness> {
  const harness = new DaemonHarness({ traffic: breaking, services: [service], startsAt: 39 * minute, ...options });
  harness.source.skewMs = skewMs;
  return await harness.start();
}

async function report(
  harness: DaemonHarness,
  change: string,
  at: number,
  facts: Partial<ChangeReport> = {},
): Promise<void> {
  const said = { change, service: 'checkout', startedAt: start + at, finishedAt: start + at + 30 * second, ...facts };
  const result = await harness.daemon.changeDesk.report(said, 'api');
  expect(result.kind).toBe('recorded');
}

/** Moves on to a time on the simulation's clock. */
async function until(harness: DaemonHarness, t: number): Promise<void> {
  await harness.advance(start + t - harness.clock.now());
}

const v42: Partial<ChangeReport> = { version: 'v42', by: 'ada', rollback: 'kubectl rollout undo deployment/checkout' };

describe('a deploy that breaks the shop', () => {
  test('is named in the page, with how sure it is and the way back', async () => {
    await using harness = await aDaemon();
    await until(harness, deployedAt + minute);
    await report(harness, 'd42', deployedAt, v42);
    await until(harness, brokenAt + minute);
    const [page] = harness.channel.sent.map((each) => each.page);
    expect(page?.title).toMatch(/ — since 02:4[34]:\d\d UTC, [34]m( \d+s)? after deploy v42$/);
    expect(page?.suspects).toMatchObject([
      {
        change: 'd42',
        standing: 'suspect',
        by: 'ada',
        rollback: v42.rollback,
        share: 1,
        shift: { verdict: 'shifted', against: 'change' },
      },
    ]);
    const [incident] = harness.incidents();
    expect(incident?.suspects?.[0]?.sureness).toBe('likely');
  });

  test.each([5 * minute, -5 * minute])(
    'is named by its own time where the clock of the source is %d ms ahead',
    async (skewMs) => {
      await using harness = await aDaemon({ skewMs });
      await until(harness, deployedAt + minute);
      await report(harness, 'd42', deployedAt, v42);
      await until(harness, brokenAt + minute);
      const [suspect] = harness.incidents()[0]?.suspects ?? [];
      expect(Math.abs((suspect?.onsetAfterMs ?? 0) - 4 * minute)).toBeLessThan(10 * second);
      expect(suspect).toMatchObject({ sureness: 'likely', shift: { against: 'change' } });
    },
  );

  test('counts as failed once the incident is closed and its watch is over, with the time it took to be back', async () => {
    const settled: SettledDeployment[] = [];
    const telemetry = { deploymentSettled: (each: SettledDeployment) => void settled.push(each) };
    await using harness = await aDaemon({ telemetry });
    await until(harness, deployedAt + minute);
    await report(harness, 'd42', deployedAt, v42);
    await until(harness, 60 * minute);
    expect(harness.incidents()).toMatchObject([{ phase: 'closed' }]);
    expect(settled).toEqual([]);
    await until(harness, deployedAt + 30 * second + 10 * minute + 16 * minute);
    expect(settled).toMatchObject([{ change: 'd42', result: 'failed' }]);
    const [recoveryMs = 0] = settled[0]?.recoveriesMs ?? [];
    expect(Math.abs(recoveryMs - 3 * minute)).toBeLessThan(15 * second);
    expect(harness.daemon.delivery.report({ service: 'checkout', days: 1 }, harness.clock.now())).toMatchObject({
      deployments: 1,
      failed: 1,
      changeFailureRate: 1,
    });
    // After a restart the log tells the same, once.
    await harness.stop();
    settled.length = 0;
    await harness.start();
    await harness.advance(30 * second);
    expect(settled.map(({ change, result }) => [change, result])).toEqual([['d42', 'failed']]);
  });

  test('is named when it is reported late, and confounded when a second one comes to light', async () => {
    await using harness = await aDaemon();
    await until(harness, brokenAt + minute);
    expect(harness.channel.sent[0]?.page.suspects).toBeUndefined();
    await report(harness, 'd42', deployedAt, v42);
    await harness.advance(second);
    expect(harness.incidents()[0]?.suspects).toMatchObject([{ change: 'd42', standing: 'suspect' }]);
    await report(harness, 'd43', deployedAt + minute, { version: 'v43' });
    await harness.advance(second);
    const [incident] = harness.incidents();
    expect(incident?.suspects?.map(({ change, standing }) => [change, standing])).toEqual([
      ['d43', 'confounded'],
      ['d42', 'confounded'],
    ]);
    await report(harness, 'd43', deployedAt + minute, { rollback: 'undo 43' });
    await harness.advance(second);
    expect(harness.incidents()[0]?.suspects?.[0]?.rollback).toBe('undo 43');
    const types = harness.daemon.book.get(incident?.id ?? '')?.timeline.map(({ type }) => type);
    expect(types?.filter((type) => type === 'suspected')).toHaveLength(3);
  });

  test('is not blamed when it began after the onset, nor when it remedies the incident', async () => {
    await using harness = await aDaemon();
    await until(harness, brokenAt + minute);
    const [incident] = harness.incidents();
    await report(harness, 'd43', brokenAt + 30 * second);
    const remedies = { incident: incident?.id ?? '', by: 'ada', reason: 'scale out' };
    await report(harness, 'fix', harness.clock.now() - start, { remedies });
    await harness.advance(second);
    expect(harness.incidents()[0]?.suspects).toBeUndefined();
  });

  test('is not cleared by saying that it is the fix', async () => {
    await using harness = await aDaemon();
    await report(harness, 'd42', deployedAt, v42);
    await until(harness, brokenAt + minute);
    const [incident] = harness.incidents();
    const remedies = { incident: incident?.id ?? '', by: 'ada', reason: 'ship it' };
    const claimed = await harness.daemon.changeDesk.report({ change: 'd42', service: 'checkout', remedies }, 'cli');
    expect(claimed).toMatchObject({ kind: 'not-a-remedy', change: 'd42' });
    expect(harness.daemon.gates.ask('checkout', 'd42')).toMatchObject({ action: 'abort', reason: 'incident-open' });
    await harness.advance(second);
    expect(harness.incidents()[0]?.suspects).toMatchObject([{ change: 'd42', standing: 'suspect' }]);
  });

  test('is not said again when nothing that is told of it is news', async () => {
    await using harness = await aDaemon();
    await report(harness, 'd42', deployedAt, v42);
    await until(harness, brokenAt + minute);
    const said = () =>
      harness.daemon.book.get(harness.incidents()[0]?.id ?? '')?.timeline.filter(({ type }) => type === 'suspected')
        .length;
    const before = said() ?? 0;
    await report(harness, 'd42', deployedAt, { ...v42, finishedAt: start + deployedAt + 40 * second });
    await harness.advance(second);
    expect(said()).toBe(before);
    await report(harness, 'd42', deployedAt, { rollback: 'undo 42 now' });
    await harness.advance(second);
    expect(said()).toBe(before + 1);
  });

  test('is not blamed for what was as bad before it', async () => {
    const traffic: Traffic = { perSecond: () => 20, badShare: (t) => (t >= 38 * minute ? 0.3 : 0.0005) };
    await using harness = await aDaemon({ traffic });
    await report(harness, 'd42', 38 * minute + 30 * second, v42);
    await until(harness, 41 * minute);
    expect(harness.incidents()).toHaveLength(1);
    expect(harness.incidents()[0]?.suspects).toBeUndefined();
  });
});

describe('a bake watch', () => {
  /** Worse than before by too little to stop the line. */
  const slowly: Traffic = { perSecond: () => 50, badShare: (t) => (t >= deployedAt + 20 * second ? 0.01 : 0.0005) };

  test('says that a service does worse since a deploy, and the gate warns while that lasts', async () => {
    const settled: SettledDeployment[] = [];
    await using harness = await aDaemon({
      traffic: slowly,
      telemetry: { deploymentSettled: (each) => void settled.push(each) },
    });
    await until(harness, deployedAt + minute);
    await report(harness, 'd42', deployedAt, v42);
    await until(harness, deployedAt + 4 * minute);
    const change = harness.daemon.changes.get('checkout', 'd42');
    expect(change?.bake).toMatchObject({
      verdict: 'worse',
      comparisons: [{ signal: 'success_rate', verdict: 'worse' }],
    });
    expect(harness.daemon.gates.ask('checkout').findings).toContainEqual(
      expect.objectContaining({ state: 'warn', reason: 'bake-worse', change: 'd42' }),
    );
    expect(harness.channel.sent).toEqual([]);
    await until(harness, deployedAt + 27 * minute);
    expect(harness.daemon.changes.get('checkout', 'd42')?.bake).toMatchObject({
      verdict: 'worse',
      finishedAt: expect.any(Number),
    });
    expect(harness.daemon.gates.ask('checkout').findings.map(({ reason }) => reason)).not.toContain('bake-worse');
    expect(settled).toMatchObject([{ result: 'unknown' }]);
  });

  test('keeps what was clearly worse for a part of its window, with when that was', async () => {
    const traffic: Traffic = {
      perSecond: () => 50,
      badShare: (t) => (t >= deployedAt + 20 * second && t < deployedAt + minute ? 0.015 : 0.0005),
    };
    // So long that its end sees little of it.
    const patient = aService({ changes: { bakeMs: 60 * minute }, rules: [] });
    await using harness = await aDaemon({ traffic, services: [patient] });
    await until(harness, deployedAt + minute);
    await report(harness, 'd42', deployedAt, v42);
    await until(harness, deployedAt + 10 * minute);
    const seen = harness.daemon.changes.get('checkout', 'd42')?.bake;
    expect(seen).toMatchObject({ verdict: 'worse' });
    const { words = '' } =
      harness.daemon.gates.ask('checkout').findings.find(({ reason }) => reason === 'bake-worse') ?? {};
    expect(words).toContain(`counted until ${clockTime(seen?.lookedUntil ?? 0, harness.clock.now())}: `);
    await until(harness, deployedAt + 80 * minute);
    expect(harness.daemon.changes.get('checkout', 'd42')?.bake).toEqual({ ...seen, finishedAt: expect.any(Number) });
  });

  test.each<[string, Traffic, string, string]>([
    ['nothing changed', { perSecond: () => 50, badShare: () => 0.0005 }, 'unharmed', 'unharmed'],
    ['hardly anybody comes', { perSecond: () => 0.02, badShare: () => 0 }, 'no-data', 'unknown'],
  ])('ends with what it saw: %s', async (_name, traffic, verdict, result) => {
    const settled: SettledDeployment[] = [];
    await using harness = await aDaemon({
      traffic,
      telemetry: { deploymentSettled: (each) => void settled.push(each) },
    });
    await until(harness, deployedAt + minute);
    await report(harness, 'd42', deployedAt, v42);
    await until(harness, deployedAt + 27 * minute);
    expect(harness.daemon.changes.get('checkout', 'd42')?.bake).toMatchObject({ verdict });
    expect(settled).toMatchObject([{ change: 'd42', result }]);
  });

  test('waits for a source that does not answer, and says so in the end', async () => {
    await using harness = await aDaemon({ traffic: slowly });
    await report(harness, 'd42', 38 * minute, v42);
    harness.source.failure = { reason: 'unavailable', detail: 'connection refused' };
    await until(harness, 38 * minute + 27 * minute);
    expect(harness.daemon.changes.get('checkout', 'd42')?.bake).toBeUndefined();
    await until(harness, 38 * minute + 90 * minute);
    expect(harness.daemon.changes.get('checkout', 'd42')?.bake).toMatchObject({
      verdict: 'no-data',
      gap: 'source-failed',
    });
  });
});
