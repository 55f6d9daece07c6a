import { describe, expect, test } from '@jest/globals';
import { replay, type HistoryPoint } from '../../../src/domain/reading/history.ts';
import type { Observation } from '../../../src/domain/reading/observation.ts';
import { aGauge, aRatio } from '../../support/simulation.ts';

const point = (at: number, newestSampleAt: number, total = 10): HistoryPoint => ({
  at,
  newestSampleAt,
  good: total,
  total,
  numeratorSeen: true,
});

function play(points: readonly HistoryPoint[], from: number, to: number): readonly Observation[] {
  return [...replay([{ signal: aRatio, groups: [{ group: {}, points }] }], from, to, 10)].map(
    ({ observations }) => observations[0] as Observation,
  );
}

describe('playing history back', () => {
  test('shows at each step what a poll would have seen', () => {
    expect(play([point(10, 8), point(20, 18)], 0, 20)).toEqual([
      {
        kind: 'counted',
        signal: 'success_rate',
        groups: [
          { group: {}, newestSampleAt: 8, numeratorSeen: true, steps: [{ from: 0, to: 10, good: 10, total: 10 }] },
        ],
      },
      {
        kind: 'counted',
        signal: 'success_rate',
        groups: [
          { group: {}, newestSampleAt: 18, numeratorSeen: true, steps: [{ from: 10, to: 20, good: 10, total: 10 }] },
        ],
      },
    ]);
  });

  test('a step that lacks its bucket counts nothing, and nothing of it is in the next one', () => {
    const hole: HistoryPoint = { at: 20, newestSampleAt: 18, lacksBucket: true };
    const steps = play([point(10, 8), hole, point(30, 28)], 0, 30).map((each) =>
      each.kind === 'counted' ? each.groups[0]?.steps : undefined,
    );
    expect(steps).toEqual([
      [{ from: 0, to: 10, good: 10, total: 10 }],
      [],
      [{ from: 20, to: 30, good: 10, total: 10 }],
    ]);
  });

  test('a step without a new sample stays open, so that a gap becomes one long step', () => {
    const seen = play([point(10, 8), point(20, 8, 0), point(30, 8, 0), point(40, 38, 30)], 0, 40);
    expect(seen.map((each) => (each.kind === 'counted' ? each.groups[0]?.steps : []))).toEqual([
      [{ from: 0, to: 10, good: 10, total: 10 }],
      [{ from: 10, to: 20, good: 0, total: 0 }],
      [{ from: 10, to: 30, good: 0, total: 0 }],
      [{ from: 10, to: 40, good: 30, total: 30 }],
    ]);
  });

  test('a step without data has no group, and the next reaches over it', () => {
    const seen = play([point(10, 8), point(30, 28)], 0, 30);
    expect(seen.map((each) => (each.kind === 'failed' ? [] : each.groups.length))).toEqual([1, 0, 1]);
    expect(seen[2]).toMatchObject({ groups: [{ steps: [{ from: 10, to: 30 }] }] });
  });

  test('a step reaches back over no more than a source does', () => {
    const late = 10 + 2 * 300_000;
    const seen = play([point(10, 8), point(late, late - 2)], 0, late);
    expect(seen.at(-1)).toMatchObject({ groups: [{ steps: [{ from: late - 300_000, to: late }] }] });
  });

  test('points outside the stretch are left out', () => {
    expect(play([point(10, 8), point(20, 18), point(30, 28)], 10, 20)).toHaveLength(1);
    expect(play([point(10, 8)], 0, 9)).toEqual([]);
  });

  test('a gauge is played as the numbers it read, NaN where it read none', () => {
    const points = [
      { at: 10, newestSampleAt: 8, value: 3 },
      { at: 20, newestSampleAt: 18 },
    ];
    const frames = [...replay([{ signal: aGauge, groups: [{ group: {}, points }] }], 0, 20, 10)];
    expect(frames.map(({ observations }) => observations[0])).toEqual([
      { kind: 'gauged', signal: 'lag', groups: [{ group: {}, newestSampleAt: 8, value: 3 }] },
      { kind: 'gauged', signal: 'lag', groups: [{ group: {}, newestSampleAt: 18, value: NaN }] },
    ]);
  });
});
