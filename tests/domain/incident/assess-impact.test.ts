import { describe, expect, test } from '@jest/globals';
import { recordedImpact } from '../../../src/domain/incident/assess-impact.ts';
import { noRows, withRows } from '../../../src/domain/reading/count-rows.ts';
import type { Target } from '../../../src/domain/service/service.ts';

const minute = 60_000;
const target: Target = { signal: 'success_rate', bound: 'atLeast', value: 0.99, overMs: minute };

/** Steps of an hour from the beginning on, each with its bad events and all. */
function hours(...counts: readonly (readonly [bad: number, total: number])[]) {
  const rows = counts.map(([bad, total], index) => {
    const to = (index + 1) * 60 * minute;
    return { from: to - 60 * minute, to, sampleAt: to, good: total - bad, total };
  });
  return withRows(noRows, rows, -Infinity);
}

/** An end that is known to a minute. */
const about = (minutes: number) => ({
  at: minutes * minute,
  earliest: (minutes - 1) * minute,
  latest: (minutes + 1) * minute,
});

describe('what an incident cost by recorded windows', () => {
  test.each([
    ['is all beyond what is allowed, though the window was cut', hours([600, 6_000]), -Infinity, [540, 2_000, 0.28]],
    ['is shared out by time where an earlier incident was over in it', hours([600, 6_000]), 10, [180, 2_000, 0.1]],
    ['is not shared out where that was over before it', hours([600, 6_000]), 0, [540, 2_000, 0.28]],
    ['is never more than all there was', hours([6_000, 6_000]), -Infinity, [5_940, 5_940, 1]],
    ['is nothing where nothing is lost', hours([60, 6_000]), -Infinity, [0, 2_000, 0.01]],
    ['is nothing without traffic', hours([0, 0]), -Infinity, [0, 0, 0]],
    ['is not what others lost', hours([600, 6_000], [600, 6_000]), -Infinity, [540, 2_000, 0.28]],
  ])('%s', (_, rows, notBefore, [badEvents, totalEvents, peak]) => {
    const impact = recordedImpact(rows, target, about(30), about(50), notBefore * minute);
    expect({ ...impact, badEvents: Math.round(impact.badEvents) }).toEqual({
      badEvents,
      totalEvents,
      peakBadRatio: expect.closeTo(peak ?? NaN, 9),
      signal: 'success_rate',
      about: true,
    });
  });

  test('is put together from every window that it reaches into', () => {
    const rows = hours([600, 6_000], [6_000, 6_000], [600, 6_000]);
    const { badEvents, totalEvents, peakBadRatio } = recordedImpact(rows, target, about(30), about(135));
    expect([badEvents, totalEvents, peakBadRatio]).toEqual([540 + 5_940 + 540, 3_000 + 6_000 + 1_500, 1]);
  });
});
