import { describe, expect, test } from '@jest/globals';
import type { PlainUse } from '../../../src/domain/service/condition.ts';
import type { CountedGroup, Observation, Step } from '../../../src/domain/reading/observation.ts';
import { readSignal } from '../../../src/domain/reading/read-signal.ts';
import type { Reading } from '../../../src/domain/reading/reading.ts';
import type { Signal } from '../../../src/domain/service/service.ts';
import { emptyLedger, record, type SignalLedger } from '../../../src/domain/reading/signal-ledger.ts';
import { timingFor } from '../../../src/domain/reading/timing.ts';
import { aGauge, aRatio } from '../../support/simulation.ts';

const timing = timingFor(5_000);
const overMinute: PlainUse = { signal: 'success_rate', fold: 'over', windowMs: 60_000 };

interface Read {
  readonly at: number;
  readonly sampleAt?: number;
  readonly steps: readonly Step[];
  readonly numeratorSeen?: boolean;
}

/** A ledger after some reads of one ungrouped counting signal. */
function ledgerOf(reads: readonly Read[], signal: Signal = aRatio): SignalLedger {
  let ledger = emptyLedger;
  for (const { at, sampleAt = at - 50, steps, numeratorSeen = true } of reads)
    ledger = record(
      ledger,
      signal,
      counted(signal, [{ group: {}, newestSampleAt: sampleAt, steps, numeratorSeen }]),
      at,
      -Infinity,
    );
  return ledger;
}

function counted(signal: Signal, groups: readonly CountedGroup[]): Observation {
  return { kind: 'counted', signal: signal.name, groups };
}

/** One read each five seconds, up to and including `until`. */
function steady(until: number, good: number, total: number, over: Partial<Read> = {}): readonly Read[] {
  return Array.from({ length: until / 5_000 }, (_, index) => {
    const at = (index + 1) * 5_000;
    return { at, steps: [{ from: at - 5_000, to: at, good, total }], ...over };
  });
}

function read(ledger: SignalLedger, now: number, use = overMinute, signal: Signal = aRatio): Reading {
  return readSignal(signal, ledger, '', use, now, timing);
}

describe('a ratio reads', () => {
  test('the events of its window, not more', () => {
    const ledger = ledgerOf([...steady(60_000, 0, 100), ...steady(120_000, 100, 100).slice(12)]);
    expect(read(ledger, 120_000)).toEqual({ kind: 'value', value: 1, sampleAt: 119_950, good: 1200, total: 1200 });
  });

  test('of a step that its window cuts, the share that lies inside', () => {
    const ledger = ledgerOf(steady(60_000, 40, 100));
    const reading = read(ledger, 60_000, { ...overMinute, windowMs: 12_500 });
    expect(reading).toMatchObject({ kind: 'value', good: 100, total: 250 });
  });

  test('a counter that was reset: what it has counted since', () => {
    // The source counts a reset counter from zero: fewer events, never negative ones.
    const ledger = ledgerOf([
      ...steady(55_000, 100, 100),
      { at: 60_000, steps: [{ from: 55_000, to: 60_000, good: 3, total: 3 }] },
    ]);
    expect(read(ledger, 60_000)).toMatchObject({ kind: 'value', value: 1, total: 1103 });
  });

  test('`impossible` when a counter’s terms go backwards all the same', () => {
    const ledger = ledgerOf([
      ...steady(55_000, 1, 1),
      { at: 60_000, steps: [{ from: 55_000, to: 60_000, good: 0, total: -40 }] },
    ]);
    expect(read(ledger, 60_000)).toMatchObject({ kind: 'unknown', reason: 'impossible' });
  });

  test('a series that is born with a count: all of it as events of the step it was born in', () => {
    const born = [
      ...steady(30_000, 0, 0),
      { at: 35_000, steps: [{ from: 30_000, to: 35_000, good: 4_990, total: 5_000 }] },
      ...steady(60_000, 10, 10).slice(7),
    ];
    expect(read(ledgerOf(born), 60_000)).toMatchObject({ kind: 'value', good: 5_040, total: 5_050 });
  });

  test('`impossible` when there are more good events than events', () => {
    expect(read(ledgerOf(steady(60_000, 101, 100)), 60_000)).toMatchObject({ kind: 'unknown', reason: 'impossible' });
  });

  test('`impossible` when there are good events but no events at all', () => {
    expect(read(ledgerOf(steady(60_000, 3, 0)), 60_000)).toMatchObject({ kind: 'unknown', reason: 'impossible' });
  });

  test('`impossible`, and never NaN, when the source counts in NaN', () => {
    expect(read(ledgerOf(steady(60_000, NaN, 100)), 60_000)).toMatchObject({ kind: 'unknown', reason: 'impossible' });
    expect(read(ledgerOf(steady(60_000, 1, NaN)), 60_000)).toMatchObject({ kind: 'unknown', reason: 'impossible' });
  });

  test('a value when good exceeds total by no more than rounding', () => {
    const ledger = ledgerOf(steady(60_000, 100.000_000_01, 100));
    expect(read(ledger, 60_000)).toMatchObject({ kind: 'value', value: 1 });
  });

  test('`no-traffic` when nothing was counted in its window', () => {
    expect(read(ledgerOf(steady(60_000, 0, 0)), 60_000)).toMatchObject({ kind: 'unknown', reason: 'no-traffic' });
  });

  test('`no-data` when there is traffic but no series was ever matched by its good events: a typo is no outage', () => {
    const ledger = ledgerOf(steady(60_000, 0, 100, { numeratorSeen: false }));
    expect(read(ledger, 60_000)).toMatchObject({ kind: 'unknown', reason: 'no-data' });
  });

  test('zero when its good events were seen once and are gone: that is an outage', () => {
    const ledger = ledgerOf([...steady(5_000, 100, 100), ...steady(65_000, 0, 100, { numeratorSeen: false }).slice(1)]);
    expect(read(ledger, 65_000)).toMatchObject({ kind: 'value', value: 0 });
  });

  test('one when bad events are what is counted and there never was any', () => {
    const signal = { ...aRatio, numerator: 'bad' as const };
    const ledger = ledgerOf(steady(60_000, 100, 100, { numeratorSeen: false }), signal);
    expect(read(ledger, 60_000, overMinute, signal)).toMatchObject({ kind: 'value', value: 1 });
  });

  test.each([
    [50_000, 'unknown'],
    [55_000, 'value'],
  ])('`short-history` until nine tenths of its window are covered: after %d ms a %s', (until, kind) => {
    expect(read(ledgerOf(steady(until, 1, 1)), until).kind).toBe(kind);
  });

  test('`short-history` before its first step is complete', () => {
    const ledger = ledgerOf([]);
    expect(read(ledger, 0)).toMatchObject({ reason: 'no-data' });
    const group = { group: {}, newestSampleAt: 0, steps: [], numeratorSeen: true };
    expect(read(record(emptyLedger, aRatio, counted(aRatio, [group]), 100, 0), 100)).toMatchObject({
      reason: 'short-history',
    });
  });

  test('`stale` when its newest sample is too old, with its time', () => {
    const ledger = ledgerOf(steady(60_000, 1, 1));
    expect(read(ledger, 74_000).kind).toBe('value');
    expect(read(ledger, 76_000)).toMatchObject({ kind: 'unknown', reason: 'stale', sampleAt: 59_950 });
  });

  test('`no-data` when its series are gone, even while their last sample is fresh', () => {
    const ledger = record(ledgerOf(steady(60_000, 1, 1)), aRatio, counted(aRatio, []), 62_000, 0);
    expect(read(ledger, 62_000)).toMatchObject({ kind: 'unknown', reason: 'no-data', sampleAt: 59_950 });
  });

  test('`no-data` when it never had any series', () => {
    expect(readSignal(aRatio, undefined, '', overMinute, 0, timing)).toMatchObject({ reason: 'no-data' });
  });

  test('`source-down` when the source did not answer, whatever is remembered', () => {
    const failure = { reason: 'timeout' as const, detail: 'no answer within 10s' };
    const ledger = record(ledgerOf(steady(60_000, 1, 1)), aRatio, { kind: 'failed', signal: 's', failure }, 61_000, 0);
    expect(read(ledger, 61_000)).toEqual({
      kind: 'unknown',
      reason: 'source-down',
      detail: 'timeout: no answer within 10s',
      sampleAt: 59_950,
    });
  });
});

describe('a gap in the scrapes', () => {
  test('becomes one long step with all its events', () => {
    const quiet = [65_000, 70_000].map((at): Read => ({
      at,
      sampleAt: 59_950,
      steps: [{ from: 60_000, to: at, good: 0, total: 0 }],
    }));
    const back = { at: 75_000, steps: [{ from: 60_000, to: 75_000, good: 150, total: 300 }] };
    const ledger = ledgerOf([...steady(60_000, 100, 100), ...quiet, back]);
    const reading = read(ledger, 75_000, { ...overMinute, windowMs: 15_000 });
    expect(reading).toMatchObject({ kind: 'value', good: 150, total: 300 });
    expect(read(ledger, 75_000)).toMatchObject({ kind: 'value', good: 900 + 150, total: 900 + 300 });
  });

  test('of one group is one long step too, although other groups went on', () => {
    const grouped = { ...aRatio, by: ['zone'] };
    const zone = (name: string, sampleAt: number, steps: readonly Step[]): CountedGroup => ({
      group: { zone: name },
      newestSampleAt: sampleAt,
      steps,
      numeratorSeen: true,
    });
    let ledger = emptyLedger;
    for (let at = 5_000; at <= 120_000; at += 5_000) {
      // Zone b is not scraped from 60 s to 75 s; its events of that time come with the sample at 80 s.
      const isMissing = at > 60_000 && at < 80_000;
      const edges = [...ledger.boundaries.slice(-2), at]
        .map((to, index, all) => ({ from: all[index - 1] ?? at - 5_000, to }))
        .slice(-2);
      const count = (step: { from: number; to: number }, per: (to: number) => number): Step => ({
        ...step,
        good: per(step.to),
        total: per(step.to),
      });
      const stepsA = edges.map((step) => count(step, () => 100));
      const stepsB = edges.map((step) =>
        count(step, (to) => (to > 60_000 && to < 80_000 ? 0 : to === 80_000 ? 400 : 100)),
      );
      ledger = record(
        ledger,
        grouped,
        counted(grouped, [zone('a', at - 50, stepsA), zone('b', isMissing ? 59_950 : at - 50, stepsB)]),
        at,
        -Infinity,
      );
    }
    const key = 'zone="b"';
    const long = readSignal(grouped, ledger, key, overMinute, 120_000, timing);
    expect(long).toMatchObject({ kind: 'value', total: 1200 });
    const rows = ledger.groups.get(key)?.rows ?? new Float64Array();
    const lengths = Array.from(
      { length: rows.length / 5 },
      (_, row) => (rows[row * 5 + 1] ?? 0) - (rows[row * 5] ?? 0),
    );
    expect(lengths.filter((ms) => ms > 5_000)).toEqual([20_000]);
    expect(lengths.reduce((sum, ms) => sum + ms, 0)).toBe(120_000);
  });
});

describe('a late sample', () => {
  test('corrects the step it belongs to, when that is read again', () => {
    const ledger = ledgerOf([
      { at: 5_000, steps: [{ from: 0, to: 5_000, good: 100, total: 100 }] },
      { at: 10_000, steps: [{ from: 5_000, to: 10_000, good: 60, total: 60 }] },
      {
        at: 15_000,
        steps: [
          { from: 5_000, to: 10_000, good: 100, total: 100 },
          { from: 10_000, to: 15_000, good: 100, total: 100 },
        ],
      },
    ]);
    expect(read(ledger, 15_000, { ...overMinute, windowMs: 15_000 })).toMatchObject({ total: 300 });
  });
});

describe('signals that are sampled at different intervals', () => {
  test('the rarer one stays fresh between two of its samples', () => {
    const rare = Array.from({ length: 10 }, (_, index): Read => {
      const at = (index + 1) * 60_000;
      return { at, steps: [{ from: at - 60_000, to: at, good: 10, total: 10 }] };
    });
    const ledger = ledgerOf(rare);
    expect(read(ledger, 655_000).kind).toBe('value');
    expect(read(ledger, 800_000)).toMatchObject({ reason: 'stale' });
  });

  test('one long gap does not make a signal a rare one', () => {
    const gap = { at: 400_000, steps: [{ from: 60_000, to: 400_000, good: 10, total: 10 }] };
    const ledger = ledgerOf([...steady(60_000, 1, 1), gap]);
    expect(read(ledger, 420_000)).toMatchObject({ reason: 'stale' });
  });
});

describe('a gauge reads', () => {
  const latest: PlainUse = { signal: 'lag', fold: 'latest' };
  const fold = (how: 'over' | 'max' | 'min'): PlainUse => ({ signal: 'lag', fold: how, windowMs: 20_000 });

  function gaugeLedger(values: readonly (readonly [number, number])[]): SignalLedger {
    let ledger = emptyLedger;
    for (const [at, value] of values) {
      const groups = [{ group: {}, newestSampleAt: at, value }];
      ledger = record(ledger, aGauge, { kind: 'gauged', signal: 'lag', groups }, at + 50, -Infinity);
    }
    return ledger;
  }
  const every5s = (...values: number[]) => values.map((value, index) => [index * 5_000, value] as const);

  test.each([
    ['its newest value', latest, 9],
    ['the mean over a window', fold('over'), 6],
    ['the greatest in a window', fold('max'), 9],
    ['the least in a window', fold('min'), 3],
  ])('%s', (_name, use, value) => {
    expect(read(gaugeLedger(every5s(100, 3, 5, 7, 9)), 20_000, use, aGauge)).toEqual({
      kind: 'value',
      value,
      sampleAt: 20_000,
    });
  });

  test('`no-data` when it says NaN', () => {
    expect(read(gaugeLedger(every5s(1, NaN)), 5_000, latest, aGauge)).toMatchObject({ reason: 'no-data' });
    expect(read(gaugeLedger(every5s(NaN, NaN, NaN, NaN, NaN)), 20_000, fold('max'), aGauge)).toMatchObject({
      reason: 'no-data',
    });
  });

  test.each([Infinity, -Infinity])('`impossible` when it says %p', (value) => {
    expect(read(gaugeLedger(every5s(1, value)), 5_000, latest, aGauge)).toMatchObject({ reason: 'impossible' });
    expect(read(gaugeLedger(every5s(1, 1, value, 1, 1)), 20_000, fold('over'), aGauge)).toMatchObject({
      reason: 'impossible',
    });
  });

  test('`impossible` over a window with both infinities, never NaN', () => {
    const ledger = gaugeLedger(every5s(1, 1, Infinity, -Infinity, 1));
    expect(read(ledger, 20_000, fold('over'), aGauge)).toMatchObject({ reason: 'impossible' });
  });

  test('over a window its numbers, while NaN stands for a sample that is missing', () => {
    const ledger = gaugeLedger(every5s(2, 2, NaN, 4, 6));
    expect(read(ledger, 20_000, fold('over'), aGauge)).toMatchObject({ kind: 'value', value: 4 });
  });

  test('`short-history` until its window is covered', () => {
    expect(read(gaugeLedger(every5s(1, 1, 1)), 10_000, fold('over'), aGauge)).toMatchObject({
      reason: 'short-history',
    });
  });

  test('`short-history` when most of its window lies in a gap', () => {
    const ledger = gaugeLedger([...every5s(1, 1, 1, 1, 1), [120_000, 50] as const]);
    expect(read(ledger, 120_000, { ...fold('max'), windowMs: 60_000 }, aGauge)).toMatchObject({
      reason: 'short-history',
    });
  });

  test('one value a sample, however often it is polled, and the newest answer stands', () => {
    const ledger = gaugeLedger([
      [0, 1],
      [5_000, 2],
      [5_000, 3],
    ]);
    expect(ledger.groups.get('')?.values).toEqual([
      { at: 0, value: 1 },
      { at: 5_000, value: 3 },
    ]);
  });

  test('its values in the order of time, even when the source’s newest sample goes back', () => {
    const ledger = gaugeLedger([
      [0, 1],
      [5_000, 2],
      [10_000, 3],
      [4_000, 4],
    ]);
    expect(ledger.groups.get('')?.values.map(({ at }) => at)).toEqual([0, 4_000]);
  });
});
