import { describe, expect, test } from '@jest/globals';
import { describeClaim } from '../../../src/app/changes/claim-book.ts';
import type { ChangeReport } from '../../../src/domain/change/change-event.ts';
import type { SettledDeployment } from '../../../src/domain/change/delivery-metrics.ts';
import { DaemonHarness, type HarnessOptions } from '../../support/daemon-harness.ts';
import { aService, start, type Traffic } from '../../support/simulation.ts';

const minute = 60_000;
const second = 1000;
/** On the simulation's clock: off for three minutes, back, and off again for three while it is watched. */
const brokenAt = 44 * minute;
const backAt = 47 * minute;
const againAt = 52 * minute;
const mendedAt = 55 * minute;
const twice: Traffic = {
  perSecond: () => 20,
  badShare: (t) => ((t >= brokenAt && t < backAt) || (t >= againAt && t < mendedAt) ? 0.3 : 0.0005),
};
const service = aService({ changes: { bakeMs: 10 * minute } });

async function aDaemon(options: Partial<HarnessOptions> = {}): Promise<DaemonHarness> {
  return await new DaemonHarness({ traffic: twice, services: [service], startsAt: 39 * minute, ...options }).start();
}

async function until(harness: DaemonHarness, t: number): Promise<void> {
  await harness.advance(start + t - harness.clock.now());
}

async function report(harness: DaemonHarness, change: string, facts: Partial<ChangeReport> = {}) {
  return await harness.daemon.changeDesk.report({ change, service: 'checkout', ...facts }, 'cli');
}

function theIncident(harness: DaemonHarness) {
  const [incident] = harness.incidents();
  if (incident === undefined) throw new Error('no incident opened');
  return incident;
}

/** How many events the relapse is held against. */
function countedBefore(harness: DaemonHarness): number {
  return theIncident(harness).lastRelapses?.[0]?.suspects?.[0]?.shift.before?.total ?? NaN;
}
/** What is counted between the two, and no event of the time before. */
const betweenEvents = ((againAt - backAt) / second) * 20;

const v66: Partial<ChangeReport> = { version: 'v66', rollback: 'undo v66' };

/** Up to just after a relapse that a deploy three seconds before it caused. */
async function aRelapse(harness: DaemonHarness): Promise<void> {
  await until(harness, againAt - 3 * second);
  expect(theIncident(harness).phase).toBe('watching');
  await report(harness, 'bad-deploy', v66);
  await until(harness, againAt + minute);
  expect(theIncident(harness)).toMatchObject({ phase: 'open', relapses: 1 });
}

describe('a deploy that causes a relapse', () => {
  test('is named in the page of the relapse, with the way back, and blamed for nothing before it', async () => {
    await using harness = await aDaemon();
    await aRelapse(harness);
    const incident = theIncident(harness);
    expect(incident.suspects).toBeUndefined();
    expect(incident.lastRelapses).toMatchObject([
      { number: 1, suspects: [{ change: 'bad-deploy', standing: 'suspect', sureness: 'likely' }] },
    ]);
    expect(Math.abs(countedBefore(harness) - betweenEvents)).toBeLessThan(0.1 * betweenEvents);
    const onset = incident.lastRelapses?.[0]?.onset.at ?? 0;
    expect(Math.abs(onset - start - againAt)).toBeLessThan(10 * second);
    expect(incident.onset.at).toBeLessThan(start + backAt);
    const page = harness.channel.sent.find(({ kind }) => kind === 'relapsed')?.page;
    expect(page?.title).toMatch(/^checkout: off again since 02:52:\d\d UTC, \ds after deploy v66: success rate /);
    expect(page?.suspects).toMatchObject([{ change: 'bad-deploy', rollback: 'undo v66' }]);
  });

  test('is not believed to be the remedy, and its gate does not pass', async () => {
    await using harness = await aDaemon();
    await aRelapse(harness);
    const { id } = theIncident(harness);
    const remedies = { incident: id, by: 'eve', reason: 'ship it' };
    expect(await report(harness, 'bad-deploy', { remedies })).toMatchObject({ kind: 'not-a-remedy' });
    expect(harness.daemon.gates.ask('checkout', 'bad-deploy')).toMatchObject({ action: 'abort' });
    expect(harness.daemon.gates.ask('checkout').words).toMatch(/^checkout is off again since 02:52:\d\d UTC /);
    const [refused] = harness.daemon.changeDesk.claims(id);
    expect(refused && describeClaim(refused)).toMatch(
      /not believed: it began or was known before service was off again$/,
    );
    // What begins after the relapse may be the fix of it.
    expect(await report(harness, 'fix', { remedies })).toMatchObject({ kind: 'recorded' });
    expect(harness.daemon.gates.ask('checkout', 'fix')).toMatchObject({ action: 'go', reason: 'remedy' });
    expect(harness.daemon.changeDesk.claims(id).map(({ kind, change }) => [kind, change])).toEqual([
      ['remedy-refused', 'bad-deploy'],
      ['remedy-claimed', 'fix'],
    ]);
  });

  test('is named when it is reported after the relapse, and after a restart too', async () => {
    await using harness = await aDaemon();
    await until(harness, againAt + minute);
    expect(theIncident(harness).lastRelapses?.[0]?.suspects).toBeUndefined();
    await report(harness, 'bad-deploy', { ...v66, startedAt: start + againAt - 3 * second });
    await harness.advance(second);
    const named = [{ number: 1, suspects: [{ change: 'bad-deploy' }] }];
    expect(theIncident(harness)).toMatchObject({ lastRelapses: named });
    expect(theIncident(harness).suspects).toBeUndefined();
    expect(Math.abs(countedBefore(harness) - betweenEvents)).toBeLessThan(0.1 * betweenEvents);
    await harness.stop();
    await harness.start();
    expect(theIncident(harness)).toMatchObject({ lastRelapses: named });
  });

  test('counts as failed, once, with the time from the relapse to the recovery', async () => {
    const settled: SettledDeployment[] = [];
    await using harness = await aDaemon({
      telemetry: { deploymentSettled: (each) => void settled.push(each) },
    });
    await aRelapse(harness);
    await until(harness, againAt + 95 * minute);
    expect(theIncident(harness).phase).toBe('closed');
    expect(settled).toMatchObject([{ change: 'bad-deploy', result: 'failed', isRework: false }]);
    expect(settled[0]?.recoveriesMs).toHaveLength(1);
    expect(Math.abs((settled[0]?.recoveriesMs[0] ?? 0) - 3 * minute)).toBeLessThan(15 * second);
  });
});

describe('a fix that was believed before the relapse', () => {
  test('passes on, and is a suspect of the relapse while it is being made, as any change is', async () => {
    await using harness = await aDaemon();
    await until(harness, brokenAt + 2 * minute);
    const { id } = theIncident(harness);
    const remedies = { incident: id, by: 'ada', reason: 'reverts 81d0e44' };
    expect(await report(harness, 'fix', { remedies, version: 'v43' })).toMatchObject({ kind: 'recorded' });
    await until(harness, againAt + minute);
    expect(theIncident(harness)).toMatchObject({ phase: 'open', relapses: 1 });
    expect(harness.daemon.gates.ask('checkout', 'fix')).toMatchObject({ action: 'go', reason: 'remedy' });
    const again = { ...remedies, reason: 'reverts 81d0e44, second step' };
    expect(await report(harness, 'fix', { remedies: again })).toMatchObject({ kind: 'recorded' });
    expect(theIncident(harness).suspects).toBeUndefined();
    expect(theIncident(harness).lastRelapses?.[0]?.suspects).toMatchObject([{ change: 'fix' }]);
  });
});

describe('what was over when service was back', () => {
  const ended = { finishedAt: start + brokenAt - minute, outcome: 'succeeded' } as const;
  const d42: Partial<ChangeReport> = { version: 'v42', startedAt: start + brokenAt - 2 * minute };

  /** A deploy that broke it first, what was done then, and a deploy that broke it again. */
  async function aSecondCulprit(
    harness: DaemonHarness,
    first: Partial<ChangeReport>,
    meanwhile: (incident: string) => Promise<unknown>,
  ): Promise<void> {
    await until(harness, brokenAt - second);
    await report(harness, 'd42', { ...d42, ...first });
    await until(harness, brokenAt + 2 * minute);
    expect(theIncident(harness).suspects).toMatchObject([{ change: 'd42', standing: 'suspect' }]);
    await meanwhile(theIncident(harness).id);
    await aRelapse(harness);
    expect(theIncident(harness).lastRelapses).toMatchObject([
      { suspects: [{ change: 'bad-deploy', standing: 'suspect', sureness: 'likely', others: 0 }] },
    ]);
    expect(theIncident(harness).suspects).toMatchObject([{ change: 'd42', standing: 'suspect' }]);
  }

  test.each<[string, Partial<ChangeReport>, (harness: DaemonHarness, incident: string) => Promise<unknown>]>([
    ['the culprit of the first time, over long before', ended, async () => await Promise.resolve()],
    [
      'a culprit that was rolled back, though that was told after service was back',
      {},
      async (harness) => {
        await until(harness, backAt + minute);
        return await report(harness, 'd42', { outcome: 'rolled-back' });
      },
    ],
    [
      'a fix that was only announced at the gate',
      ended,
      async (harness, incident) =>
        await report(harness, 'fix-43', { remedies: { incident, by: 'ada', reason: 'mends it' } }),
    ],
    [
      'a fix whose end was told just after service was back',
      ended,
      async (harness, incident) => {
        await report(harness, 'fix-43', { version: 'v43', remedies: { incident, by: 'ada', reason: 'mends it' } });
        await until(harness, backAt + second);
        return await report(harness, 'fix-43', { outcome: 'succeeded' });
      },
    ],
    [
      'a fix that nobody called one, over just after service was back',
      ended,
      async (harness) => {
        await report(harness, 'fix-43', { version: 'v43' });
        await until(harness, backAt + second);
        return await report(harness, 'fix-43', { outcome: 'succeeded' });
      },
    ],
    [
      'a fix that was made before it',
      ended,
      async (harness, incident) =>
        await report(harness, 'fix-43', {
          version: 'v43',
          outcome: 'succeeded',
          remedies: { incident, by: 'ada', reason: 'mends it' },
        }),
    ],
  ])('leaves the relapse to what came after it: %s', async (_name, first, meanwhile) => {
    const settled: SettledDeployment[] = [];
    await using harness = await aDaemon({
      telemetry: { deploymentSettled: (each) => void settled.push(each) },
    });
    await aSecondCulprit(harness, first, async (incident) => await meanwhile(harness, incident));
    await until(harness, againAt + 100 * minute);
    const results = new Map(settled.map(({ change, result }) => [change, result]));
    expect([results.get('d42'), results.get('bad-deploy')]).toEqual(['failed', 'failed']);
    // Each is put down what it caused itself.
    for (const { change, recoveriesMs } of settled)
      if (change !== 'fix-43') expect(Math.abs((recoveriesMs[0] ?? NaN) - 3 * minute)).toBeLessThan(15 * second);
    // What was only announced was never made.
    const fix = harness.daemon.changes.get('checkout', 'fix-43');
    expect(results.has('fix-43')).toBe(fix !== undefined && fix.told.announced === undefined);
  });

  test('is not charged with a relapse that only others may have caused, though nobody can tell which', async () => {
    const settled: SettledDeployment[] = [];
    await using harness = await aDaemon({
      telemetry: { deploymentSettled: (each) => void settled.push(each) },
    });
    await until(harness, brokenAt - second);
    await report(harness, 'd42', { ...d42, ...ended });
    await until(harness, againAt - 4 * second);
    await report(harness, 'd44', { version: 'v44' });
    await aRelapse(harness);
    expect(theIncident(harness).lastRelapses?.[0]?.suspects?.map(({ change, standing }) => [change, standing])).toEqual(
      [
        ['bad-deploy', 'confounded'],
        ['d44', 'confounded'],
      ],
    );
    await until(harness, againAt + 100 * minute);
    const results = settled.map(({ change, result }) => [change, result]);
    expect(results.toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1))).toEqual([
      ['bad-deploy', 'unknown'],
      ['d42', 'failed'],
      ['d44', 'unknown'],
    ]);
    const charged = settled.find(({ change }) => change === 'd42')?.recoveriesMs[0] ?? NaN;
    expect(Math.abs(charged - 3 * minute)).toBeLessThan(15 * second);
  });

  test('is a suspect of the relapse all the same where it was still being made', async () => {
    await using harness = await aDaemon();
    await until(harness, brokenAt - second);
    await report(harness, 'd42', d42);
    await aRelapse(harness);
    expect(theIncident(harness).lastRelapses?.[0]?.suspects?.map(({ change }) => change)).toEqual([
      'bad-deploy',
      'd42',
    ]);
    // Its end, told late, clears it.
    await report(harness, 'd42', ended);
    await harness.advance(second);
    expect(theIncident(harness).lastRelapses?.[0]?.suspects).toMatchObject([
      { change: 'bad-deploy', standing: 'suspect' },
    ]);
  });
});

test('a fix that was only announced is not watched, not counted and confounds nothing, until more is told of it', async () => {
  const traffic: Traffic = { perSecond: () => 20, badShare: (t) => (t >= brokenAt && t < backAt ? 0.3 : 0.0005) };
  await using harness = await aDaemon({ traffic });
  await until(harness, brokenAt - second);
  const end = { startedAt: start + brokenAt - 2 * minute, finishedAt: start + brokenAt - minute };
  await report(harness, 'd42', { version: 'v42', ...end });
  await until(harness, brokenAt + 2 * minute);
  const remedies = { incident: theIncident(harness).id, by: 'ada', reason: 'reverts it' };
  const claimedAt = harness.clock.now();
  await report(harness, 'fix-43', { remedies });
  const deployments = (): number =>
    harness.daemon.delivery.report({ service: 'checkout', days: 1 }, harness.clock.now()).deployments;
  expect(harness.daemon.changes.baking().map(({ id }) => id)).toEqual(['d42']);
  await until(harness, brokenAt + 26 * minute);
  const { bake } = harness.daemon.changes.get('checkout', 'd42') ?? {};
  expect(bake).toMatchObject({ verdict: 'worse', finishedAt: expect.any(Number) });
  expect(deployments()).toBe(1);
  expect(await report(harness, 'fix-43', { startedAt: claimedAt })).toMatchObject({ kind: 'recorded' });
  expect(harness.daemon.changes.get('checkout', 'fix-43')?.told).not.toHaveProperty('announced');
  expect(harness.daemon.changes.baking().map(({ id }) => id)).toEqual(['fix-43']);
  expect(deployments()).toBe(2);
});
