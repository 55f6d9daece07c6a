import { describe, expect, test } from '@jest/globals';
import { noRows, withRows } from '../../../src/domain/reading/count-rows.ts';
import { onsetOfCounts, onsetOfGauge } from '../../../src/domain/estimate/estimate-onset.ts';
import type { Onset } from '../../../src/domain/estimate/onset.ts';
import { firstBelow, knownAt, rowsOf, type NoisyFault } from '../../support/noisy-fault.ts';
import { share, tally } from '../../support/tally.ts';

const minute = 60_000;
const target = { signal: 'success_rate', bound: 'atLeast' as const, value: 0.999, overMs: minute };

interface Case extends NoisyFault {
  /** Bad events that one scrape interval of the fault holds on average. */
  readonly badPerInterval: number;
}

/** Step faults of every size, at every phase of the scrape interval, in traffic that is sometimes bad anyway. */
function grid(seeds: number, baseline: number): readonly Case[] {
  const cases: Case[] = [];
  for (const scrapeMs of [1_000, 5_000, 15_000, 30_000])
    for (const badShare of [0.02, 0.05, 0.2, 0.5, 1])
      for (const perSecond of [5, 20, 100, 500])
        for (const phase of [0.05, 0.5, 0.95])
          for (let seed = 0; seed < seeds; seed += 1) {
            const from = 12 * minute + phase * scrapeMs;
            cases.push({
              scrapeMs,
              perSecond,
              share: badShare,
              baseline,
              from,
              to: 30 * minute,
              until: 15 * minute,
              seed: cases.length + 1,
              badPerInterval: (perSecond * badShare * scrapeMs) / 1000,
            });
          }
  return cases;
}

/** The onset as it is settled: detected by a rule at half the fault's share, with three samples more. */
function settledOnset(fault: NoisyFault): Onset | undefined {
  const rows = rowsOf(fault);
  const detectedAt = firstBelow(rows, minute, 1 - fault.share / 2, fault.from);
  if (detectedAt === undefined) return undefined;
  return onsetOfCounts(knownAt(rows, detectedAt + 3 * fault.scrapeMs), target, detectedAt, fault.scrapeMs);
}

function offBy(fault: NoisyFault, onset: Onset): number {
  return Math.abs(onset.at - fault.from) / fault.scrapeMs;
}

const holds = (fault: NoisyFault, onset: Onset): boolean => onset.earliest <= fault.from && onset.latest >= fault.from;

describe.each([
  ['no bad events', 0],
  ['half as many bad events as are allowed', 0.0005],
  ['as many bad events as are allowed', 0.001],
])('a step fault in noisy traffic with %s before it', (_name, baseline) => {
  const cases = grid(1, baseline).map((fault) => ({ fault, onset: settledOnset(fault) }));
  const found = cases.flatMap(({ fault, onset }) => (onset === undefined ? [] : [{ fault, onset }]));
  const visible = found.filter(({ fault }) => fault.badPerInterval >= 5);

  test('is found whenever it can be seen', () => {
    const missed = cases.filter(({ fault, onset }) => onset === undefined && fault.badPerInterval >= 5);
    expect(missed).toEqual([]);
  });

  test('has the truth between its bounds in at least 95 % of all cases, faint ones too', () => {
    const rest = found.filter(({ fault }) => fault.badPerInterval >= 1);
    expect(share(found, ({ fault, onset }) => holds(fault, onset))).toBeGreaterThanOrEqual(0.95);
    expect(share(rest, ({ fault, onset }) => holds(fault, onset))).toBeGreaterThanOrEqual(0.98);
  });

  test('is estimated within one scrape interval in at least 95 % of the cases in which an interval holds a bad event', () => {
    const rest = found.filter(({ fault }) => fault.badPerInterval >= 1);
    expect(share(rest, ({ fault, onset }) => offBy(fault, onset) <= 1)).toBeGreaterThanOrEqual(0.95);
  });

  test('is estimated within one interval in 99 % of the cases that can be seen, and never off by more than two where chance allows it', () => {
    const clear = found.filter(({ fault }) => fault.badPerInterval >= 10);
    expect(share(visible, ({ fault, onset }) => offBy(fault, onset) <= 1)).toBeGreaterThanOrEqual(0.99);
    expect(share(visible, ({ fault, onset }) => offBy(fault, onset) <= 2)).toBeGreaterThanOrEqual(0.997);
    expect(Math.max(...clear.map(({ fault, onset }) => offBy(fault, onset)))).toBeLessThanOrEqual(2);
  });

  test('is a narrow statement: half of those that can be seen have bounds one interval apart', () => {
    const widths = visible.map(({ fault, onset }) => (onset.latest - onset.earliest) / fault.scrapeMs);
    expect(tally(widths).median).toBeLessThanOrEqual(1.01);
  });
});

describe.each([1_000, 5_000, 15_000])('a ramp, scraped each %d ms', (scrapeMs) => {
  const lengths = [2 * minute, 5 * minute, 10 * minute];
  const found = lengths.flatMap((lengthMs) =>
    [0, 0.0005].flatMap((baseline) =>
      Array.from({ length: 6 }, (_, seed) => {
        const from = 20 * minute + 0.3 * scrapeMs;
        const fault: NoisyFault = {
          scrapeMs,
          perSecond: 100,
          share: 0.5,
          baseline,
          from,
          to: 60 * minute,
          until: 34 * minute,
          seed: seed + 1,
          shape: (t) => Math.min(1, (t - from) / lengthMs),
        };
        const rows = rowsOf(fault);
        const detectedAt = firstBelow(rows, minute, 0.97, from) ?? NaN;
        const onset = onsetOfCounts(knownAt(rows, detectedAt + 3 * scrapeMs), target, detectedAt, scrapeMs);
        // It leaves the bound when it has climbed to the share that is allowed.
        return { onset, truth: from + (lengthMs * 0.001) / 0.5 };
      }),
    ),
  );

  test('has its onset found within the rule’s window', () => {
    for (const { onset, truth } of found) expect(Math.abs((onset?.at ?? NaN) - truth)).toBeLessThanOrEqual(minute);
  });

  test('has the truth between the bounds four times in five, although its beginning cannot be seen', () => {
    const held = share(
      found,
      ({ onset, truth }) => onset !== undefined && onset.earliest <= truth && onset.latest >= truth,
    );
    expect(held).toBeGreaterThanOrEqual(0.8);
  });

  test('is called a stretch, not a change point, where that shows', () => {
    expect(share(found, ({ onset }) => onset?.method === 'contiguous-breach')).toBeGreaterThanOrEqual(0.8);
  });
});

describe('what is no onset', () => {
  test('traffic at target-level noise is hardly ever taken for one', () => {
    const quiet = [5_000, 15_000].flatMap((scrapeMs) =>
      [5, 20, 100].flatMap((perSecond) =>
        Array.from({ length: 40 }, (_, seed) =>
          onsetOfCounts(
            rowsOf({ scrapeMs, perSecond, share: 0, baseline: 0.001, from: 1e12, to: 1e12, until: 31 * minute, seed }),
            target,
            31 * minute,
            scrapeMs,
          ),
        ),
      ),
    );
    expect(share(quiet, (onset) => onset !== undefined)).toBeLessThanOrEqual(0.02);
  });

  test('no rows, or none before detection, give none', () => {
    const rows = withRows(noRows, [{ from: 10, to: 20, sampleAt: 19, good: 0, total: 100 }], -Infinity);
    expect(onsetOfCounts(noRows, target, 100, 10)).toBeUndefined();
    expect(onsetOfCounts(rows, target, 15, 10)).toBeUndefined();
  });

  test('traffic without events gives none', () => {
    const rows = withRows(noRows, [{ from: 10, to: 20, sampleAt: 19, good: 0, total: 0 }], -Infinity);
    expect(onsetOfCounts(rows, target, 20, 10)).toBeUndefined();
  });
});

describe('earlier trouble', () => {
  /** Bad from `first` on for `firstMs`, healthy, and bad again from 30 minutes on. */
  const twice = (firstMs: number, gapMs: number): Onset | undefined => {
    const again = 30 * minute + 1_700;
    const bump = rowsOf({
      scrapeMs: 5_000,
      perSecond: 100,
      share: 0.5,
      baseline: 0,
      from: again - gapMs - firstMs,
      to: again - gapMs,
      until: 30 * minute,
      seed: 1,
    });
    const now = rowsOf({
      scrapeMs: 5_000,
      perSecond: 100,
      share: 0.5,
      baseline: 0,
      from: again,
      to: 60 * minute,
      until: 34 * minute,
      seed: 2,
    });
    const rows = new Float64Array([...bump, ...now.subarray(bump.length)]);
    const detectedAt = firstBelow(rows, minute, 0.97, again) ?? NaN;
    return onsetOfCounts(knownAt(rows, detectedAt + 15_000), target, detectedAt, 5_000);
  };

  test('that was long and bad, and over for longer than the window, is not taken for the beginning', () => {
    expect(Math.abs((twice(15 * minute, 4 * minute)?.at ?? NaN) - 30 * minute - 1_700)).toBeLessThanOrEqual(5_000);
  });

  test('that was over only for a few steps is the beginning: the windowed share never came back', () => {
    const onset = twice(5 * minute, 20_000);
    expect(Math.abs((onset?.at ?? NaN) - (30 * minute + 1_700 - 20_000 - 5 * minute))).toBeLessThanOrEqual(5_000);
  });

  test('that is older than the history says so, and begins with it', () => {
    const rows = rowsOf({
      scrapeMs: 5_000,
      perSecond: 100,
      share: 0.5,
      baseline: 0,
      from: 0,
      to: 60 * minute,
      until: 10 * minute,
      seed: 1,
    });
    expect(onsetOfCounts(rows, target, 10 * minute, 5_000)).toMatchObject({ method: 'history-limit', at: rows[0] });
  });
});

describe('a fault that was over before the rule’s `for` had passed', () => {
  test('has its own onset, not the moment of detection', () => {
    const from = 20 * minute + 2_000;
    const rows = rowsOf({
      scrapeMs: 5_000,
      perSecond: 100,
      share: 1,
      baseline: 0,
      from,
      to: from + 15_000,
      until: 21 * minute,
      seed: 3,
    });
    const onset = onsetOfCounts(rows, target, from + 50_000, 5_000);
    expect(Math.abs((onset?.at ?? NaN) - from)).toBeLessThanOrEqual(5_000);
  });
});

describe('targets that are scraped at different instants', () => {
  test('have an onset whose bounds reach back to each one’s own last scrape', () => {
    // Four targets, a quarter of the interval apart: each step holds what one of them counted in a whole interval.
    const rows = withRows(
      noRows,
      Array.from({ length: 200 }, (_, index) => {
        const sampleAt = index * 2_500;
        const bad = Math.round(25 * Math.min(1, Math.max(0, (sampleAt - 401_000) / 10_000)));
        return { from: sampleAt - 2_460, to: sampleAt + 40, sampleAt, good: 25 - bad, total: 25 };
      }),
      -Infinity,
    );
    const onset = onsetOfCounts(rows, target, 420_040, 10_000);
    expect(Math.abs((onset?.at ?? NaN) - 401_000)).toBeLessThanOrEqual(2_500);
    expect(onset?.earliest).toBeLessThanOrEqual(401_000);
    expect(onset?.latest).toBeGreaterThanOrEqual(401_000);
  });
});

describe('a gauge', () => {
  const lag = { signal: 'lag', bound: 'atMost' as const, value: 10 };
  const values = (...numbers: number[]) => numbers.map((value, index) => ({ at: index * 1_000, value }));

  test.each([
    ['between the sample inside and the first beyond its bound', values(0, 0, 20, 20), 3_000, 1_500],
    ['after the newest sample inside, however often it was beyond before', values(20, 0, 20, 5, 15), 4_000, 3_500],
    ['before detection only', values(0, 0, 20, 0, 20), 2_500, 1_500],
  ])('left its bound %s', (_name, known, detectedAt, at) => {
    expect(onsetOfGauge(known, lag, detectedAt, 0)).toMatchObject({ at, method: 'contiguous-breach' });
  });

  test.each([NaN, Infinity, -Infinity])('that reads %p at times has an onset that is a number', (odd) => {
    const onset = onsetOfGauge(values(0, odd, 20, odd, 20), lag, 4_000, 0);
    expect(onset).toMatchObject({ at: 1_000, earliest: 0, latest: 2_000 });
  });

  test('that has been beyond its bound for as long as is known says so', () => {
    expect(onsetOfGauge(values(20, 20), lag, 1_000, 0)).toMatchObject({ method: 'history-limit', at: 0 });
  });

  test('inside its bound has no onset, except where its window still holds what was beyond', () => {
    expect(onsetOfGauge(values(0, 20, 0), lag, 2_000, 0)).toBeUndefined();
    expect(onsetOfGauge(values(0, 90, 0), { ...lag, overMs: 3_000 }, 2_000, 0)?.earliest).toBe(0);
  });

  test('that is a rate over a window began to climb before it left its bound', () => {
    const climbing = Array.from({ length: 20 }, (_, index) => ({
      at: index * 15_000,
      value: Math.min(100, Math.max(0, ((index * 15_000 - 60_000) / 120_000) * 100)),
    }));
    const onset = onsetOfGauge(climbing, { ...lag, value: 50 }, 285_000, 120_000);
    expect(Math.abs((onset?.at ?? NaN) - 60_000)).toBeLessThanOrEqual(15_000);
  });
});
