import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { columnWidths } from '../../src/cli/column-widths.ts';
import { formatTable } from '../../src/cli/format-table.ts';
import { formatAge, formatMoment } from '../../src/cli/format-time.ts';
import { createPaint } from '../../src/cli/paint.ts';
import { textWidth } from '../../src/cli/text-width.ts';
import { formatSpan } from '../../src/domain/text/duration.ts';

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
  const rows = [['checkout', `zone="${'a'.repeat(60)}"`, 'Payments fail for everybody']];

  test('is wrapped to its width, and nothing of it gets lost', () => {
    const lines = formatTable([{ head: 'SERVICE' }, { head: 'GROUP' }, { head: 'TITLE' }], rows, 72).split('\n');

    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(72);
    expect(lines.join('').match(/a(?![a-z])|a(?=a)/g)?.length).toBeGreaterThanOrEqual(60);
    expect(lines.join('')).not.toContain('…');
  });

  test('stands as it is when it fits, and where nothing says how wide the terminal is', () => {
    expect(formatTable([], rows, 200)).toBe(formatTable([], rows));
  });

  test('counts wide characters twice and colours not at all', () => {
    const row = ['日本 日本日本日本', '\u001b[31mred\u001b[39m'];
    expect(columnWidths([row], 18)).toEqual([13, 3]);
    expect(columnWidths([row], 22)).toEqual([17, 3]);
    expect(textWidth('e\u0301\u001b[1mx\u001b[22m')).toBe(2);
  });

  const paint = createPaint(true);
  const heads = ['ID', 'SERVICE', 'SEVERITY', 'DETECTED AFTER', 'TITLE'].map((head) => ({
    head: paint.bold(head),
    whole: head === 'ID',
  }));
  const id = 'checkout-20260822T020742Z';
  const incident = [id, 'checkout', paint.red('page'), '1m 30s', 'Payments fail for everybody in eu'];
  const escapes = '\u001b\\[(?:1|22|31|39)m';

  test.each([200, 100, 80, 76, 60, 20])('of %d columns has whole colours, whole ids and whole words', (width) => {
    const table = formatTable(heads, [incident], width);
    const text = stripVTControlCharacters(table);

    expect(table.replaceAll(new RegExp(escapes, 'g'), '')).toBe(text);
    expect(text).not.toMatch(/\d+m\b(?<!1m)/);
    expect(text).toContain(id);
    for (const word of ['everybody', 'DETECTED', 'page']) expect(text).toContain(word);
    if (width >= 60) for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
  });

  test('is a line for each cell where it is too narrow for columns', () => {
    const lines = stripVTControlCharacters(formatTable(heads, [incident, incident], 60)).split('\n');

    expect(lines.slice(0, 7)).toEqual([
      `ID: ${id}`,
      'SERVICE: checkout',
      'SEVERITY: page',
      'DETECTED AFTER: 1m 30s',
      'TITLE: Payments fail for everybody in eu',
      '',
      `ID: ${id}`,
    ]);
  });

  test('without heads has what its last column says below the rest, where it is too narrow', () => {
    const event = [
      '2026-08-22 02:01:40Z',
      '+1m 30s',
      paint.bold('definition-changed'),
      'Customers can pay again\nmore',
    ];
    const columns = event.map((_, index) => ({ head: '', whole: index < 3 }));

    expect(stripVTControlCharacters(formatTable(columns, [event], 60))).toBe(
      '2026-08-22 02:01:40Z  +1m 30s  definition-changed\n  Customers can pay again\n  more\n',
    );
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
