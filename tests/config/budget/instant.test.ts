import { describe, expect, test } from '@jest/globals';
import { parseInstant, parseTimeOfDay } from '../../../src/config/budget/instant.ts';

describe('an instant', () => {
  test.each([
    ['2026-11-01T22:00:00Z', Date.UTC(2026, 10, 1, 22)],
    ['2026-11-01T22:00Z', Date.UTC(2026, 10, 1, 22)],
    ['2026-11-01T22:00:00.250Z', Date.UTC(2026, 10, 1, 22, 0, 0, 250)],
    ['2026-11-01T22:00:00+01:00', Date.UTC(2026, 10, 1, 21)],
    ['2026-11-01T22:00-03:30', Date.UTC(2026, 10, 2, 1, 30)],
    ['2024-02-29T00:00Z', Date.UTC(2024, 1, 29)],
  ])('%s is read', (text, at) => {
    expect(parseInstant(text)).toBe(at);
  });

  test.each([
    '2026-11-01T22:00:00',
    '2026-11-01',
    '2026-02-29T00:00Z',
    '2026-02-30T00:00Z',
    '2026-13-01T00:00Z',
    '2026-00-01T00:00Z',
    '2026-11-01T24:00Z',
    '2026-11-01T25:00Z',
    '2026-11-01T22:60Z',
    '2026-11-01 22:00Z',
    '02:00',
    '',
  ])('%s is none', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });
});

describe('a time of day', () => {
  test.each([
    ['00:00', 0],
    ['02:30', 150],
    ['23:59', 1439],
    ['24:00', 1440],
  ])('%s is read', (text, minute) => {
    expect(parseTimeOfDay(text)).toBe(minute);
  });

  test.each(['24:01', '25:00', '02:60', '2:00', '02', '2026-11-01T22:00Z'])('%s is none', (text) => {
    expect(parseTimeOfDay(text)).toBeUndefined();
  });
});
