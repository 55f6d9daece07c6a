import { describe, expect, test } from '@jest/globals';
import type { RecordedCounts, WindowSum } from '../../../src/domain/budget/recorded-counts.ts';
import { recordedRows } from '../../../src/domain/budget/recorded-rows.ts';
import { rowAt, rowCount } from '../../../src/domain/reading/count-rows.ts';
import { hour, minute, monday } from './budgets.ts';

const at = monday;
const windowOf = (windowMs: number, total: number, bad: number, coveredMs = windowMs): WindowSum => ({
  windowMs,
  total,
  bad,
  coveredMs,
});

/** From and to as minutes before the windows end, with bad and all events. */
function stepsOf(counts: RecordedCounts): readonly string[] {
  const rows = recordedRows(counts)?.rows;
  if (rows === undefined) return [];
  return Array.from({ length: rowCount(rows) }, (_, index) => {
    const { from, to, good, total } = rowAt(rows, index);
    return `${(at - from) / minute} to ${(at - to) / minute}: ${total - good} of ${total}`;
  });
}

describe('recorded windows as steps', () => {
  test.each<[string, readonly WindowSum[], readonly string[]]>([
    [
      'lie between their edges',
      [windowOf(5 * minute, 50, 10), windowOf(30 * minute, 300, 25), windowOf(hour, 600, 25)],
      ['60 to 30: 0 of 300', '30 to 5: 15 of 250', '5 to 0: 10 of 50'],
    ],
    [
      'begin where young rules began to count',
      [windowOf(5 * minute, 50, 10), windowOf(hour, 80, 10, 8 * minute)],
      ['8 to 5: 0 of 30', '5 to 0: 10 of 50'],
    ],
    [
      'pass over a window that is not recorded yet',
      [windowOf(5 * minute, 50, 10), windowOf(30 * minute, 0, 0, 0), windowOf(hour, 600, 20)],
      ['60 to 5: 10 of 550', '5 to 0: 10 of 50'],
    ],
    [
      'hold no less than nothing where rules lag behind others',
      [windowOf(5 * minute, 50, 10), windowOf(30 * minute, 40, 5)],
      ['30 to 5: 0 of 0', '5 to 0: 10 of 50'],
    ],
    ['are none where nothing is covered', [windowOf(hour, 0, 0, 0)], []],
  ])('%s', (_, windows, expected) => {
    expect(stepsOf({ at, windows })).toEqual(expected);
  });

  test('tell of their own time when they are late, and of nothing when they cannot be read', () => {
    const windows = [windowOf(5 * minute, 50, 10)];
    expect(stepsOf({ at, windows, unreadable: { reason: 'stale', detail: '' } })).toHaveLength(1);
    expect(stepsOf({ at, windows, unreadable: { reason: 'no-data', detail: '' } })).toHaveLength(0);
  });
});
