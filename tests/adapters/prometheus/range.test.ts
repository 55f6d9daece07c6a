import { expect, test } from '@jest/globals';
import type { Answer } from '../../../src/adapters/prometheus/batch.ts';
import { mergeAnswers } from '../../../src/adapters/prometheus/range.ts';
import { questionLabel } from '../../../src/adapters/prometheus/promql.ts';
import { pointsByGroup } from '../../../src/adapters/prometheus/tally.ts';

function answer(labels: Readonly<Record<string, string>>, ...points: readonly (readonly [number, number])[]): Answer {
  return { kind: 'ok', series: [{ labels, points: points.map(([at, value]) => ({ at, value })) }] };
}

test.each([
  ['asked in company at another place', { [questionLabel]: '3' }, { [questionLabel]: '0' }],
  ['asked alone', { [questionLabel]: '3' }, {}],
])('a series is one and the same where its question was %s for the next piece', (_, first, second) => {
  const merged = mergeAnswers(
    new Map([['sum(x)', answer(first, [1, 10])]]),
    new Map([['sum(x)', answer(second, [2, 20])]]),
  );
  const [counted] = [...merged.values()].map((each) => pointsByGroup(each, []));
  expect(counted).toMatchObject({ kind: 'ok' });
  expect(counted?.kind === 'ok' ? [...counted.groups.values()].map(({ points }) => points) : []).toEqual([
    [
      { at: 1, value: 10 },
      { at: 2, value: 20 },
    ],
  ]);
});

test('a series that a source repeats in its answer to one piece is noticed, and nobody is told to aggregate what Andon did', () => {
  const repeated: Answer = {
    kind: 'ok',
    series: [1, 2].map((value) => ({ labels: { [questionLabel]: '0' }, points: [{ at: 2, value }] })),
  };
  const merged = mergeAnswers(new Map([['sum(x)', answer({}, [1, 10])]]), new Map([['sum(x)', repeated]]));
  const [counted] = [...merged.values()].map((each) => pointsByGroup(each, []));
  expect(counted).toMatchObject({
    kind: 'failed',
    failure: {
      reason: 'bad-response',
      detail:
        'the result holds more than one series for the sum over the whole service: the source, or a proxy before it, repeats series in its answer',
    },
  });
});
