import { describe, expect, test } from '@jest/globals';
import { describeTimeToDetect, describeTimeToRecover } from '../../../src/domain/incident/span-words.ts';

const minute = 60_000;

test.each([
  ['change-point', '5m after onset'],
  ['history-limit', '5m or more after onset'],
  ['detection', 'when it began was not seen, at most 10m before'],
])('an onset by %s', (method, expected) => {
  expect(describeTimeToDetect({ at: 5 * minute, earliest: 0, method }, 10 * minute)).toBe(expected);
});

describe('the time to recovery', () => {
  const sure = (at: number) => ({ at, earliest: at - 5_000, latest: at + 5_000 });

  test('is told as it is where both ends are known well', () => {
    expect(describeTimeToRecover(sure(0), sure(10 * minute))).toBe('10m');
  });

  test('is told as rough where an end lies in a blindness', () => {
    const blind = { at: 10 * minute, earliest: minute, latest: 10 * minute };
    expect(describeTimeToRecover(sure(0), blind)).toBe('about 10m');
  });
});
