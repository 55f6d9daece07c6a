import { describe, expect, test } from '@jest/globals';
import {
  countedStretches,
  excludedAt,
  excludedStretches,
  type Exclusion,
  type WeeklyExclusion,
} from '../../../src/domain/budget/exclusions.ts';
import { day, hour, minute, monday, zone } from './budgets.ts';

const at = (text: string): number => Date.parse(text);

function weekly(changes: Partial<WeeklyExclusion>): WeeklyExclusion {
  const timeZone = changes.timeZone ?? 'UTC';
  return {
    kind: 'weekly',
    days: [6],
    startMinute: 120,
    endMinute: 240,
    offsetAt: zone(timeZone),
    because: 'patch window',
    ...changes,
    timeZone,
  };
}

function stretchesOf(exclusion: Exclusion, from: string, to: string): readonly (readonly [string, string])[] {
  return excludedStretches([exclusion], at(from), at(to)).map((each) => [
    new Date(each.from).toISOString().slice(0, 16),
    new Date(each.to).toISOString().slice(0, 16),
  ]);
}

describe('a weekly stretch', () => {
  test.each([
    [
      'on its day',
      weekly({}),
      '2026-06-15',
      '2026-06-29',
      [
        ['2026-06-21T02:00', '2026-06-21T04:00'],
        ['2026-06-28T02:00', '2026-06-28T04:00'],
      ],
    ],
    [
      'over midnight',
      weekly({ days: [0], startMinute: 1380, endMinute: 60 }),
      '2026-06-15',
      '2026-06-22',
      [['2026-06-15T23:00', '2026-06-16T01:00']],
    ],
    [
      'that began the day before',
      weekly({ days: [0], startMinute: 1380, endMinute: 60 }),
      '2026-06-16',
      '2026-06-17',
      [['2026-06-16T00:00', '2026-06-16T01:00']],
    ],
    [
      'of a whole day',
      weekly({ days: [5], startMinute: 0, endMinute: 1440 }),
      '2026-06-15',
      '2026-06-22',
      [['2026-06-20T00:00', '2026-06-21T00:00']],
    ],
    [
      'that clocks going forward begin in',
      weekly({ timeZone: 'Europe/Berlin', startMinute: 150 }),
      '2026-03-28',
      '2026-03-30',
      [['2026-03-29T01:00', '2026-03-29T02:00']],
    ],
    [
      'that clocks going back repeat',
      weekly({ timeZone: 'Europe/Berlin', startMinute: 150, endMinute: 165 }),
      '2026-10-24',
      '2026-10-26',
      [['2026-10-25T00:30', '2026-10-25T01:45']],
    ],
    [
      'in summer and in winter',
      weekly({ timeZone: 'America/New_York' }),
      '2026-10-24',
      '2026-11-09',
      [
        ['2026-10-25T06:00', '2026-10-25T08:00'],
        ['2026-11-01T07:00', '2026-11-01T09:00'],
        ['2026-11-08T07:00', '2026-11-08T09:00'],
      ],
    ],
    [
      'half an hour off',
      weekly({ timeZone: 'Australia/Lord_Howe', days: [0], startMinute: 0, endMinute: 60 }),
      '2026-04-04',
      '2026-04-07',
      [['2026-04-05T13:30', '2026-04-05T14:30']],
    ],
  ] as const)('%s', (_name, exclusion, from, to, expected) => {
    expect(stretchesOf(exclusion, from, to)).toEqual(expected);
  });
});

describe('what is excluded now', () => {
  const once = (from: number, to: number, because = 'move'): Exclusion => ({
    kind: 'once',
    from: monday + from,
    to: monday + to,
    because,
  });
  test.each([
    ['nothing', [once(hour, 2 * hour)], undefined],
    ['what has just ended', [once(0, 0.5 * hour)], undefined],
    ['a stretch', [once(0, 2 * hour)], { from: monday, to: monday + 2 * hour, because: 'move' }],
    [
      'stretches that go on into one another',
      [once(hour, 3 * hour, 'later'), once(0, hour), once(-hour, 0.75 * hour, 'upgrade')],
      { from: monday - hour, to: monday + 3 * hour, because: 'upgrade, move' },
    ],
    [
      'one that is months long',
      [once(-90 * day, 90 * day)],
      { from: monday - 90 * day, to: monday + 90 * day, because: 'move' },
    ],
  ] as const)('%s', (_name, exclusions, expected) => {
    expect(excludedAt(exclusions, monday + 0.5 * hour)).toEqual(expected);
  });

  test('recurs, over midnight', () => {
    const nightly = weekly({ days: [0], startMinute: 22 * 60, endMinute: 2 * 60, because: 'patches' });
    const running = { from: monday + 22 * hour, to: monday + 26 * hour, because: 'patches' };
    expect(excludedAt([nightly], monday + 23 * hour)).toEqual(running);
    expect(excludedAt([nightly], monday + 25 * hour)).toEqual(running);
    expect(excludedAt([nightly], monday + 26 * hour)).toBeUndefined();
  });
});

test('what remains is without whole pieces of a grid where pieces are left out as a whole', () => {
  const cut: Exclusion = { kind: 'once', from: monday + 7 * minute, to: monday + 31 * minute, because: 'move' };
  expect(countedStretches([cut], monday, monday + hour, 5 * minute)).toEqual([
    { from: monday, to: monday + 5 * minute },
    { from: monday + 35 * minute, to: monday + hour },
  ]);
  expect(countedStretches([cut], monday + 32 * minute, monday + hour, 5 * minute)).toEqual([
    { from: monday + 35 * minute, to: monday + hour },
  ]);
});

test('what remains holds no part of any stretch, however they overlap', () => {
  const once = (from: number, to: number): Exclusion => ({
    kind: 'once',
    from: monday + from,
    to: monday + to,
    because: 'move',
  });
  const exclusions = [
    once(2 * hour, 4 * hour),
    once(3 * hour, 3.5 * hour),
    once(-hour, 10 * minute),
    once(23 * hour, 2 * day),
  ];

  expect(countedStretches(exclusions, monday, monday + day)).toEqual([
    { from: monday + 10 * minute, to: monday + 2 * hour },
    { from: monday + 4 * hour, to: monday + 23 * hour },
  ]);
  expect(countedStretches(exclusions, monday + 23 * hour, monday + day)).toEqual([]);
  expect(excludedStretches(exclusions, monday, monday + day).map(({ because }) => because)).toHaveLength(4);
});
