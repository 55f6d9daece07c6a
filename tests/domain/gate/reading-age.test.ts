import { expect, test } from '@jest/globals';
import { decideGate } from '../../../src/domain/gate/decide-gate.ts';
import { judge } from '../../../src/domain/reading/verdict.ts';
import { defaultGatePolicy } from '../../../src/domain/service/gate-policy.ts';

const now = Date.UTC(2026, 7, 22, 2, 20);
const target = { signal: 'success_rate', bound: 'atLeast', value: 0.999, unit: 'ratio' } as const;

test.each<[string, number, number | undefined, number | undefined]>([
  ['its newest sample', 0, now - 4_000, 4_000],
  ['its newest sample, by the clock of the source', 3_600_000, now + 3_600_000 - 4_000, 4_000],
  ['a sample that the clocks put into the future', 0, now + 500, 0],
  ['nothing', 0, undefined, undefined],
])('a reading is as old as %s', (_, skewMs, sampleAt, ageMs) => {
  const reading =
    sampleAt === undefined
      ? ({ kind: 'unknown', reason: 'no-data', detail: 'no series' } as const)
      : ({ kind: 'value', value: 1, sampleAt } as const);
  const verdicts = [judge(target, reading)];
  const answer = decideGate(
    {
      service: 'checkout',
      watched: {
        policy: defaultGatePolicy,
        skewMs,
        staleAfterMs: 60_000,
        dataAgeMs: 1_000,
        scopes: [{ group: {}, verdicts }],
        budgets: [],
      },
      freezes: [],
      dependencies: [],
    },
    now,
  );
  expect(answer.readings).toEqual([{ group: {}, verdict: verdicts[0], ...(ageMs === undefined ? {} : { ageMs }) }]);
});
