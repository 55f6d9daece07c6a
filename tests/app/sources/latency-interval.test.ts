import { expect, test } from '@jest/globals';
import type { Service } from '../../../src/domain/service/service.ts';
import { describeVerdict } from '../../../src/domain/reading/verdict-text.ts';
import { evaluateOnce } from '../../../src/app/polling/evaluate-once.ts';
import { aBudget } from '../../domain/budget/budgets.ts';
import { DaemonHarness, polled } from '../../support/daemon-harness.ts';
import { aLatency, HistogramSource, type Pod } from '../../support/histogram-source.ts';
import { aRule, aService, below, start, stepFault } from '../../support/simulation.ts';

const minute = 60_000;
const hour = 60 * minute;
const begin = start + 30 * minute;
const none = stepFault(0, 0, 0);
const { signal: never } = new AbortController();

/** 98.2% of the requests take at most 0.25 s, 99.4% 0.3 s, 99.7% 0.5 s; a tenth of that while it is slow. */
const shares = new Map([
  [0.25, 0.982],
  [0.3, 0.994],
  [0.5, 0.997],
]);

function aShop(atLeast: number, thresholdSeconds = 0.3): Service {
  return aService({
    signals: [aLatency(thresholdSeconds)],
    endState: {
      summary: 'Customers need not wait',
      holdMs: minute,
      watchMs: 5 * minute,
      targets: [{ signal: 'latency', bound: 'atLeast', value: atLeast, overMs: minute, unit: 'ratio' }],
    },
    rules: [aRule({ name: 'slow', when: below('latency', minute, atLeast) })],
  });
}

async function aDaemon(service: Service, pods: readonly Pod[], slowFrom = Infinity) {
  const run = new DaemonHarness({ traffic: none, services: [service] });
  const source = new HistogramSource(run.clock, pods, (seconds, at) => {
    const share = shares.get(seconds) ?? 0;
    return at >= slowFrom ? share / 10 : share;
  });
  run.configured = { ...run.configured, sources: [polled(source)] };
  await run.start();
  return { run, source };
}

const view = ({ daemon }: DaemonHarness) => daemon.views()[0];

test('a threshold between two buckets is shown as an interval, judged by its lower end, and told as a problem', async () => {
  const { run } = await aDaemon(aShop(0.9), [{ bounds: [0.25, 0.5], from: start, to: Infinity }]);
  await using stopped = run;
  await stopped.advance(3 * minute);

  const seen = view(run);
  const interval = { atMost: 0.997, thresholdSeconds: 0.3, buckets: { lower: 0.25, upper: 0.5 } };
  const [row] = seen?.readings ?? [];
  expect(row?.reading).toMatchObject({
    kind: 'value',
    value: expect.closeTo(0.982, 9),
    interval: { ...interval, atMost: expect.closeTo(0.997, 9) },
  });
  expect(seen?.problems).toEqual([
    {
      reason: 'threshold-between-buckets',
      detail:
        'latency: the threshold 300ms lies between the buckets 0.25 and 0.5; only what the bucket below it counts is judged as good, and what the one above it adds is shown beside it; write threshold: 250ms or 500ms; the buckets are 0.25, 0.5, +Inf',
    },
  ]);
  expect(run.lines.filter(({ message }) => message.includes('is no bucket'))).toHaveLength(1);
  expect(run.channel.sent).toEqual([]);
});

test('whoever is paged reads both ends, and between which buckets the threshold lies', async () => {
  const { run } = await aDaemon(aShop(0.95), [{ bounds: [0.25, 0.5], from: start, to: Infinity }], begin + 3 * minute);
  await using stopped = run;
  await stopped.advance(6 * minute);

  const [page] = run.channel.sent;
  expect(page?.kind).toBe('firing');
  const off = page?.page.off.map(describeVerdict) ?? [];
  expect(off).toHaveLength(1);
  expect(off[0]).toMatch(
    /^latency between [\d.]+% and [\d.]+% over 1m, target at least 95% \(the threshold 300ms lies between the buckets 0\.25 and 0\.5\)$/,
  );
});

test('a threshold below the lowest bucket leaves the signal unknown, and pages nobody', async () => {
  const { run } = await aDaemon(aShop(0.9, 0.1), [{ bounds: [0.25, 0.5], from: start, to: Infinity }]);
  await using stopped = run;
  await stopped.advance(3 * minute);

  expect(view(run)?.readings[0]?.reading).toMatchObject({
    kind: 'unknown',
    reason: 'no-data',
    detail:
      'latency: the threshold 100ms lies below the lowest bucket, 0.25, so no request can be shown to be fast enough',
  });
  expect(view(run)?.problems).toMatchObject([{ reason: 'threshold-without-bucket' }]);
  expect(run.channel.sent).toEqual([]);
});

test.each([
  ['one process after another', 4 * minute],
  ['all processes at once', 0],
])('a deploy that takes the bucket away, %s, pages nobody', async (_, overlapMs) => {
  const gone = begin + 3 * minute + 1_000;
  const { run, source } = await aDaemon(aShop(0.97), [
    { bounds: [0.25, 0.3, 0.5], from: start, to: gone + overlapMs },
    { bounds: [0.25, 0.5], from: gone, to: Infinity },
  ]);
  await using stopped = run;
  await stopped.advance(3 * minute);
  expect(view(run)?.readings[0]?.reading).toMatchObject({ value: expect.closeTo(0.994, 9) });
  const asked = source.bucketsAsked.length;
  for (let waited = 0; waited < 10; waited += 1) {
    await stopped.advance(minute);
    const reading = view(run)?.readings[0]?.reading;
    if (reading?.kind === 'value') expect(reading.value).toBeGreaterThan(0.98);
  }
  expect(view(run)?.readings[0]?.reading).toMatchObject({ interval: { buckets: { lower: 0.25, upper: 0.5 } } });
  expect(source.bucketsAsked.length).toBeGreaterThan(asked);
  expect(run.channel.sent).toEqual([]);
  expect(run.incidents()).toEqual([]);
});

test('what an error budget counted between the deploy and the look that found it is counted anew', async () => {
  const gone = begin + 6 * minute + 1_000;
  const budget = aBudget({
    name: 'latency',
    signal: 'latency',
    objective: 0.9,
    period: { kind: 'rolling', ms: 2 * hour },
  });
  const { run } = await aDaemon({ ...aShop(0.1), budgets: [budget] }, [
    { bounds: [0.25, 0.3, 0.5], from: start - 4 * hour, to: gone + 20 * minute },
    { bounds: [0.25, 0.5], from: gone, to: Infinity },
  ]);
  await using stopped = run;
  const remaining: number[] = [];
  for (let waited = 0; waited < 20; waited += 1) {
    await stopped.advance(minute);
    const reading = view(run)?.budgets[0]?.reading;
    if (reading?.kind === 'value') remaining.push(reading.remaining);
  }
  // Half of the requests looked slow for some minutes; in truth 0.6% were before, and 1.8% may have been since.
  expect(Math.min(...remaining)).toBeLessThan(0.85);
  expect(remaining.at(-1)).toBeCloseTo(1 - (106 * 0.006 + 14 * 0.018) / 120 / 0.1, 1.5);
  expect(remaining.at(-1)).toBeGreaterThan(0.9);
});

test('a deploy that brings the bucket makes the reading exact, and neither pages nor loses what was counted', async () => {
  const comes = begin + 3 * minute + 1_000;
  const { run } = await aDaemon(aShop(0.97), [
    { bounds: [0.25, 0.5], from: start, to: comes },
    { bounds: [0.25, 0.3, 0.5], from: comes, to: Infinity },
  ]);
  await using stopped = run;
  for (let waited = 0; waited < 20; waited += 1) {
    await stopped.advance(minute);
    if (waited > 1) expect(view(run)?.readings[0]?.reading.kind).toBe('value');
  }
  const reading = view(run)?.readings[0]?.reading;
  expect(reading).toMatchObject({ value: expect.closeTo(0.994, 9) });
  expect(reading).not.toHaveProperty('interval');
  expect(view(run)?.problems).toEqual([]);
  expect(run.channel.sent).toEqual([]);
});

test('an incident is not resolved by buckets that vanish', async () => {
  const gone = begin + 6 * minute + 1_000;
  const { run } = await aDaemon(
    aShop(0.95),
    [
      { bounds: [0.25, 0.3, 0.5], from: start, to: gone },
      { bounds: [0.5], from: gone, to: Infinity },
    ],
    begin + 3 * minute,
  );
  await using stopped = run;
  await stopped.advance(20 * minute);

  expect(run.channel.sent.map(({ kind }) => kind)).toEqual(['firing']);
  expect(run.incidents()).toMatchObject([{ phase: 'open', blind: true }]);
});

test('andon evaluate shows the interval too', async () => {
  const harness = new DaemonHarness({ traffic: none });
  const source = new HistogramSource(
    harness.clock,
    [{ bounds: [0.25, 0.5], from: start - 60 * minute, to: Infinity }],
    (seconds) => shares.get(seconds) ?? 0,
  );
  const evaluating = evaluateOnce(source, harness.clock, [aShop(0.9)], never);
  await harness.advance(30_000);
  const [shown] = await evaluating;
  expect(shown?.scopes[0]?.targets.map(describeVerdict)).toEqual([
    'latency between 98.2% and 99.7% over 1m, target at least 90% (the threshold 300ms lies between the buckets 0.25 and 0.5)',
  ]);
  expect(shown?.problems).toMatchObject([{ reason: 'threshold-between-buckets' }]);
});
