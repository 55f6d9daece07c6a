import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foldChange, type Change } from '../../../src/domain/change/change.ts';
import type { ChangeReport } from '../../../src/domain/change/change-event.ts';

const started: ChangeReport = { change: 'deploy-42', service: 'checkout', version: 'v42', startedAt: 1_000 };
const succeeded: ChangeReport = { change: 'deploy-42', service: 'checkout', finishedAt: 2_000, outcome: 'succeeded' };
const rolledBack: ChangeReport = {
  change: 'deploy-42',
  service: 'checkout',
  finishedAt: 3_000,
  outcome: 'rolled-back',
};

function fold(reports: readonly ChangeReport[]): Change | undefined {
  let change: Change | undefined;
  reports.forEach((report, index) => {
    const at = 5_000 + index;
    const event = { type: 'change-reported', service: 'checkout', at, origin: 'api', report } as const;
    change = foldChange(change, { ...event, seq: index + 1, recordedAt: at });
  });
  return change;
}

describe('a change', () => {
  test('is what its reports say together', () => {
    expect(fold([started, succeeded])).toEqual({
      id: 'deploy-42',
      service: 'checkout',
      kind: 'deployment',
      origin: 'api',
      version: 'v42',
      startedAt: 1_000,
      finishedAt: 2_000,
      outcome: 'succeeded',
      firstReportedAt: 5_000,
      lastReportedAt: 5_001,
    });
  });

  test('that nobody said the beginning of began when it was first heard of', () => {
    expect(fold([{ change: 'a', service: 'checkout' }])).toMatchObject({ startedAt: 5_000 });
    expect(fold([succeeded])).toMatchObject({ startedAt: 2_000, finishedAt: 2_000 });
    expect(fold([succeeded, started])).toMatchObject({ startedAt: 1_000, finishedAt: 2_000 });
  });

  test('that has ended without a time ended when that was heard', () => {
    expect(fold([started, { change: 'deploy-42', service: 'checkout', outcome: 'failed' }])).toMatchObject({
      finishedAt: 5_001,
    });
  });

  test('comes out the same however often and in whatever order its reports come in', () => {
    const reports = fc.shuffledSubarray([started, succeeded, rolledBack, started, succeeded, rolledBack], {
      minLength: 6,
    });
    fc.assert(
      fc.property(reports, (given) => {
        const expected = { version: 'v42', startedAt: 1_000, finishedAt: 3_000, outcome: 'rolled-back' };
        expect(fold(given)).toMatchObject(expected);
      }),
    );
  });
});
