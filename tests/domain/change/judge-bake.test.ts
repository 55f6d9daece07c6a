import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareTarget, judgeBake, leastBakeEvents, type BakeCounts } from '../../../src/domain/change/judge-bake.ts';
import { foldBake } from '../../../src/domain/change/fold-bake.ts';
import { describeWorse } from '../../../src/domain/change/describe-bake.ts';
import type { BakeEvent } from '../../../src/domain/change/bake-event.ts';
import { aChange } from '../../support/changes.ts';

const good = { bad: 10, total: 10_000 };
const bad = { bad: 300, total: 10_000 };
const quiet = { bad: 1, total: leastBakeEvents - 1 };

function counts(facts: Partial<BakeCounts>): BakeCounts {
  return { signal: 'success_rate', group: {}, allowed: 0.001, since: good, ...facts };
}
const lastWeek = (count: { bad: number; total: number }) => ({ ...count, ago: 'week' as const });

describe('a target since a change', () => {
  test.each<[string, Partial<BakeCounts>, string]>([
    ['as good as ever', { sameHours: lastWeek(good), hourBefore: good }, 'unharmed'],
    ['better than ever', { since: good, sameHours: lastWeek(bad), hourBefore: bad }, 'unharmed'],
    ['worse than last week and the hour before', { since: bad, sameHours: lastWeek(good), hourBefore: good }, 'worse'],
    [
      'worse than the hour before, as every week',
      { since: bad, sameHours: lastWeek(bad), hourBefore: good },
      'unharmed',
    ],
    [
      'worse than last week, as in the hour before',
      { since: bad, sameHours: lastWeek(good), hourBefore: bad },
      'unharmed',
    ],
    ['worse than the hour before, with no week to hold it against', { since: bad, hourBefore: good }, 'worse'],
    [
      'worse than the hour before, with a quiet week',
      { since: bad, sameHours: lastWeek(quiet), hourBefore: good },
      'worse',
    ],
    ['with too few events', { since: quiet, sameHours: lastWeek(good), hourBefore: good }, 'no-data'],
    ['with nothing to hold it against', { since: bad }, 'no-data'],
    ['with hardly anything to hold it against', { since: bad, hourBefore: quiet }, 'no-data'],
    [
      'worse by less than anybody notices',
      { since: { bad: 1200, total: 1e7 }, hourBefore: { bad: 800, total: 1e7 } },
      'unharmed',
    ],
  ])('is judged: %s', (_name, facts, verdict) => {
    expect(compareTarget(counts(facts)).verdict).toBe(verdict);
  });

  test('is never said to be unharmed on few events', () => {
    const anyCount = fc.tuple(fc.nat(2000), fc.nat(2000)).map(([bads, rest]) => ({ bad: bads, total: bads + rest }));
    fc.assert(
      fc.property(anyCount, anyCount, anyCount, (since, week, hour) => {
        const { verdict } = compareTarget(counts({ since, sameHours: lastWeek(week), hourBefore: hour }));
        const isQuiet = since.total < leastBakeEvents || (week.total < leastBakeEvents && hour.total < leastBakeEvents);
        expect(verdict === 'no-data').toBe(isQuiet);
      }),
    );
  });
});

describe('a bake watch', () => {
  const unharmed = compareTarget(counts({ hourBefore: good }));
  const worse = compareTarget(counts({ since: bad, sameHours: lastWeek(good), hourBefore: good }));
  const noData = compareTarget(counts({ since: quiet, hourBefore: good }));
  const alone = compareTarget(counts({}));

  test.each([
    ['every target unharmed', [unharmed, unharmed], true, { verdict: 'unharmed' }],
    ['one target worse', [unharmed, noData, worse], true, { verdict: 'worse' }],
    ['one target worse, with another change in the window', [worse], false, { verdict: 'confounded' }],
    ['a quiet target', [unharmed, noData], true, { verdict: 'no-data', gap: 'low-traffic' }],
    ['nothing to hold it against', [alone], true, { verdict: 'no-data', gap: 'no-history' }],
    ['no target', [], true, { verdict: 'no-data', gap: 'no-history' }],
  ])('comes to what its targets come to: %s', (_name, comparisons, isAlone, found) => {
    expect(judgeBake(comparisons, isAlone)).toEqual(found);
  });

  const event = (type: BakeEvent['type'], verdict: BakeEvent['verdict'], at: number): BakeEvent => {
    return { type, service: 'checkout', change: 'd1', at, verdict, lookedUntil: at, comparisons: [worse] };
  };

  test('is told once: its end stands', () => {
    const seen = foldBake(aChange('d1', 0), event('bake-worse', 'worse', 5));
    expect(seen.bake).toMatchObject({ verdict: 'worse', worseAt: 5 });
    const over = foldBake(seen, event('bake-finished', 'worse', 9));
    expect(over.bake).toMatchObject({ verdict: 'worse', worseAt: 5, finishedAt: 9 });
    expect(foldBake(over, event('bake-finished', 'unharmed', 10))).toBe(over);
  });

  test('says in a sentence what is worse', () => {
    const lookedUntil = Date.UTC(2026, 7, 22, 2, 7, 12);
    const deploy = aChange('d1', 0, { version: 'v42' });
    expect(describeWorse(deploy, { comparisons: [unharmed, worse], lookedUntil }, lookedUntil + 60_000)).toBe(
      'since deploy v42 it does worse than before, counted until 02:07:12 UTC: success rate 3% bad, 0.1% in the same hours a week ago and 0.1% in the hour before',
    );
    expect(describeWorse(deploy, { comparisons: [worse], lookedUntil })).toContain('until 2026-08-22 02:07:12 UTC: ');
  });

  test('says nothing of hours that held too little to be compared', () => {
    const young = compareTarget(counts({ since: bad, sameHours: { bad: 0, total: 5, ago: 'day' }, hourBefore: good }));
    expect(young.verdict).toBe('worse');
    expect(describeWorse(aChange('d1', 0), { comparisons: [young], lookedUntil: 0 }, 0)).toMatch(
      /: success rate 3% bad, 0\.1% in the hour before$/,
    );
  });
});
