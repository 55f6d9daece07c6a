import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPrometheusSource } from '../../../src/adapters/prometheus/source.ts';
import { changesKept } from '../../../src/app/changes/change-book.ts';
import { createChangeDesk, type ChangeDesk } from '../../../src/app/changes/change-desk.ts';
import { ClaimBook } from '../../../src/app/changes/claim-book.ts';
import { DeploymentWatch, lookEveryMs } from '../../../src/app/changes/deployment-watch.ts';
import { checkDeployment } from '../../../src/app/live-check/check-deployment.ts';
import { IncidentBook } from '../../../src/app/recording/incident-book.ts';
import { silentTelemetry } from '../../../src/app/ports/telemetry.ts';
import { aGateBench, type GateBench } from '../../support/gate-bench.ts';
import { kubeStateMetrics, type ShownDeployment } from '../../support/kube-state-metrics.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { startPrometheus } from '../../support/prometheus-server.ts';
import type { RealServer } from '../../support/real-server.ts';
import { startScrapeTarget, type ScrapeTarget } from '../../support/scrape-target.ts';
import { aService } from '../../support/simulation.ts';
import { until } from '../../support/until.ts';

const place = { namespace: 'shop', deployment: 'checkout', labels: {} };
const steady: ShownDeployment = {
  generation: 11,
  sets: { 'checkout-old': 0, 'checkout-aaa': 3 },
  replicas: 3,
  updated: 3,
  unavailable: 0,
};
const rolling = {
  ...steady,
  generation: 12,
  sets: { 'checkout-old': 0, 'checkout-aaa': 2, 'checkout-bbb': 2 },
  updated: 2,
  unavailable: 1,
};
const done = {
  ...rolling,
  sets: { 'checkout-old': 0, 'checkout-aaa': 0, 'checkout-bbb': 3 },
  updated: 3,
  unavailable: 0,
};
const scaled = { ...done, generation: 13, sets: { 'checkout-bbb': 6 }, replicas: 6, updated: 6 };

let target: ScrapeTarget;
let prometheus: RealServer;
let source: ReturnType<typeof createPrometheusSource>;
beforeAll(async () => {
  target = await startScrapeTarget(kubeStateMetrics(steady));
  const jobs = [{ job: 'kube-state-metrics', targets: [target.address] }];
  prometheus = await startPrometheus({ jobs, scrapeIntervalMs: 200 });
  source = createPrometheusSource({ name: 'default', url: prometheus.url });
}, 30_000);
afterAll(async () => {
  await source.close();
  await prometheus.stop();
  await target.stop();
});

/** Resolves once the source answers with what is shown now. */
async function shown(deployment: ShownDeployment): Promise<void> {
  target.set(kubeStateMetrics(deployment));
  const matcher = (name: string): string => `${name}{namespace="shop",deployment="checkout"}`;
  const query = `${matcher('kube_deployment_status_observed_generation')} * 100 + ${matcher('kube_deployment_status_replicas_updated')}`;
  await until(
    async () => {
      const asked = await source.values(query, new AbortController().signal);
      const [value] = asked.kind === 'ok' ? asked.values : [];
      return value === deployment.generation * 100 + deployment.updated ? true : undefined;
    },
    { what: 'a scrape of what is shown', withinMs: 10_000 },
  );
}

interface Watching extends AsyncDisposable {
  readonly gates: GateBench;
  readonly desk: ChangeDesk;
  readonly log: ReturnType<typeof memoryLog>;
  /** Waits for the next look to have ended. */
  look(): Promise<void>;
}

/**
 * A watch over the real source; `gates` holds the log of one that ran before. The source's clock is that of the machine, as
 * the samples' times are, and Andon's is `behindMs` behind it. `readTakesMs`: how far both go on during a read.
 */
function watching(gates = aGateBench(), behindMs = 0, readTakesMs = 0): Watching {
  gates.poll('checkout', 1);
  let passedMs = 0;
  const sourceNow = (): number => Date.now() + passedMs;
  const now = (): number => sourceNow() - behindMs;
  const slow: typeof source = {
    ...source,
    async read(...asked) {
      const outcomes = await source.read(...asked);
      passedMs += readTakesMs;
      return outcomes;
    },
  };
  const clock = new ManualClock();
  const log = memoryLog();
  const desk = createChangeDesk({
    claims: new ClaimBook(),
    store: gates.store,
    book: gates.changes,
    incidents: new IncidentBook(),
    clock: { now },
    log,
    telemetry: silentTelemetry,
    fleet: { names: () => ['checkout'], look: (service) => gates.look(service) },
  });
  const service = aService({ name: 'checkout', changes: { bakeMs: 7_200_000, seenIn: place } });
  /** How often the watch has gone to sleep until its next look. */
  let looks = 0;
  const watch = new DeploymentWatch({
    clock: {
      now,
      monotonic: () => clock.monotonic(),
      sleep: async (ms, signal) => {
        if (ms === lookEveryMs) looks += 1;
        await clock.sleep(ms, signal);
      },
    },
    log,
    desk,
    names: () => ['checkout', 'search'],
    sight: (name) =>
      name === 'checkout'
        ? { service, source: slow, signals: new Map(), budgets: [], sourceNow: sourceNow(), intervalMs: 200 }
        : undefined,
  });
  const stop = new AbortController();
  const running = watch.run(stop.signal);
  return {
    gates,
    desk,
    log,
    async look() {
      const before = looks;
      await clock.advance(lookEveryMs);
      await until(() => (looks > before ? true : undefined), { what: 'the end of a look', withinMs: 20_000 });
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

describe('a deployment in the metrics of kube-state-metrics', () => {
  test('is seen to be changed once, not when it is scaled, and not again after a restart', async () => {
    await shown(steady);
    const gates = aGateBench();
    {
      await using watch = watching(gates);
      await watch.look();
      expect(watch.desk.list('checkout', 10)).toEqual([]);

      await shown(rolling);
      await watch.look();
      await watch.look();
      expect(watch.desk.list('checkout', 10)).toMatchObject([
        { id: 'shop/checkout@bbb-12', origin: 'prometheus', version: 'checkout-bbb', before: 'checkout-aaa' },
      ]);
      expect(watch.desk.list('checkout', 10)?.[0]?.outcome).toBeUndefined();
    }
    {
      // What ended while nobody looked is found by the one that looks next.
      await shown(done);
      await using watch = watching(gates);
      await watch.look();
      expect(watch.desk.list('checkout', 10)).toMatchObject([{ id: 'shop/checkout@bbb-12', outcome: 'succeeded' }]);

      await shown(scaled);
      await watch.look();
      expect(gates.written).toHaveLength(2);
    }
    await using again = watching(gates);
    await again.look();
    expect(gates.written).toHaveLength(2);
  }, 40_000);

  test('is named by its revision where annotations are exported', async () => {
    const withoutSets = { ...scaled, showsSets: false };
    await shown({ ...withoutSets, generation: 20, revision: 7 });
    await using watch = watching();
    await watch.look();
    await shown({ ...withoutSets, generation: 21, revision: 8 });
    await watch.look();
    expect(watch.desk.list('checkout', 10)).toMatchObject([
      { id: 'shop/checkout@8', version: 'revision 8', before: 'revision 7', outcome: 'succeeded' },
    ]);

    // Made anew, it counts from 1 again.
    await shown({ ...withoutSets, generation: 1, revision: 1, created: Date.UTC(2026, 7, 22, 2) / 1000 });
    await watch.look();
    expect(watch.desk.list('checkout', 1)).toMatchObject([
      { id: 'shop/checkout@1-20260822T020000Z', version: 'revision 1', before: 'revision 8' },
    ]);
  }, 20_000);

  test('is changed at the time of Andon’s clock, whatever the source says the time is, and rolled back when it is undone', async () => {
    const base = { ...scaled, showsSets: true };
    await shown({ ...base, generation: 30, sets: { 'checkout-ccc': 6 } });
    const behindMs = 600_000;
    await using watch = watching(aGateBench(), behindMs);
    await watch.look();
    await shown({ ...base, generation: 31, sets: { 'checkout-ccc': 0, 'checkout-ddd': 6 } });
    const before = Date.now() - behindMs;
    await watch.look();
    const [change] = watch.desk.list('checkout', 10) ?? [];
    expect(change).toMatchObject({ id: 'shop/checkout@ddd-31', outcome: 'succeeded' });
    expect(Math.abs((change?.startedAt ?? 0) - before)).toBeLessThan(60_000);

    await shown({ ...base, generation: 32, sets: { 'checkout-ccc': 6, 'checkout-ddd': 0 } });
    await watch.look();
    expect(watch.desk.list('checkout', 10)).toMatchObject([
      { id: 'shop/checkout@ccc-32', outcome: 'succeeded' },
      { id: 'shop/checkout@ddd-31', outcome: 'rolled-back' },
    ]);
  }, 20_000);

  test('is changed when it was looked at, however long the source takes to answer', async () => {
    const base = { ...scaled, showsSets: true };
    await shown({ ...base, generation: 35, sets: { 'checkout-ccc': 6 } });
    await using watch = watching(aGateBench(), 600_000, 100_000);
    await watch.look();
    await shown({ ...base, generation: 36, sets: { 'checkout-ccc': 0, 'checkout-ddd': 6 } });
    // One read is over by now.
    const before = Date.now() - 600_000 + 100_000;
    await watch.look();
    const [change] = watch.desk.list('checkout', 10) ?? [];
    expect(change).toMatchObject({ id: 'shop/checkout@ddd-36', outcome: 'succeeded' });
    expect(Math.abs((change?.startedAt ?? 0) - before)).toBeLessThan(60_000);
  }, 20_000);

  test('that is undone makes no other change of one that is not remembered any more', async () => {
    const base = { ...scaled, showsSets: true };
    await shown({ ...base, generation: 40, sets: { 'checkout-eee': 6 } });
    await using watch = watching();
    await watch.look();
    await shown({ ...base, generation: 41, sets: { 'checkout-eee': 0, 'checkout-fff': 6 } });
    await watch.look();
    expect(watch.desk.get('checkout', 'shop/checkout@fff-41')).toBeDefined();
    for (let number = 0; number < changesKept; number += 1)
      watch.gates.report({ change: `deploy-${number}`, service: 'checkout' });

    await shown({ ...base, generation: 42, sets: { 'checkout-eee': 6, 'checkout-fff': 0 } });
    await watch.look();
    expect(watch.desk.get('checkout', 'shop/checkout@eee-42')).toMatchObject({ outcome: 'succeeded' });
    expect(watch.desk.get('checkout', 'shop/checkout@fff-41')).toBeUndefined();
  }, 20_000);

  test('that cannot be seen is told by the check', async () => {
    const check = async (deployment: string): Promise<unknown> =>
      await checkDeployment({ ...place, deployment }, source, new AbortController().signal);
    expect(await check('checkout')).toEqual([]);
    expect(await check('checkuot')).toMatchObject([
      { said: { code: 'live-no-deployment', message: expect.stringContaining('shop/checkuot') as unknown } },
    ]);
    // Of `search` there is a generation; of `other` nothing that tells templates apart.
    target.set('kube_deployment_status_observed_generation{namespace="shop",deployment="other"} 1\n');
    await until(async () => (JSON.stringify(await check('other')).includes('live-changes-unseen') ? true : undefined), {
      what: 'a finding',
      withinMs: 10_000,
    });
  }, 20_000);

  test('whose source does not answer is said once, and seen when it answers again', async () => {
    await using watch = watching();
    await prometheus.stop();
    await watch.look();
    await watch.look();
    expect(watch.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  }, 40_000);
});
