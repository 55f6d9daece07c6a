import { describe, expect, test } from '@jest/globals';
import { offsetIn, zoneNames } from '../../../src/config/budget/zone-offset.ts';
import { instantOf } from '../../../src/domain/budget/zone.ts';

const hour = 3_600_000;

describe('the offset of a time zone', () => {
  test.each([
    ['UTC', '2026-07-01T00:00:00Z', 0],
    ['Europe/Berlin', '2026-01-15T12:00:00Z', 1],
    ['Europe/Berlin', '2026-03-29T00:59:59.999Z', 1],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', 2],
    ['Europe/Berlin', '2026-10-25T00:59:59.999Z', 2],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', 1],
    ['America/St_Johns', '2026-01-15T12:00:00Z', -3.5],
    ['Asia/Kathmandu', '2026-01-15T12:00:00Z', 5.75],
    ['Pacific/Chatham', '2026-01-15T12:00:00Z', 13.75],
    ['Pacific/Apia', '2026-01-15T12:00:00Z', 13],
    ['Africa/Monrovia', '1960-01-01T00:00:00Z', -(44 * 60 + 30) / 3600],
  ])('%s at %s is %d h', (timeZone, at, hours) => {
    expect(offsetIn(timeZone)?.(Date.parse(at))).toBe(hours * hour);
  });

  test.each(['Europe/Berln', 'Middle Earth', '', '../etc/passwd'])('is not known for %j', (timeZone) => {
    expect(offsetIn(timeZone)).toBeUndefined();
  });

  test('is one function for each zone, so that equal budgets are equal', () => {
    expect(offsetIn('Europe/Paris')).toBe(offsetIn('Europe/Paris'));
    expect(offsetIn('Europe/Paris')).not.toBe(offsetIn('Europe/Rome'));
  });

  test('stays right when more instants are asked for than are remembered', () => {
    const offsetAt = offsetIn('America/New_York');
    const first = Date.UTC(2026, 0, 1);
    for (let quarter = 0; quarter < 5_000; quarter += 1) offsetAt?.(first + quarter * 900_000);
    expect(offsetAt?.(first)).toBe(-5 * hour);
    expect(offsetAt?.(Date.UTC(2026, 6, 1))).toBe(-4 * hour);
  });

  test('answers before the epoch too', () => {
    expect(offsetIn('Europe/Berlin')?.(Date.UTC(1969, 6, 1))).toBe(hour);
  });

  test('leads from local time to the instant', () => {
    const offsetAt = offsetIn('Europe/Berlin') ?? (() => NaN);
    expect(instantOf(Date.UTC(2026, 2, 29, 2, 30), offsetAt, 'first')).toBe(Date.parse('2026-03-29T01:00:00Z'));
  });
});

test('there are names to suggest', () => {
  expect(zoneNames()).toEqual(expect.arrayContaining(['UTC', 'Europe/Berlin', 'America/New_York']));
});
