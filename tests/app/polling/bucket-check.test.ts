import { expect, test } from '@jest/globals';
import type { BucketsAnswer } from '../../../src/app/ports/buckets.ts';
import type { Clock } from '../../../src/app/ports/clock.ts';
import type { LatencySignal, Service } from '../../../src/domain/service/service.ts';
import { DaemonHarness, polled } from '../../support/daemon-harness.ts';
import { aLatency, HistogramSource, type Pod } from '../../support/histogram-source.ts';
import { aRule, aService, below, start, stepFault } from '../../support/simulation.ts';

const minute = 60_000;
const begin = start + 30 * minute;
const none = stepFault(0, 0, 0);

/** A source that answers everything at once but which buckets there are. */
class SlowToSayBuckets extends HistogramSource {
  /** How long it takes over that, ms on the clock. */
  answersAfterMs = 0;
  /** When it was asked for them while it was slow. */
  readonly asked: number[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock, pods: readonly Pod[], share: (seconds: number, at: number) => number) {
    super(clock, pods, share);
    this.#clock = clock;
  }

  override async buckets(
    signals: readonly LatencySignal[],
    at?: number,
    signal?: AbortSignal,
  ): Promise<readonly BucketsAnswer[]> {
    if (this.answersAfterMs > 0) {
      this.asked.push(this.#clock.now());
      await this.#clock.sleep(this.answersAfterMs, signal);
      const failure = { reason: 'timeout', detail: 'no answer in time' } as const;
      if (signal?.aborted === true) return signals.map(() => ({ kind: 'failed', failure }));
    }
    return await super.buckets(signals, at);
  }
}

function aShop(name: string): Service {
  return aService({
    name,
    signals: [aLatency(0.3)],
    endState: {
      summary: 'Customers need not wait',
      holdMs: minute,
      watchMs: 5 * minute,
      targets: [{ signal: 'latency', bound: 'atLeast', value: 0.9, overMs: minute, unit: 'ratio' }],
    },
    rules: [aRule({ name: 'slow', when: below('latency', minute, 0.9) })],
  });
}

/** Many services, more than are read in one go, all of which become slow at an instant. */
async function aMassOutage(slowFrom: number, pods: readonly Pod[]) {
  const services = Array.from({ length: 60 }, (_, index) => aShop(`shop-${index}`));
  const run = new DaemonHarness({ traffic: none, services });
  const source = new SlowToSayBuckets(run.clock, pods, (_, at) => (at >= slowFrom ? 0.1 : 0.99));
  run.configured = { ...run.configured, sources: [polled(source)] };
  await run.start();
  return { run, source, services };
}

test('a mass outage is told two seconds later at most where the source is slow to say which buckets there are', async () => {
  const pods = [{ bounds: [0.25, 0.3, 0.5], from: start, to: Infinity }];
  const { run, source, services } = await aMassOutage(begin + 3 * minute, pods);
  await using stopped = run;
  await stopped.advance(2 * minute);
  source.answersAfterMs = 10 * minute;
  await stopped.advance(2 * minute);

  const incidents = run.incidents();
  expect(incidents).toHaveLength(services.length);
  for (const { timeToNotifyMs } of incidents) expect(timeToNotifyMs).toBeLessThanOrEqual(2_250);
  // The look that ran out spared the rest of its poll, and comes again with the next news only.
  expect(source.asked.length).toBeGreaterThan(0);
  const pauses = source.asked.slice(1).map((at, index) => at - (source.asked[index] ?? at));
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(5_000);
});

test('what a slow look found out in time is heeded for all services of the poll', async () => {
  const gone = begin + 3 * minute + 1_000;
  const pods = [
    { bounds: [0.25, 0.3, 0.5], from: start, to: Infinity },
    { bounds: [0.25, 0.5], from: gone, to: Infinity },
  ];
  const { run, source } = await aMassOutage(Infinity, pods);
  await using stopped = run;
  await stopped.advance(2 * minute);
  source.answersAfterMs = 1_500;
  await stopped.advance(6 * minute);

  expect(source.asked.length).toBeGreaterThan(0);
  expect(run.incidents()).toEqual([]);
  expect(run.channel.sent).toEqual([]);
});

test('a source that never says its buckets holds a poll up for two seconds, once a minute', async () => {
  const at: number[] = [];
  const run = new DaemonHarness({
    traffic: none,
    services: [aShop('shop')],
    telemetry: { pollFinished: (_, poll) => void at.push(poll.durationMs) },
  });
  const pods = [{ bounds: [0.25, 0.3, 0.5], from: start, to: Infinity }];
  const source = new SlowToSayBuckets(run.clock, pods, () => 0.99);
  run.configured = { ...run.configured, sources: [polled(source)] };
  await using started = await run.start();
  await started.advance(2 * minute);
  source.answersAfterMs = 10 * minute;
  at.length = 0;
  await started.advance(10 * minute);

  expect(at.length).toBeGreaterThan(100);
  expect(Math.max(...at)).toBeLessThanOrEqual(2_000);
  expect(at.filter((ms) => ms >= 2_000).length).toBeLessThanOrEqual(8);
  expect(at.filter((ms) => ms >= 2_000).length).toBeGreaterThan(0);
});
