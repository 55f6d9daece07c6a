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
      told: { saidAt: { version: 5_000, origin: 5_000 }, finishedAt: 2_000, outcomeAt: 5_001 },
    });
  });

  test('that nobody said the beginning of began when it was first heard of', () => {
    expect(fold([{ change: 'a', service: 'checkout' }])).toMatchObject({ startedAt: 5_000 });
    expect(fold([{ change: 'a', service: 'checkout', startedAt: 9_000 }])).toMatchObject({ startedAt: 5_000 });
    expect(fold([succeeded])).toMatchObject({ startedAt: 2_000, finishedAt: 2_000 });
    expect(fold([succeeded, started])).toMatchObject({ startedAt: 1_000, finishedAt: 2_000 });
  });

  test('that is only said to be a remedy is announced, and begins when it is told of otherwise', () => {
    const remedies = { incident: 'inc-1', by: 'ada', reason: 'reverts it' };
    const claim = { change: 'deploy-42', service: 'checkout', remedies };
    expect(fold([claim, claim])?.told.announced).toBe(true);
    for (const said of [{ by: 'ada' }, { version: 'v42' }, { outcome: 'succeeded' }, { startedAt: 5_000 }] as const)
      expect(fold([{ ...claim, ...said }])?.told).not.toHaveProperty('announced');
    const bare = { change: 'deploy-42', service: 'checkout' };
    expect(fold([claim, bare])).toMatchObject({ startedAt: 5_001, firstReportedAt: 5_000, remedies });
    expect(fold([claim, bare])?.told).not.toHaveProperty('announced');
    expect(fold([bare, claim])).toMatchObject({ startedAt: 5_000, remedies });
    expect(fold([bare, claim])?.told).not.toHaveProperty('announced');
  });

  test('was rolled back when that was first said, whatever was said of its end before', () => {
    expect(fold([started, succeeded, rolledBack, rolledBack])?.told).toMatchObject({
      outcomeAt: 5_001,
      rolledBackAt: 5_002,
    });
  });

  test('that has ended without a time ended when that was heard', () => {
    expect(fold([started, { change: 'deploy-42', service: 'checkout', outcome: 'failed' }])).toMatchObject({
      finishedAt: 5_001,
    });
  });

  test('is what was said of it last, not what was heard of it last', () => {
    const early = { change: 'a', service: 'checkout', version: 'v1', summary: 'a try', saidAt: 1_000 };
    const late = { change: 'a', service: 'checkout', version: 'v2', saidAt: 2_000 };
    for (const reports of [
      [early, late],
      [late, early],
    ])
      expect(fold(reports)).toMatchObject({ version: 'v2', summary: 'a try', startedAt: 1_000 });
  });

  test('comes from where it was heard of first', () => {
    const event = (at: number, origin: 'api' | 'github') =>
      ({ type: 'change-reported', service: 'checkout', at, origin, report: started, seq: 1, recordedAt: at }) as const;
    expect(foldChange(foldChange(undefined, event(2, 'github')), event(1, 'api')).origin).toBe('api');
    expect(foldChange(foldChange(undefined, event(1, 'api')), event(2, 'github')).origin).toBe('api');
  });

  test('comes out the same however often and in whatever order its reports come in', () => {
    const time = fc.integer({ min: 0, max: 50 });
    const text = fc.constantFrom('a', 'b', 'c');
    const report = fc.record(
      {
        kind: fc.constantFrom('deployment' as const, 'configuration' as const, 'other' as const),
        version: text,
        before: text,
        summary: text,
        by: text,
        environment: text,
        startedAt: time,
        finishedAt: time,
        outcome: fc.constantFrom('succeeded' as const, 'failed' as const, 'rolled-back' as const),
        remedies: fc.record({ incident: text, by: text, reason: text }),
        saidAt: time,
      },
      { requiredKeys: ['saidAt'] },
    );
    const heard = fc.array(fc.tuple(report, fc.constantFrom('api' as const, 'github' as const)), {
      minLength: 1,
      maxLength: 6,
    });
    const shuffled = heard.chain((events) =>
      fc.tuple(
        fc.constant(events),
        fc.shuffledSubarray([...events, ...events], { minLength: 2 * events.length, maxLength: 2 * events.length }),
      ),
    );
    const foldAll = (events: readonly (readonly [Partial<ChangeReport>, 'api' | 'github'])[]): unknown => {
      let change: Change | undefined;
      for (const [index, [said, origin]] of events.entries()) {
        const at = 1_000 + index;
        const whole = { change: 'x', service: 'checkout', ...said };
        const event = { type: 'change-reported', service: 'checkout', at, origin, report: whole } as const;
        change = foldChange(change, { ...event, seq: index + 1, recordedAt: at });
      }
      // When a report came in is all that its order decides.
      return { ...change, firstReportedAt: 0, lastReportedAt: 0 };
    };
    fc.assert(
      fc.property(shuffled, ([events, again]) => {
        expect(foldAll(again)).toEqual(foldAll(events));
      }),
    );
  });

  test('that was rolled back stays so, whoever says what, and when', () => {
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
