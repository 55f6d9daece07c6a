import { describe, expect, test } from '@jest/globals';
import { AskedStretches } from '../../../src/app/budgets/asked-stretches.ts';
import { pastSteps } from '../../../src/app/budgets/past-steps.ts';
import { planFill, type FillShape } from '../../../src/app/budgets/plan-fill.ts';
import type { HistoryPoint } from '../../../src/domain/reading/history.ts';
import type { Interval } from '../../../src/domain/interval.ts';
import { day, hour, minute, monday, second } from '../../domain/budget/budgets.ts';

const now = monday + 10 * hour;
const shape: FillShape = { now, intervalMs: 15_000, slices: [], points: 720 };

/** Every part that fills a gap, in the order in which they are read. */
function parts(gap: Interval, over: Partial<FillShape> = {}) {
  const read: { from: number; to: number; stepMs: number }[] = [];
  let left: Interval = gap;
  while (left.to > left.from && read.length < 500) {
    const part = planFill([left], { ...shape, ...over });
    if (part === undefined) break;
    read.push(part);
    left = { from: left.from, to: part.from };
  }
  return read;
}

describe('the plan of a fill', () => {
  test('covers a gap without holes or overlaps, newest first, and finer the newer it is', () => {
    const gap = { from: now - 30 * day, to: now - 12_345 };
    const read = parts(gap);
    expect(read[0]?.to).toBe(gap.to);
    expect(read.at(-1)?.from).toBe(gap.from);
    for (const [index, part] of read.slice(1).entries()) expect(part.to).toBe(read[index]?.from);
    for (const { from, to, stepMs } of read) {
      expect((to - from) % stepMs).toBe(0);
      expect((to - from) / stepMs).toBeLessThanOrEqual(720);
      if (now - from > 4 * day) expect(stepMs).toBe(5 * minute);
      if (now - to > 2 * hour && now - from < 2 * day) expect(stepMs).toBe(minute);
    }
    expect(read.length).toBeLessThan(25);
  });

  test.each([
    ['slices of a minute', [minute], minute],
    ['slices of 90 seconds', [90 * second], 90 * second],
    ['slices of an hour', [hour], 5 * minute],
    ['slices of different lengths', [90 * second, minute], 30 * second],
  ])('reads old history for %s in steps that blur none of them', (_name, slices, stepMs) => {
    const [first] = parts({ from: monday - 20 * day, to: monday - 10 * day }, { slices });
    expect(first?.stepMs).toBe(stepMs);
  });

  test('reads what lies off the grid as one step, and nothing for no gap', () => {
    expect(parts({ from: now - hour + 7_000, to: now - hour + 9_000 })).toEqual([
      { from: now - hour + 7_000, to: now - hour + 9_000, stepMs: 2_000 },
    ]);
    expect(planFill([], shape)).toBeUndefined();
  });
});

describe('stretches that a source does not have', () => {
  test('are asked for again after an hour, and then daily', () => {
    const asked = new AskedStretches();
    const hole = { from: now - 3 * hour, to: now - 2 * hour };
    const gap = { from: now - 4 * hour, to: now - hour };
    asked.add(hole, now);
    expect(asked.open([gap], now)).toEqual([
      { from: gap.from, to: hole.from },
      { from: hole.to, to: gap.to },
    ]);
    expect(asked.open([gap], now + hour)).toEqual([gap]);
    asked.add(hole, now + hour);
    expect(asked.open([hole], now + 3 * hour)).toEqual([]);
    expect(asked.open([hole], now + 26 * hour)).toEqual([hole]);
  });

  test('are settled, while those that it refuses wait as long and may still be there', () => {
    const asked = new AskedStretches();
    const [absent, refused] = [
      { from: now - 4 * hour, to: now - 3 * hour },
      { from: now - 2 * hour, to: now - hour },
    ];
    asked.add(absent, now);
    asked.add(refused, now, 'refused');
    expect(asked.open([absent, refused], now)).toEqual([]);
    expect(asked.unsettled([absent, refused], now)).toEqual([refused]);
  });
});

describe('the steps of a past', () => {
  const stepMs = 15_000;
  const point = (step: number, newest: number, bad = 0, total = 10): HistoryPoint => ({
    at: step * stepMs,
    newestSampleAt: newest * stepMs,
    good: total - bad,
    total,
    numeratorSeen: true,
  });
  const read = { stepMs, staleAfterMs: 45_000, awaitsGood: false };
  const spans = (steps: ReturnType<typeof pastSteps>) =>
    steps.map(({ from, to, total }) => [from / stepMs, to / stepMs, total]);

  test('join where no newer sample landed, so that a gap in the scrapes is one step', () => {
    const points = [point(1, 1), point(2, 1, 0, 0), point(3, 1, 0, 0), point(4, 4, 3, 40)];
    expect(spans(pastSteps(points, read))).toEqual([
      [0, 1, 10],
      [1, 4, 40],
    ]);
  });

  test('end with what is fresh, and leave out what nobody sampled', () => {
    const fresh = [point(1, 1), point(2, 1, 0, 0), point(3, 1, 0, 0)];
    expect(spans(pastSteps(fresh, read))).toEqual([
      [0, 1, 10],
      [1, 3, 0],
    ]);
    const stale = [...fresh, point(4, 1, 0, 0), point(5, 1, 0, 0)];
    expect(spans(pastSteps(stale, read))).toEqual([[0, 1, 10]]);
  });

  test('begin again five minutes before series that come back, and not before', () => {
    const points = [point(1, 1), point(100, 100)];
    expect(spans(pastSteps(points, read))).toEqual([
      [0, 1, 10],
      [80, 100, 10],
    ]);
  });

  test('leave out traffic before good events were first seen', () => {
    const unseen = { ...point(1, 1), good: 0, numeratorSeen: false };
    expect(spans(pastSteps([unseen, point(2, 2)], { ...read, awaitsGood: true }))).toEqual([[1, 2, 10]]);
    expect(pastSteps([point(1, 1), { ...point(2, 2), good: 0, numeratorSeen: false }], read)).toHaveLength(2);
  });
});
