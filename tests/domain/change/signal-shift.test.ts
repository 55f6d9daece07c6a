import { describe, expect, test } from '@jest/globals';
import { shiftAt, wasWhole } from '../../../src/domain/change/signal-shift.ts';
import { noRows, rowAt, withRows, type CountRow } from '../../../src/domain/reading/count-rows.ts';
import type { Onset } from '../../../src/domain/estimate/onset.ts';

const step = 5000;

/** Steps of a hundred events each from 0 on, with this many bad. */
function rowsOf(bad: readonly number[], total = 100) {
  const rows = bad.map((each, index): CountRow => {
    return { from: index * step, to: (index + 1) * step, sampleAt: (index + 1) * step, good: total - each, total };
  });
  return withRows(noRows, rows, -1);
}

const calm = Array.from({ length: 20 }, () => 0);
const broken = Array.from({ length: 6 }, () => 20);
const onset: Onset = { at: 100_000, earliest: 98_000, latest: 102_000, method: 'change-point', signal: 'success_rate' };

describe('a signal at an onset', () => {
  test('shifted where it is worse after the onset than before the change', () => {
    const shift = shiftAt({ onset, rows: rowsOf([...calm, ...broken]) }, 60_000);
    expect(shift).toMatchObject({
      verdict: 'shifted',
      against: 'change',
      before: { bad: 0, total: 1200 },
      after: { bad: 120, total: 600 },
    });
    expect(shift?.p).toBeLessThan(1e-6);
  });

  test('is held against the level before the onset where its counts do not reach back to the change', () => {
    const shift = shiftAt({ onset, rows: rowsOf([...calm, ...broken]) }, -3_600_000);
    expect(shift).toMatchObject({ verdict: 'shifted', against: 'onset' });
  });

  test('did not shift where it was as bad before the change', () => {
    const bad = Array.from({ length: 20 }, () => 20);
    expect(shiftAt({ onset, rows: rowsOf([...bad, ...broken]) }, 60_000)).toBeUndefined();
  });

  test('is judged by what was bad, and not by what came when service was back', () => {
    const rows = rowsOf([...calm, 3, 3, ...Array.from({ length: 3000 }, () => 0)]);
    expect(shiftAt({ onset, rows, recoveredAt: 110_000 }, 60_000)).toMatchObject({
      verdict: 'shifted',
      after: { bad: 6, total: 200 },
    });
  });

  test('of a relapse is held against the level since service was back, not against what was off before', () => {
    const rows = rowsOf([...Array.from({ length: 10 }, () => 50), ...calm.slice(10), ...broken]);
    expect(shiftAt({ onset, rows }, 90_000)).toBeUndefined();
    expect(shiftAt({ onset, rows, backBy: 50_000 }, 90_000)).toMatchObject({
      verdict: 'shifted',
      before: { bad: 0, total: 800 },
    });
  });

  test('left its bound where too little was counted to compare, if its beginning was seen', () => {
    const few = rowsOf(
      [...calm, ...broken].map((bad) => bad / 20),
      1,
    );
    expect(shiftAt({ onset, rows: few }, 60_000)).toEqual({ verdict: 'shifted', against: 'bound' });
    expect(shiftAt({ onset }, 60_000)).toEqual({ verdict: 'shifted', against: 'bound' });
    expect(shiftAt({ onset: { ...onset, method: 'history-limit' } }, 60_000)).toEqual({ verdict: 'unknown' });
  });

  test('is not known where an incident was detected without one', () => {
    const { signal: _signal, ...blind } = onset;
    expect(shiftAt({ onset: { ...blind, method: 'detection' }, rows: rowsOf([...calm, ...broken]) }, 60_000)).toEqual({
      verdict: 'unknown',
    });
  });

  test('was good before where all that was bad lies in steps across the change or across the end of the time before', () => {
    // Off until 50 s, with a bad step to 55 s; a change at 93 s, in a step that is bad from then on.
    const rows = rowsOf([...Array.from({ length: 11 }, () => 50), ...calm.slice(11, 18), 20, 20, ...broken]);
    const relapse = { ...onset, at: 93_500, earliest: 90_000, latest: 95_000 };
    expect(shiftAt({ onset: relapse, rows, backBy: 52_000 }, 93_000)).toMatchObject({
      against: 'change',
      before: { bad: 0, total: 700 },
    });
    expect(shiftAt({ onset: { ...relapse, earliest: 93_400 }, rows, backBy: 52_000 }, 93_000)).toMatchObject({
      before: { bad: 0, total: 700 },
    });
  });
});

describe('service was whole before a relapse', () => {
  const stretch = { from: 20_000, to: 98_000, leastMs: 60_000, allowed: 0.01 };
  const rows = rowsOf([...calm, ...broken]);

  test('where whole steps without a gap show it for long enough', () => {
    expect(wasWhole(rows, stretch)).toBe(true);
    expect(wasWhole(rows, { ...stretch, leastMs: 75_000 })).toBe(true);
  });

  test.each<[string, boolean]>([
    ['it was not seen for long enough', wasWhole(rows, { ...stretch, leastMs: 76_000 })],
    ['its counts begin after that', wasWhole(rows, { ...stretch, from: -1 })],
    ['nothing was counted', wasWhole(noRows, stretch)],
    ['too few events were counted', wasWhole(rowsOf(calm, 1), stretch)],
    ['more was bad than its target allows', wasWhole(rowsOf([...calm.slice(5), 20, 0, 0, 0, 0]), stretch)],
    ['a step is missing', wasWhole(withGap(), stretch)],
  ])('is not known where %s', (_name, known) => {
    expect(known).toBe(false);
  });
});

function withGap() {
  const all = rowsOf(calm);
  const kept = Array.from({ length: 20 }, (_, index) => index).filter((index) => index !== 10);
  return withRows(
    noRows,
    kept.map((index) => rowAt(all, index)),
    -1,
  );
}
