import { describe, expect, test } from '@jest/globals';
import { columnWidths } from '../../src/cli/column-widths.ts';
import { formatTable } from '../../src/cli/format-table.ts';
import { formatAge, formatMoment, formatSpan } from '../../src/cli/format-time.ts';

describe('a table', () => {
  test('is aligned, without a frame and without spaces at the ends of lines', () => {
    const table = formatTable(
      [{ head: 'NAME' }, { head: 'COUNT', align: 'right' }, { head: 'NOTE' }],
      [
        ['checkout', '7', ''],
        ['a', '1200', 'x'],
      ],
    );

    expect(table).toBe(['NAME      COUNT  NOTE', 'checkout      7', 'a          1200  x', ''].join('\n'));
  });

  test('keeps its columns under colours, wide characters and several lines', () => {
    const table = formatTable(
      [],
      [
        ['\u001b[31mred\u001b[39m', '1'],
        ['日本', '2'],
        ['two', 'lines\nhere'],
      ],
    );

    expect(table).toBe('\u001b[31mred\u001b[39m   1\n日本  2\ntwo   lines\n      here\n');
  });
});

describe('a table for a terminal', () => {
  const rows = [['checkout', `zone="${'a'.repeat(40)}"`, 'Payments fail for everybody']];

  test('is wrapped to its width, and nothing of it gets lost', () => {
    const lines = formatTable([{ head: 'SERVICE' }, { head: 'GROUP' }, { head: 'TITLE' }], rows, 50).split('\n');

    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(50);
    expect(lines.join('').match(/a(?![a-z])|a(?=a)/g)?.length).toBeGreaterThanOrEqual(40);
    expect(lines.join('')).not.toContain('…');
  });

  test('stands as it is when it fits, and where nothing says how wide the terminal is', () => {
    expect(formatTable([], rows, 200)).toBe(formatTable([], rows));
  });

  test('counts wide characters twice and colours not at all', () => {
    expect(columnWidths([['\u001b[31mred\u001b[39m', '日本日本日本日本']], 18)).toEqual([3, 13]);
    expect(columnWidths([['\u001b[31mred\u001b[39m', '日本日本日本日本']], 21)).toBeUndefined();
  });

  test('is not made narrower than people can read', () => {
    expect(columnWidths([['a'.repeat(30), 'b'.repeat(30)]], 5)).toEqual([8, 8]);
  });
});

test.each([
  [0, '0s'],
  [999, '0s'],
  [45_900, '45s'],
  [725_000, '12m 5s'],
  [3_600_000, '1h'],
  [12_015_000, '3h 20m'],
  [187_500_000, '2d 4h'],
])('%p ms reads %p', (ms, text) => {
  expect(formatSpan(ms)).toBe(text);
});

test('a moment reads without its milliseconds, and its age from now', () => {
  const now = Date.parse('2026-08-22T02:10:00.000Z');

  expect(formatMoment('2026-08-22T02:07:11.250Z')).toBe('2026-08-22 02:07:11Z');
  expect(formatAge('2026-08-22T02:07:11.250Z', now)).toBe('2m 48s ago');
  expect(formatAge('2026-08-22T02:10:30.000Z', now)).toBe('now');
});
