import { describe, expect, test } from '@jest/globals';
import { catchUp, catchUpFurther, remember, type CatchUpResult } from '../../../src/app/past/catch-up.ts';
import type { JudgedPart } from '../../../src/app/past/past-tools.ts';
import type { Clock } from '../../../src/app/ports/clock.ts';
import type { Source } from '../../../src/app/ports/source.ts';
import { newServiceState, type ServiceState } from '../../../src/domain/incident/evaluate.ts';
import { timingFor } from '../../../src/domain/reading/timing.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aRatio, aRule, aService, below, start, stepFault, type Traffic } from '../../support/simulation.ts';
import { SimulatedSource } from '../../support/simulated-source.ts';

const minute = 60_000;
const service = aService();
const unending = new AbortController().signal;

/** Sleeps of no time end at once: catching up lets others have their turn, and here nobody wants one. */
function impatient(at: number): Clock {
  const manual = new ManualClock(at);
  return { now: () => manual.now(), monotonic: () => manual.monotonic(), sleep: () => Promise.resolve() };
}

function setUp(now: number, traffic: Traffic, scrapeMs = 5_000) {
  const clock = impatient(start + now);
  return { clock, source: new SimulatedSource(clock, traffic, start, start + 48 * 60 * minute, scrapeMs) };
}

function caughtUp(result: CatchUpResult): Exclude<CatchUpResult, { kind: 'failed' }> {
  if (result.kind === 'failed') throw new Error(result.failure.detail);
  return result;
}

function rowsOf(state: ServiceState): readonly [number, number, number][] {
  const rows = state.ledgers.get('success_rate')?.groups.get('')?.rows ?? new Float64Array();
  return Array.from({ length: rows.length / 5 }, (_, row) => {
    const [from = NaN, to = NaN, , , total = NaN] = rows.subarray(row * 5, row * 5 + 5);
    return [from, to, total];
  });
}

describe('what was missed', () => {
  test.each([
    ['a minute', 90 * minute, 91 * minute],
    ['an odd stretch', 90 * minute + 1_234, 93 * minute + 4_321],
    ['an hour', 90 * minute + 777, 150 * minute],
  ])('is remembered without a hole, and without an overlap: %s', async (_name, since, now) => {
    const { clock, source } = setUp(now, stepFault(0, 0, 0));
    const long = aService({ rules: [aRule({ when: below('success_rate', 60 * minute, 0.5) })] });
    const before = { ...newServiceState, evaluatedAt: start + since };

    const { state } = caughtUp(
      await catchUp({ source, clock, signal: unending }, long, before, timingFor(5_000), start + now),
    );

    const steps = rowsOf(state);
    expect(steps.length).toBeGreaterThan(700);
    for (const [index, [from]] of steps.entries()) if (index > 0) expect(from).toBe(steps[index - 1]?.[1]);
    // Five hundred events a sample, none of them lost between two parts of what is read.
    const [[begin] = [NaN]] = steps;
    const events = rowsOf(state).reduce((sum, [, , total]) => sum + total, 0);
    expect(events).toBe(500 * (Math.floor(now / 5_000) - Math.floor((begin - start) / 5_000)));
    expect(state.evaluatedAt).toBe(start + now);
    expect(start + now - (steps[0]?.[0] ?? NaN)).toBeGreaterThanOrEqual(60 * minute);
  });

  test('has its incidents found with their true times, whatever is left of them', async () => {
    const { clock, source } = setUp(120 * minute, stepFault(100 * minute, 104 * minute, 0.5));
    const before = { ...newServiceState, evaluatedAt: start + 90 * minute };

    const result = caughtUp(
      await catchUp({ source, clock, signal: unending }, service, before, timingFor(5_000), start + 120 * minute),
    );

    expect(result.events.map(({ type }) => type)).toEqual(['opened', 'onset-settled', 'resolved', 'closed']);
    const [opened, , resolved] = result.events;
    if (opened?.type !== 'opened' || resolved?.type !== 'resolved') throw new Error('another story');
    expect(Math.abs(opened.onset.at - start - 100 * minute)).toBeLessThanOrEqual(5_000);
    expect(opened.at - start - 100 * minute).toBeLessThanOrEqual(10_000);
    expect(Math.abs(resolved.recoveredAt - start - 104 * minute)).toBeLessThanOrEqual(5_000);
    expect(result.missedMs).toBe(30 * minute);
  });

  test('begins at the earliest a day ago: older faults are too old to page for', async () => {
    const { clock, source } = setUp(40 * 60 * minute, stepFault(2 * 60 * minute, 3 * 60 * minute, 0.5), 30_000);
    const before = { ...newServiceState, evaluatedAt: start + 60 * minute };

    const result = caughtUp(
      await catchUp({ source, clock, signal: unending }, service, before, timingFor(30_000), start + 40 * 60 * minute),
    );

    expect(result.events).toEqual([]);
    expect(result.missedMs).toBe(24 * 60 * minute);
  });

  test('of a service that was never evaluated is only remembered', async () => {
    const { clock, source } = setUp(120 * minute, stepFault(100 * minute, 104 * minute, 0.5));

    const result = caughtUp(
      await catchUp(
        { source, clock, signal: unending },
        service,
        newServiceState,
        timingFor(5_000),
        start + 120 * minute,
      ),
    );

    expect(result).toMatchObject({ events: [], missedMs: 0 });
    expect(result.state.evaluatedAt).toBeUndefined();
    expect(rowsOf(result.state).length).toBeGreaterThan(300);
  });

  test('cannot be read: nothing is judged, and the failure is told', async () => {
    const { clock, source } = setUp(120 * minute, stepFault(0, 0, 0));
    source.failure = { reason: 'timeout', detail: 'slow' };

    expect(
      await catchUp(
        { source, clock, signal: unending },
        service,
        newServiceState,
        timingFor(5_000),
        start + 120 * minute,
      ),
    ).toEqual({
      kind: 'failed',
      failure: { reason: 'timeout', detail: 'slow' },
    });
  });

  test('of a signal that the source refuses is left to its live reads; the others are caught up with', async () => {
    const { clock, source } = setUp(120 * minute, stepFault(100 * minute, 104 * minute, 0.5));
    const refusing: Source = {
      name: 'default',
      clock: async (signal) => await source.clock(signal),
      read: async (reads, at, signal) => await source.read(reads, at, signal),
      recorded: async (...asked) => await source.recorded(...asked),
      recordedPast: async (...asked) => await source.recordedPast(...asked),
      buckets: async (...given) => await source.buckets(...given),
      arrivals: async (signals, at, signal) => await source.arrivals(signals, at, signal),
      history: async (signals, stretch, stepMs, signal) =>
        (await source.history(signals, stretch, stepMs, signal)).map((outcome, index) =>
          signals[index]?.name === 'odd'
            ? { kind: 'failed', failure: { reason: 'rejected', detail: 'parse error' } }
            : outcome,
        ),
    };
    const two = aService({ signals: [aRatio, { ...aRatio, name: 'odd' }] });
    const before = { ...newServiceState, evaluatedAt: start + 90 * minute };

    const result = caughtUp(
      await catchUp({ source: refusing, clock, signal: unending }, two, before, timingFor(5_000), start + 120 * minute),
    );

    expect(result.events.map(({ type }) => type)).toContain('resolved');
    expect(rowsOf(result.state).length).toBeGreaterThan(300);
  });
});

describe('what was judged of a long stretch', () => {
  const long = { ...newServiceState, evaluatedAt: start + 90 * minute };
  const now = start + 300 * minute;

  test('is kept part by part, and the next try goes on from there', async () => {
    const { clock, source } = setUp(300 * minute, stepFault(100 * minute, 104 * minute, 0.5));
    const kept: JudgedPart[] = [];
    const keep = (part: JudgedPart): Promise<void> => Promise.resolve(void kept.push(part));
    const asked: number[] = [];
    source.historyFault = (_signal, { to }) => {
      asked.push(to);
      return kept.length === 2 ? { reason: 'unavailable', detail: 'connection reset' } : undefined;
    };
    const tools = { source, clock, signal: unending, keep };

    expect(await catchUp(tools, service, long, timingFor(5_000), now)).toMatchObject({ kind: 'failed' });
    const reached = kept.at(-1)?.state;
    expect(reached?.evaluatedAt).toBe(asked.at(-2));
    source.historyFault = () => undefined;
    const rest = caughtUp(await catchUp({ ...tools }, service, reached ?? long, timingFor(5_000), now));

    expect(kept.flatMap(({ events }) => events.map(({ type }) => type))).toEqual([
      'opened',
      'onset-settled',
      'resolved',
      'closed',
    ]);
    expect(rest.state.evaluatedAt).toBe(now);
    expect(rest.missedMs).toBe(now - (reached?.evaluatedAt ?? NaN));
  });

  test('that could not be kept is not gone beyond', async () => {
    const { clock, source } = setUp(300 * minute, stepFault(100 * minute, 104 * minute, 0.5));
    const keep = (): Promise<void> => Promise.reject(new Error('full'));
    const tools = { source, clock, signal: unending, keep };
    let judged = 0;
    source.historyFault = (_signal, { from }) => {
      if (from >= start + 90 * minute - 5_000) judged += 1;
      return undefined;
    };

    await expect(catchUp(tools, service, long, timingFor(5_000), now)).rejects.toThrow('full');
    expect(judged).toBe(1);
  });

  test('of which one part is refused counts for what is given of it', async () => {
    const { clock, source } = setUp(300 * minute, stepFault(200 * minute, 204 * minute, 0.5));
    source.historyFault = (_signal, { from, to }) =>
      from < start + 140 * minute && to > start + 140 * minute
        ? { reason: 'too-expensive', detail: 'too many samples' }
        : undefined;

    const result = caughtUp(await catchUp({ source, clock, signal: unending }, service, long, timingFor(5_000), now));

    expect(result.events.map(({ type }) => type)).toEqual(['opened', 'onset-settled', 'resolved', 'closed']);
    expect([...result.refused.keys()]).toEqual(['success_rate']);
    expect(result.state.evaluatedAt).toBe(now);
  });
});

describe('what went by while the past was read', () => {
  test('is judged too, without a hole and without counting anything twice', async () => {
    const { clock, source } = setUp(121 * minute, stepFault(0, 0, 0));
    const before = { ...newServiceState, evaluatedAt: start + 110 * minute };
    const tools = { source, clock, signal: unending };
    const first = caughtUp(await catchUp(tools, service, before, timingFor(5_000), start + 120 * minute));

    const { state } = caughtUp(
      await catchUpFurther(tools, service, first.state, timingFor(5_000), start + 121 * minute - 1_234),
    );

    expect(start + 121 * minute - 1_234 - (state.evaluatedAt ?? NaN)).toBeLessThan(5_000);
    const steps = rowsOf(state);
    for (const [index, [from]] of steps.entries()) if (index > 0) expect(from).toBe(steps[index - 1]?.[1]);
    for (const [, , total] of steps) expect(total).toBe(500);
  });

  test('is nothing when no step has gone by', async () => {
    const { clock, source } = setUp(121 * minute, stepFault(0, 0, 0));
    const state = { ...newServiceState, evaluatedAt: start + 120 * minute };
    const tools = { source, clock, signal: unending };

    const result = caughtUp(
      await catchUpFurther(tools, service, state, timingFor(5_000), start + 120 * minute + 4_999),
    );
    expect(result.state).toBe(state);
    expect(source.histories).toBe(0);
  });
});

describe('remembering', () => {
  test('fills in the signals that are asked for, and judges nothing', async () => {
    const { clock, source } = setUp(120 * minute, stepFault(100 * minute, 130 * minute, 0.5));
    const two = aService({ signals: [aRatio, { ...aRatio, name: 'new' }] });
    const first = caughtUp(
      await catchUp(
        { source, clock, signal: unending },
        service,
        newServiceState,
        timingFor(5_000),
        start + 110 * minute,
      ),
    );
    const state = { ...first.state, evaluatedAt: start + 119 * minute };

    const result = caughtUp(
      await remember(
        { source, clock, signal: unending },
        two,
        [two.signals[1] ?? aRatio],
        state,
        timingFor(5_000),
        start + 120 * minute,
      ),
    );

    expect(result.events).toEqual([]);
    expect(result.state.evaluatedAt).toBe(start + 119 * minute);
    expect(result.state.ledgers.get('success_rate')).toBe(state.ledgers.get('success_rate'));
    expect(result.state.ledgers.get('new')?.groups.get('')?.rows.length).toBeGreaterThan(300 * 5);
  });
});
