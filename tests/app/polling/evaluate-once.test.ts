import { expect, test } from '@jest/globals';
import { evaluateOnce } from '../../../src/app/polling/evaluate-once.ts';
import type { Source } from '../../../src/app/ports/source.ts';
import { aBudget } from '../../domain/budget/budgets.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { SimulatedSource } from '../../support/simulated-source.ts';
import { aService, start, stepFault } from '../../support/simulation.ts';

const hour = 3_600_000;
const unending = new AbortController().signal;

/** Sleeps of no time end at once. */
function impatient(at: number) {
  const manual = new ManualClock(at);
  return { now: () => manual.now(), monotonic: () => manual.monotonic(), sleep: async () => await Promise.resolve() };
}

test('a history that cannot be read is what is told, not that it is short', async () => {
  const clock = impatient(start + hour);
  const simulated = new SimulatedSource(clock, stepFault(0, 0, 0), start, start + 2 * hour, 5_000);
  const source: Source = {
    name: simulated.name,
    clock: async (signal) => await simulated.clock(signal),
    buckets: async (...given) => await simulated.buckets(...given),
    arrivals: async (...given) => await simulated.arrivals(...given),
    read: async (...given) => await simulated.read(...given),
    recorded: async (...given) => await simulated.recorded(...given),
    recordedPast: async (...given) => await simulated.recordedPast(...given),
    history: async (signals) =>
      await Promise.resolve(
        signals.map(() => ({ kind: 'failed', failure: { reason: 'timeout', detail: 'too many samples' } })),
      ),
  };

  const [view] = await evaluateOnce(source, clock, [aService()], unending);

  expect(view?.problems).toMatchObject([{ reason: 'source-timeout', detail: expect.stringContaining('too many') }]);
  const [target] = view?.scopes[0]?.targets ?? [];
  expect(target).toMatchObject({ verdict: 'unknown', reading: { kind: 'unknown' } });
  expect(JSON.stringify(target?.reading)).toContain('too many samples');
});

test('a source that answers is judged by its history', async () => {
  const clock = impatient(start + hour);
  const source = new SimulatedSource(clock, stepFault(0, 0, 0), start, start + 2 * hour, 5_000);

  const [view] = await evaluateOnce(source, clock, [aService()], unending);

  expect(view?.problems).toEqual([]);
  expect(view?.scopes[0]?.targets[0]?.verdict).toBe('held');
});

test('a source that knows the service for some seconds only says so, and covers no more than those', async () => {
  const coverages: number[] = [];
  for (let age = 500; age < 30_000; age += 700) {
    const clock = impatient(start + age);
    const simulated = new SimulatedSource(clock, stepFault(0, 0, 0), start, start + hour, 5_000);
    // Two samples tell an interval; before, there is none to be told.
    const source: Source = {
      name: simulated.name,
      clock: async (signal) => await simulated.clock(signal),
      read: async (...given) => await simulated.read(...given),
      recorded: async (...given) => await simulated.recorded(...given),
      recordedPast: async (...given) => await simulated.recordedPast(...given),
      history: async (signals, stretch, stepMs, signal) => await simulated.history(signals, stretch, stepMs, signal),
      buckets: async (...given) => await simulated.buckets(...given),
      arrivals: async (signals, at, signal) =>
        age > 8_000
          ? await simulated.arrivals(signals, at, signal)
          : signals.map(() => ({ kind: 'ok', arrivals: { sampleTimes: [start] } })),
    };

    const [view] = await evaluateOnce(source, clock, [aService()], unending);

    const reading = view?.scopes[0]?.targets[0]?.reading;
    expect(reading).toMatchObject({ kind: 'unknown', reason: 'short-history' });
    const percent = Number(/cover ([\d.]+)% of/.exec(JSON.stringify(reading))?.[1]);
    // A step reaches back from the first sample to the one that was not seen.
    expect(percent).toBeLessThanOrEqual(((age + 5_000) / 60_000) * 100);
    coverages.push(percent);
    expect(view?.problems).toMatchObject([{ reason: 'young-history' }]);
  }
  expect(coverages).toEqual([...coverages].sort((a, b) => a - b));
});

test('a history that is refused is told, and the readings are what live reads give', async () => {
  const clock = impatient(start + hour);
  const source = new SimulatedSource(clock, stepFault(0, 0, 0), start, start + 2 * hour, 5_000);
  source.historyFault = () => ({ reason: 'too-expensive', detail: 'too many samples' });

  const [view] = await evaluateOnce(source, clock, [aService()], unending);

  expect(view?.scopes[0]?.targets[0]?.reading).toMatchObject({ kind: 'unknown', reason: 'short-history' });
  expect(view?.problems).toMatchObject([
    { reason: 'history-too-expensive', detail: expect.stringContaining('too many samples') },
  ]);
});

test('error budgets are read from the past for that one look', async () => {
  const manual = new ManualClock(start + 5 * hour);
  const clock = {
    now: () => manual.now(),
    monotonic: () => manual.monotonic(),
    // No time passes: a bound is never reached.
    sleep: async (ms: number, signal?: AbortSignal) =>
      await (ms === 0
        ? Promise.resolve()
        : new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))),
  };
  const source = new SimulatedSource(clock, stepFault(2 * hour, 3 * hour, 0.002), start, start + 5 * hour, 5_000);
  const budgets = [aBudget({ signal: 'success_rate', period: { kind: 'rolling', ms: 4 * hour } })];

  const [view] = await evaluateOnce(source, clock, [aService({ budgets })], unending);

  // One hour of four at twice the share that is allowed.
  expect(view?.budgets).toMatchObject([{ reading: { kind: 'value', remaining: expect.closeTo(0.5, 2) } }]);
  expect(view?.budgets[0]?.known).toBeGreaterThan(0.98);
});
