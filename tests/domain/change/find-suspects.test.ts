import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describeSuspect, describeSuspects, whereFrom } from '../../../src/domain/change/describe-suspect.ts';
import { findSuspects, mostSuspects } from '../../../src/domain/change/find-suspects.ts';
import { blamedChange, type SignalShift } from '../../../src/domain/change/suspect.ts';
import type { Change } from '../../../src/domain/change/change.ts';
import type { Onset } from '../../../src/domain/estimate/onset.ts';
import { aChange } from '../../support/changes.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const bakeMs = 2 * hour;
const now = 1_787_364_000_000;

const shifted: SignalShift = {
  verdict: 'shifted',
  against: 'change',
  before: { bad: 10, total: 10_000 },
  after: { bad: 98, total: 1000 },
  p: 1e-80,
};

function anOnset(at: number, facts: Partial<Onset> = {}): Onset {
  return { at, earliest: at - 5000, latest: at + 5000, method: 'change-point', signal: 'success_rate', ...facts };
}

function suspectsOf(
  changes: readonly Change[],
  onset: Onset,
  shiftSince: (change: Change) => SignalShift | undefined = () => shifted,
) {
  return findSuspects(changes, bakeMs, { onset, shiftSince });
}

describe('the changes that an onset may come from', () => {
  test('are the one in whose window it lies, with how sure that is', () => {
    const deploy = aChange('d42', now - 4 * minute, {
      version: 'v42',
      before: 'v41',
      by: 'ada',
      rollback: 'undo 42',
      link: 'https://ci/42',
    });
    const [only, ...others] = suspectsOf([deploy], anOnset(now));
    expect(others).toEqual([]);
    expect(only).toEqual({
      change: 'd42',
      kind: 'deployment',
      version: 'v42',
      before: 'v41',
      by: 'ada',
      rollback: 'undo 42',
      link: 'https://ci/42',
      startedAt: now - 4 * minute,
      finishedAt: now - 3 * minute,
      standing: 'suspect',
      sureness: 'likely',
      share: 1,
      onsetAfterMs: 4 * minute,
      shift: shifted,
      others: 0,
    });
    expect(only && whereFrom(only)).toBe('4m after deploy v42');
    expect(only && describeSuspect(only)).toBe(
      'deploy v42, in place of v41, by ada, 4m before the onset (likely: the onset lies in its window, 0.1% bad before the change and 9.8% after); way back: undo 42',
    );
  });

  test('are those too that are said to remedy what they may have caused', () => {
    const guilty = aChange('d1', now - minute, { remedies: { incident: 'inc-1', by: 'ada', reason: 'fix' } });
    expect(suspectsOf([guilty], anOnset(now))).toMatchObject([{ change: 'd1', sureness: 'likely' }]);
  });

  test('are none of those that are only announced at a gate', () => {
    const announced = aChange('d1', now - minute, { told: { saidAt: {}, announced: true } });
    expect(suspectsOf([announced], anOnset(now))).toEqual([]);
  });

  test.each<[string, boolean, Partial<Change>]>([
    ['was over when service was back', false, { startedAt: now - 30 * minute, finishedAt: now - 20 * minute }],
    ['was still being made then', true, { startedAt: now - 30 * minute, finishedAt: now - 20 * minute + 1 }],
    ['began after that', true, { startedAt: now - 5 * minute, finishedAt: now - 4 * minute }],
    [
      'had been rolled back by the relapse',
      false,
      { startedAt: now - 30 * minute, finishedAt: now - 5 * minute, told: { saidAt: {}, rolledBackAt: now - 5000 } },
    ],
    [
      'was rolled back for it',
      true,
      { startedAt: now - 30 * minute, finishedAt: now + minute, told: { saidAt: {}, rolledBackAt: now + minute } },
    ],
  ])('are of a relapse those that no recovery cleared: one that %s', (_name, expected, { startedAt = 0, ...facts }) => {
    const change = aChange('d1', startedAt, facts);
    const asked = { onset: anOnset(now), shiftSince: () => shifted };
    expect(findSuspects([change], bakeMs, asked)).toHaveLength(1);
    const found = findSuspects([change], bakeMs, { ...asked, relapse: aRelapse(now - 20 * minute) });
    expect(found).toHaveLength(expected ? 1 : 0);
  });

  test('are of a relapse those too whose end nobody told, for the hour that a rollout is given', () => {
    const { finishedAt: _end, ...open } = aChange('d1', now - 65 * minute);
    const asked = { onset: anOnset(now), shiftSince: () => shifted };
    expect(findSuspects([open], bakeMs, { ...asked, relapse: aRelapse(now - 10 * minute) })).toHaveLength(1);
    expect(findSuspects([open], bakeMs, { ...asked, relapse: aRelapse(now - 5 * minute) })).toEqual([]);
  });

  describe('after service had been back under a fix whose end was told just after that', () => {
    const backAt = now - 20 * minute;
    const believed = { incident: 'inc-1', by: 'ada', reason: 'reverts d1' };
    const fix = aChange('fix', backAt - 5 * minute, { finishedAt: backAt + 3000, remedies: believed });
    const guilty = aChange('d2', now - minute, { finishedAt: now - 30_000 });
    const named = (changes: readonly Change[], wholeFor?: number) =>
      findSuspects(changes, bakeMs, {
        onset: anOnset(now),
        shiftSince: () => shifted,
        relapse: aRelapse(backAt, wholeFor),
      });

    test('are those that came after it, and the fix is blamed only where nothing else may be', () => {
      expect(named([fix, guilty])).toMatchObject([{ change: 'd2', standing: 'suspect', sureness: 'likely' }]);
      expect(named([fix])).toMatchObject([{ change: 'fix', standing: 'suspect' }]);
      // Who remedies another incident, or nothing, is believed of nothing here.
      const other = { ...fix, remedies: { ...believed, incident: 'inc-2' } };
      expect(named([other, guilty]).map(({ change }) => change)).toEqual(['d2', 'fix']);
    });

    test('are none with which service was whole from its end on; what began once it was back is not cleared so', () => {
      const { remedies: _none, ...deploy } = fix;
      expect(named([deploy, guilty], minute / 4).map(({ change }) => change)).toEqual(['d2']);
      expect(named([fix], minute / 4)).toEqual([]);
      expect(named([deploy], 30 * minute)).toHaveLength(1);
      expect(named([withoutEnd(deploy)], 0)).toHaveLength(1);
      const open = { ...deploy, finishedAt: now + minute };
      expect(named([open], -hour)).toHaveLength(1);
    });
  });

  test.each<[string, Change[], Onset]>([
    ['one that began after the latest it can have been', [aChange('d1', now + 5001)], anOnset(now)],
    [
      'one whose window was over before the earliest it can have been',
      [aChange('d1', now - bakeMs - 2 * minute)],
      anOnset(now),
    ],
    ['the last deployment, days before', [aChange('d1', now - 3 * day)], anOnset(now)],
    [
      'one that began long before and whose end nobody reported',
      [{ ...withoutEnd(aChange('d1', now - day)) }],
      anOnset(now),
    ],
  ])('leave out %s', (_name, changes, onset) => {
    expect(suspectsOf(changes, onset)).toEqual([]);
  });

  test('leave out those since which the signal did not shift, and the other one is alone then', () => {
    const changes = [aChange('d1', now - 30 * minute), aChange('d2', now - 4 * minute)];
    const found = suspectsOf(changes, anOnset(now), ({ id }) => (id === 'd1' ? undefined : shifted));
    expect(found.map(({ change, standing }) => [change, standing])).toEqual([['d2', 'suspect']]);
  });

  test('are confounded when there are two, the latest first, and nobody is blamed', () => {
    const found = suspectsOf([aChange('d1', now - 30 * minute), aChange('d2', now - 4 * minute)], anOnset(now));
    expect(found.map(({ change, standing, sureness, others }) => [change, standing, sureness, others])).toEqual([
      ['d2', 'confounded', 'possible', 1],
      ['d1', 'confounded', 'possible', 1],
    ]);
    expect(blamedChange(found)).toBeUndefined();
    expect(describeSuspects(found)[0]).toContain('confounded: the onset also lies in the window of another change');
  });

  test.each<[string, Partial<Change>, Partial<Onset>, SignalShift]>([
    ['whether the signal shifted is not known', {}, {}, { verdict: 'unknown' }],
    ['most of its interval lies before the change', { startedAt: now + 3000 }, {}, shifted],
    ['its beginning was not seen', {}, { method: 'history-limit' }, shifted],
    ['it was only detected', {}, { method: 'detection' }, { verdict: 'unknown' }],
  ])('are only possible where %s', (_name, change, onset, shift) => {
    const [found] = suspectsOf([aChange('d1', now - minute, change)], anOnset(now, onset), () => shift);
    expect(found?.sureness).toBe('possible');
  });

  test('are few, and the rest is counted', () => {
    const many = Array.from({ length: 12 }, (_, index) => aChange(`d${index}`, now - (index + 1) * minute));
    const found = suspectsOf(many, anOnset(now));
    expect(found).toHaveLength(mostSuspects);
    expect(found[0]).toMatchObject({ change: 'd0', others: 11 });
    expect(describeSuspects(found).at(-1)).toBe('and 7 more');
  });

  test('never began after the onset, never lie days before it, and blame nobody when there are several', () => {
    const changes = fc.array(
      fc.record({
        ago: fc.integer({ min: -day, max: 4 * day }),
        took: fc.option(fc.integer({ min: 0, max: hour }), { nil: undefined }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(changes, fc.integer({ min: 0, max: hour }), (made, width) => {
        const onset = anOnset(now, { earliest: now - width, latest: now + width });
        const told = made.map(({ ago, took }, index) =>
          took === undefined
            ? withoutEnd(aChange(`d${index}`, now - ago))
            : aChange(`d${index}`, now - ago, { finishedAt: now - ago + took }),
        );
        const found = suspectsOf(told, onset);
        for (const { startedAt, share } of found) {
          expect(startedAt).toBeLessThanOrEqual(onset.latest);
          expect(now - startedAt).toBeLessThanOrEqual(bakeMs + hour + width);
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
        expect(blamedChange(found) !== undefined).toBe(found.length === 1);
        expect(found.every(({ standing }) => (standing === 'suspect') === (found.length === 1))).toBe(true);
      }),
    );
  });
});

function aRelapse(backAt: number, wholeFor?: number) {
  const wholeSince = (at: number): boolean => wholeFor !== undefined && now - at >= wholeFor;
  return { incident: 'inc-1', back: { earliest: backAt, latest: backAt + 2000 }, wholeSince };
}

function withoutEnd({ finishedAt: _end, ...change }: Change): Change {
  return change;
}
