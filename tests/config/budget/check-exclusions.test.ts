import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { coveredExclusions } from '../../../src/config/budget/covered-exclusions.ts';
import { offsetIn } from '../../../src/config/budget/zone-offset.ts';
import { loadRules } from '../../../src/config/load-rules.ts';
import { countedStretches, type Exclusion } from '../../../src/domain/budget/exclusions.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const hour = 3_600_000;
const day = 24 * hour;

/** What is said of the exclusions of a budget, as `severity code` and the index that it is said of. */
function found(period: string, exclude: readonly string[], at: number | 'unknown' = now): readonly string[] {
  const text = `apiVersion: andon/v1
kind: Service
metadata: { name: shop }
spec:
  signals:
    s: { ratio: { good: ok_total, total: all_total } }
  endState:
    summary: It works
    hold: 5m
    targets:
      - { signal: s, atLeast: 99%, over: 5m }
  errorBudgets:
    - signal: s
      objective: 99%
      period: ${period}
      exclude:
${exclude.map((each) => `        - { ${each}, because: test }`).join('\n')}
  stopTheLine:
    - { name: one, when: 's.over("1m") < 0.9' }
`;
  const firstLine = text.split('\n').findIndex((line) => line.includes('exclude:')) + 2;
  return loadRules(
    [{ path: 'shop.yaml', content: new TextEncoder().encode(text) }],
    at === 'unknown' ? {} : { now: at },
  ).diagnostics.map(({ severity, code, line }) => `${severity} ${code} ${line - firstLine}`);
}

const once = (from: string, to: string) => `from: ${from}, to: ${to}`;
const weekly = (days: string, from: string, to: string, zone = 'UTC') =>
  `every: [${days}], from: '${from}', to: '${to}', timeZone: ${zone}`;
const month = '{ calendar: month }';

describe('an exclusion', () => {
  test.each<[string, string, readonly string[], readonly string[]]>([
    ['of two hours is fine', '30d', [once('2026-11-20T10:00Z', '2026-11-20T12:00Z')], []],
    ['that is still to come is fine', '30d', [once('2026-12-20T10:00Z', '2026-12-20T12:00Z')], []],
    [
      'that ended 31 days ago is over',
      '30d',
      [once('2026-10-23T10:00Z', '2026-10-23T11:00Z')],
      ['warning exclusion-over 0'],
    ],
    [
      'that is over is said to be so, and not to empty a period',
      '1h',
      [once('2026-10-23T10:00Z', '2026-10-23T12:00Z')],
      ['warning exclusion-over 0'],
    ],
    ['that ended 29 days ago counts', '30d', [once('2026-10-25T10:00Z', '2026-10-25T11:00Z')], []],
    ['of last month is over', month, [once('2026-10-31T10:00Z', '2026-11-01T00:00Z')], ['warning exclusion-over 0']],
    ['that reaches into this month counts', month, [once('2026-10-31T10:00Z', '2026-11-01T00:01Z')], []],
    [
      'of another century is far ahead',
      '30d',
      [once('2126-11-20T10:00Z', '2126-11-20T12:00Z')],
      ['warning exclusion-far-ahead 0'],
    ],
    [
      'of the length of the period empties it',
      '30d',
      [once('2026-10-30T00:00Z', '2026-11-29T00:00Z')],
      ['warning excludes-everything 0'],
    ],
    ['a little shorter does not', '30d', [once('2026-10-30T00:00Z', '2026-11-28T23:59Z')], []],
    [
      'of February empties it, short as it is',
      month,
      [once('2027-02-01T00:00Z', '2027-03-01T00:00Z')],
      ['warning excludes-everything 0'],
    ],
    ['of 30 days that lies in two months empties none', month, [once('2026-12-15T00:00Z', '2027-01-14T00:00Z')], []],
    [
      'and one that goes on empty a period together',
      '1d',
      [once('2026-11-23T00:00Z', '2026-11-23T20:00Z'), once('2026-11-23T20:00Z', '2026-11-24T08:00Z')],
      ['warning excludes-everything 1'],
    ],
    ['of a day a week empties half a day', '12h', [weekly('sun', '00:00', '24:00')], ['warning excludes-everything 0']],
    ['of a day a week leaves something of two days', '2d', [weekly('sun', '00:00', '24:00')], []],
    [
      'on all days, all day, leaves nothing',
      '30d',
      [weekly('mon, tue, wed, thu, fri, sat, sun', '00:00', '24:00')],
      ['error excludes-everything 0'],
    ],
    [
      'by day and one by night leave nothing',
      '30d',
      [
        weekly('mon, tue, wed, thu, fri, sat, sun', '08:00', '20:00'),
        weekly('mon, tue, wed, thu, fri, sat, sun', '20:00', '08:00'),
      ],
      ['error excludes-everything 0'],
    ],
    ['that covers nights is fine', '30d', [weekly('mon, tue, wed, thu, fri', '18:00', '08:00')], []],
    [
      'and the same again: the later takes out nothing',
      '30d',
      [weekly('sun', '02:00', '04:00'), weekly('sun', '02:00', '04:00')],
      ['warning exclusion-covered 1'],
    ],
    [
      'in winter and summer alike in another zone is the same',
      '30d',
      [weekly('sun', '02:00', '04:00', 'Europe/Berlin'), weekly('sun', '01:00', '03:00', 'Europe/London')],
      ['warning exclusion-covered 1'],
    ],
    [
      'that is covered in winter only is not',
      '30d',
      [weekly('sun', '02:00', '04:00', 'Europe/Berlin'), weekly('sun', '01:00', '03:00')],
      [],
    ],
    [
      'that overlaps in part is fine',
      '30d',
      [once('2026-11-20T10:00Z', '2026-11-20T12:00Z'), once('2026-11-20T11:00Z', '2026-11-20T13:00Z')],
      [],
    ],
    [
      'within another takes out nothing, wherever it stands',
      '30d',
      [once('2026-11-20T11:00Z', '2026-11-20T12:00Z'), once('2026-11-20T10:00Z', '2026-11-20T13:00Z')],
      ['warning exclusion-covered 0'],
    ],
    [
      'that ends first is an error',
      '30d',
      [once('2026-11-20T12:00Z', '2026-11-20T10:00Z')],
      ['error exclusion-ends-first 0'],
    ],
  ])('%s', (_, period, exclude, expected) => {
    expect(found(period, exclude)).toEqual(expected);
  });

  test('is never over, or far ahead, for who does not know the time', () => {
    expect(found('30d', [once('2020-01-01T00:00Z', '2020-01-01T01:00Z')], 'unknown')).toEqual([]);
    expect(found('30d', [once('2126-01-01T00:00Z', '2126-01-01T01:00Z')], 'unknown')).toEqual([]);
  });

  test('among 500 of them is judged soon', () => {
    const many = Array.from({ length: 500 }, (_, index) => {
      const from = now - 20 * day + index * hour;
      return once(new Date(from).toISOString(), new Date(from + 2 * hour).toISOString());
    });
    const before = performance.now();
    // Every other one is covered by its neighbours.
    expect(found('90d', many).filter((each) => each.startsWith('warning exclusion-covered')).length).toBeGreaterThan(
      50,
    );
    expect(performance.now() - before).toBeLessThan(5000);
  });
});

describe('stretches that are said to be covered', () => {
  const monday = Date.UTC(2026, 6, 6);
  const anOnce: fc.Arbitrary<Exclusion> = fc
    .tuple(fc.integer({ min: -24, max: 190 }), fc.integer({ min: 1, max: 30 }))
    .map(([from, length]) => ({
      kind: 'once',
      from: monday + from * hour,
      to: monday + (from + length) * hour,
      because: 'test',
    }));
  const aWeekly: fc.Arbitrary<Exclusion> = fc
    .record({
      days: fc.uniqueArray(fc.nat(6), { minLength: 1 }),
      start: fc.nat(23),
      end: fc.nat(24),
      timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York'),
    })
    .map(({ days, start, end, timeZone }) => ({
      kind: 'weekly',
      days: [...days].sort((a, b) => a - b),
      startMinute: start * 60,
      endMinute: end * 60,
      timeZone,
      offsetAt: offsetIn(timeZone) ?? (() => 0),
      because: 'test',
    }));

  test('may be left out, all at once, and what is counted stays the same', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anOnce, aWeekly), { maxLength: 6 }), (exclusions) => {
        const covered = coveredExclusions(exclusions);
        const left = exclusions.filter((_, index) => !covered.has(index));
        // Weeks in summer and in winter; only on a change of clocks two zones may be apart by yet another time.
        for (const from of [monday - 7 * day, Date.UTC(2026, 11, 7)])
          expect(countedStretches(left, from, from + 21 * day)).toEqual(
            countedStretches(exclusions, from, from + 21 * day),
          );
      }),
      { numRuns: 300 },
    );
  });
});
