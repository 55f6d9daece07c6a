import { describe, expect, test } from '@jest/globals';
import { impactOf } from '../../../src/domain/incident/assess-impact.ts';
import { noRows, type CountRows } from '../../../src/domain/reading/count-rows.ts';
import { onsetOfCounts } from '../../../src/domain/estimate/estimate-onset.ts';
import { recoveryOfCounts, recoveryOfGauge } from '../../../src/domain/estimate/estimate-recovery.ts';
import type { Impact } from '../../../src/domain/incident/impact.ts';
import type { TimeEstimate } from '../../../src/domain/estimate/onset.ts';
import { firstBelow, heldFrom, knownAt, rowsOf, type NoisyFault } from '../../support/noisy-fault.ts';
import { share } from '../../support/tally.ts';

const minute = 60_000;
const holdMs = 2 * minute;
const target = { signal: 'success_rate', bound: 'atLeast' as const, value: 0.999, overMs: minute };

interface Outcome {
  readonly fault: NoisyFault;
  readonly badPerInterval: number;
  readonly onset: TimeEstimate;
  readonly recovery: TimeEstimate | undefined;
  readonly impact: Impact;
  /** Bad events of the fault, as they were drawn. */
  readonly lost: number;
}

function outcomeOf(fault: NoisyFault): Outcome | undefined {
  const rows = rowsOf(fault);
  const detectedAt = firstBelow(rows, minute, 1 - fault.share / 2, fault.from);
  const heldSince = heldFrom(rows, minute, target.value, fault.to, holdMs);
  if (detectedAt === undefined || heldSince === undefined) return undefined;
  const known = knownAt(rows, heldSince + holdMs);
  const onset = onsetOfCounts(known, target, detectedAt, fault.scrapeMs);
  if (onset === undefined) return undefined;
  const recovery = recoveryOfCounts(known, target, onset.at, heldSince, fault.scrapeMs);
  return {
    fault,
    badPerInterval: (fault.perSecond * fault.share * fault.scrapeMs) / 1000,
    onset,
    recovery,
    impact: impactOf(known, target, onset, recovery ?? { at: heldSince, earliest: heldSince, latest: heldSince }),
    lost: badBetween(rows, fault.from, fault.to + fault.scrapeMs),
  };
}

function badBetween(rows: CountRows, from: number, to: number): number {
  let bad = 0;
  for (let at = 0; at < rows.length; at += 5) {
    const [sampleAt = 0, good = 0, total = 0] = rows.subarray(at + 2, at + 5);
    if (sampleAt > from && sampleAt < to) bad += total - good;
  }
  return bad;
}

function grid(baseline: number): readonly Outcome[] {
  const outcomes: Outcome[] = [];
  let seed = 0;
  for (const scrapeMs of [1_000, 5_000, 15_000, 30_000])
    for (const badShare of [0.02, 0.05, 0.2, 0.5, 1])
      for (const perSecond of [5, 20, 100, 500])
        for (const phase of [0.1, 0.7]) {
          const from = 8 * minute + 0.3 * scrapeMs;
          const to = 12 * minute + phase * scrapeMs;
          seed += 1;
          const outcome = outcomeOf({
            scrapeMs,
            perSecond,
            share: badShare,
            baseline,
            from,
            to,
            seed,
            until: 18 * minute,
          });
          if (outcome !== undefined) outcomes.push(outcome);
        }
  return outcomes;
}

const offBy = ({ fault, recovery }: Outcome): number => Math.abs((recovery?.at ?? NaN) - fault.to) / fault.scrapeMs;

describe.each([
  ['without any bad events', 0],
  ['with half as many bad events as are allowed', 0.0005],
])('a fault that ends at once, in traffic %s', (_name, baseline) => {
  const outcomes = grid(baseline);
  const rest = outcomes.filter(({ badPerInterval }) => badPerInterval >= 1);
  const visible = outcomes.filter(({ badPerInterval }) => badPerInterval >= 5);

  test('has the truth between its bounds in at least 95 % of all cases', () => {
    const holds = ({ fault, recovery }: Outcome): boolean =>
      recovery !== undefined && recovery.earliest <= fault.to && recovery.latest >= fault.to;
    expect(share(rest, holds)).toBeGreaterThanOrEqual(0.95);
    expect(share(visible, holds)).toBeGreaterThanOrEqual(0.98);
  });

  test('is estimated within one interval in at least 95 % of the cases in which an interval holds a bad event', () => {
    expect(share(rest, (outcome) => offBy(outcome) <= 1)).toBeGreaterThanOrEqual(0.95);
    expect(share(visible, (outcome) => offBy(outcome) <= 1)).toBeGreaterThanOrEqual(0.98);
  });

  test('costs what was lost, within 1 % in nearly every case that can be seen', () => {
    const isRight = ({ impact, lost }: Outcome): boolean => Math.abs(impact.badEvents - lost) <= 0.01 * lost + 1;
    // What the target allows is taken off: a tenth of a per cent of all, which is a twentieth of a fault of 2 %.
    const deep = visible.filter(({ fault }) => fault.share >= 0.2);
    expect(share(deep, isRight)).toBeGreaterThanOrEqual(0.99);
    const within = ({ impact, lost, fault }: Outcome): boolean =>
      Math.abs(impact.badEvents - lost * (1 - 0.001 / fault.share)) <= 0.03 * lost + 2;
    expect(share(visible, within)).toBeGreaterThanOrEqual(0.97);
  });

  test('lies between onset and the time from which the end state held', () => {
    for (const { onset, recovery } of visible) {
      expect(recovery?.at).toBeGreaterThanOrEqual(onset.at);
      expect(recovery?.latest).toBeGreaterThanOrEqual(recovery?.earliest ?? NaN);
    }
  });
});

describe('the impact of a fault whose size is known exactly', () => {
  test.each([0.1, 0.5, 1])('is right to 1 %% for a share of %d', (badShare) => {
    for (const scrapeMs of [1_000, 5_000, 15_000]) {
      const rows = exactRows(scrapeMs, 10 * minute + 0.4 * scrapeMs, 15 * minute + 0.7 * scrapeMs, badShare);
      const onset = onsetOfCounts(rows, target, 11 * minute, scrapeMs);
      const recovery = recoveryOfCounts(rows, target, onset?.at ?? NaN, 17 * minute, scrapeMs);
      if (onset === undefined || recovery === undefined) throw new Error('no onset or no recovery');
      const events = (5 * minute + 0.3 * scrapeMs) * 0.1;
      const { badEvents, totalEvents, peakBadRatio } = impactOf(rows, target, onset, recovery);
      expect(Math.abs(badEvents / (events * (badShare - 0.001)) - 1)).toBeLessThanOrEqual(0.01);
      expect(Math.abs(totalEvents / events - 1)).toBeLessThanOrEqual(0.01);
      expect(peakBadRatio).toBeCloseTo(badShare, 2);
    }
  });

  /** A hundred events a second, evenly. */
  function exactRows(scrapeMs: number, from: number, to: number, badShare: number): CountRows {
    const rows: number[] = [];
    for (let at = scrapeMs; at <= 20 * minute; at += scrapeMs) {
      const insideMs = Math.max(0, Math.min(at, to) - Math.max(at - scrapeMs, from));
      const total = scrapeMs / 10;
      rows.push(at - scrapeMs + 40, at + 40, at, total - (insideMs / 10) * badShare, total);
    }
    return new Float64Array(rows);
  }
});

describe('two bad stretches in one incident', () => {
  test('have recovered with the end of the second, however long it was healthy between them', () => {
    const first = rowsOf({
      scrapeMs: 5_000,
      perSecond: 100,
      share: 0.3,
      baseline: 0,
      seed: 1,
      from: 10 * minute,
      to: 12 * minute,
      until: 50 * minute,
    });
    const second = rowsOf({
      scrapeMs: 5_000,
      perSecond: 100,
      share: 0.05,
      baseline: 0,
      seed: 2,
      from: 40 * minute,
      to: 41 * minute + 2_000,
      until: 50 * minute,
    });
    const rows = new Float64Array([...first.subarray(0, 30 * 12 * 5), ...second.subarray(30 * 12 * 5)]);

    const recovery = recoveryOfCounts(rows, target, 10 * minute, 43 * minute, 5_000);

    expect(Math.abs((recovery?.at ?? NaN) - 41 * minute - 2_000)).toBeLessThanOrEqual(5_000);
  });
});

describe('what is no recovery', () => {
  test('a signal that was never off has none', () => {
    const rows = rowsOf({
      scrapeMs: 5_000,
      perSecond: 100,
      share: 0,
      baseline: 0.0005,
      seed: 4,
      from: 1e12,
      to: 1e12,
      until: 20 * minute,
    });
    expect(recoveryOfCounts(rows, target, 10 * minute, 15 * minute, 5_000)).toBeUndefined();
  });

  test('nothing known, nothing told', () => {
    expect(recoveryOfCounts(noRows, target, 0, 10, 5)).toBeUndefined();
    expect(recoveryOfGauge([], { signal: 'lag', bound: 'atMost', value: 1 }, 10, 0)).toBeUndefined();
  });
});

describe('a gauge', () => {
  const lag = { signal: 'lag', bound: 'atMost' as const, value: 10 };
  const values = (...numbers: number[]) => numbers.map((value, index) => ({ at: index * 1_000, value }));

  test('came back between the last sample beyond its bound and the next', () => {
    expect(recoveryOfGauge(values(20, 20, 0, 0), lag, 3_000, 0)).toEqual({ at: 1_500, earliest: 1_000, latest: 2_000 });
  });

  test.each([NaN, Infinity])('that reads %p at times came back at a time that is a number', (odd) => {
    expect(recoveryOfGauge(values(20, odd, 0), lag, 3_000, 0)).toEqual({ at: 1_000, earliest: 0, latest: 2_000 });
  });

  test('that is a rate over a window may have come back a window earlier', () => {
    expect(recoveryOfGauge(values(20, 20, 0), lag, 3_000, 60_000)?.earliest).toBe(1_000 - 60_000);
  });
});
