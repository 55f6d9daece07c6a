import { describe, expect, test } from '@jest/globals';
import {
  quantileOf,
  reportDelivery,
  settleDeployment,
  type BearingIncident,
} from '../../../src/domain/change/delivery-metrics.ts';
import type { Change } from '../../../src/domain/change/change.ts';
import type { BakeVerdict } from '../../../src/domain/change/bake-event.ts';
import { aChange } from '../../support/changes.ts';

function baked(verdict: BakeVerdict, facts: Partial<Change> = {}): Change {
  return aChange('d1', 1000, { bake: { verdict, comparisons: [], lookedUntil: 9000, finishedAt: 9000 }, ...facts });
}
const closed: BearingIncident = { isOver: true, blames: true, onsetAt: 2000, recoveredAt: 5000 };

describe('a deployment', () => {
  test.each<[string, Change, BearingIncident[], string | undefined]>([
    ['is not settled while its watch runs', aChange('d1', 1000), [], undefined],
    [
      'is not settled while an incident that suspects it is open',
      baked('unharmed'),
      [{ ...closed, isOver: false }],
      undefined,
    ],
    ['is unharmed when its watch says so and no incident suspects it', baked('unharmed'), [], 'unharmed'],
    ['failed when an incident comes from it', baked('unharmed'), [closed], 'failed'],
    ['failed when its reporter says so', baked('no-data', { outcome: 'failed' }), [], 'failed'],
    ['failed when it was rolled back', baked('unharmed', { outcome: 'rolled-back' }), [], 'failed'],
    [
      'is unknown when an incident may come from it or another',
      baked('unharmed'),
      [{ ...closed, blames: false }],
      'unknown',
    ],
    ['is unknown without data', baked('no-data'), [], 'unknown'],
    ['is unknown when its watch was confounded', baked('confounded'), [], 'unknown'],
    ['is unknown when it was worse and nobody was paged', baked('worse'), [], 'unknown'],
    ['is none when it is a change of configuration', baked('unharmed', { kind: 'configuration' }), [], undefined],
  ])('%s', (_name, change, incidents, result) => {
    expect(settleDeployment(change, incidents)?.result).toBe(result);
  });

  test('tells how long recovery took, of the incidents that it caused and that recovered', () => {
    const { recoveredAt: _never, ...unseen } = closed;
    const settled = settleDeployment(baked('worse'), [closed, unseen, { ...closed, blames: false, recoveredAt: 9000 }]);
    expect(settled?.recoveriesMs).toEqual([3000]);
  });
});

test('a report counts rates only of what is known, and tells the rest apart', () => {
  const of = (result: 'failed' | 'unharmed' | 'unknown', recoveriesMs: number[] = [], isRework = false) => ({
    isRework,
    settled: { service: 's', change: 'c', startedAt: 0, result, recoveriesMs, isRework },
  });
  const counted = [
    of('failed', [9000, 1000]),
    of('unharmed'),
    of('unharmed', [], true),
    of('unharmed'),
    of('unknown'),
    { isRework: false },
  ];
  expect(reportDelivery(counted, 2)).toEqual({
    deployments: 6,
    unharmed: 3,
    failed: 1,
    unknown: 1,
    unsettled: 1,
    changeFailureRate: 0.25,
    deploymentsPerDay: 3,
    knownDays: 2,
    rework: 1,
    reworkRate: 1 / 6,
    recoveriesMs: [1000, 9000],
  });
  // Three in the first hour are no seventy-two a day.
  expect(reportDelivery(counted.slice(0, 3), 1 / 24)).toMatchObject({ deploymentsPerDay: 3, knownDays: 1 });
  expect(reportDelivery([of('unknown')], 1)).not.toHaveProperty('changeFailureRate');
  expect(reportDelivery([], 1)).not.toHaveProperty('reworkRate');
});

test.each([
  [[], 0.5, undefined],
  [[7], 0.9, 7],
  [[1, 2, 3, 4], 0.5, 2],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9, 9],
])('a quantile is a value that was there: of %j', (values, share, value) => {
  expect(quantileOf(values, share)).toBe(value);
});
