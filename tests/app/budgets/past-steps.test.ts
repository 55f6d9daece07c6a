import { expect, test } from '@jest/globals';
import { pastSteps } from '../../../src/app/budgets/past-steps.ts';
import type { HistoryPoint } from '../../../src/domain/reading/history.ts';

const shape = { stepMs: 10, staleAfterMs: 30, awaitsGood: true };

function point(at: number, newestSampleAt = at - 2): HistoryPoint {
  return { at, newestSampleAt, good: 8, total: 10, numeratorSeen: true };
}

test('a step of the past without its bucket is left open, and neither of its neighbours reaches into it', () => {
  const hole: HistoryPoint = { at: 30, newestSampleAt: 28, numeratorSeen: true, lacksBucket: true };
  expect(pastSteps([point(10), point(20), hole, point(40)], shape)).toEqual([
    { from: 0, to: 10, good: 8, total: 10 },
    { from: 10, to: 20, good: 8, total: 10 },
    { from: 30, to: 40, good: 8, total: 10 },
  ]);
});

test('a step of the past without any point is a part of the next one, which holds its events', () => {
  expect(pastSteps([point(10), point(20), point(40)], shape)).toEqual([
    { from: 0, to: 10, good: 8, total: 10 },
    { from: 10, to: 20, good: 8, total: 10 },
    { from: 20, to: 40, good: 8, total: 10 },
  ]);
});
