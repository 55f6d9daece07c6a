import Table from 'cli-table3';
import { columnWidths } from './column-widths.ts';
import { textWidth } from './text-width.ts';
import { wrapText } from './wrap-text.ts';

export interface Column {
  /** Empty in every column: there is no line of heads. */
  readonly head: string;
  readonly align?: 'left' | 'right';
  /** Never wrapped: people copy what stands in it. */
  readonly whole?: boolean;
}

const bare = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** A terminal that is narrower than this shows rows below one another, a line for each cell. */
const narrowTerminal = 70;
const indent = '  ';

/**
 * Aligned columns without a frame, so that lines can be cut and searched; colours and wide characters keep their place.
 * With a `width`, cells are wrapped so that the table fits a terminal of so many columns; where it does not fit with its
 * words whole, each cell gets a line of its own: `HEAD: cell`.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[], width?: number): string {
  const isHeadless = columns.every(({ head }) => head === '');
  const heads = isHeadless ? [] : columns.map(({ head }) => head);
  if (width === undefined) return aligned(columns, heads, rows);
  const all = [heads, ...rows];
  const whole = new Set(columns.flatMap((column, index) => (column.whole === true ? [index] : [])));
  const widths = columnWidths(all, width, whole);
  if (widths === undefined || (!isHeadless && width < narrowTerminal && isWider(all, width))) {
    return isHeadless ? hanging(rows, width) : belowOneAnother(columns, rows, width);
  }
  const wrap = (row: readonly string[]): readonly string[] =>
    row.map((cell, index) => {
      // The last column may stand out: the terminal wraps it without spoiling a copy.
      const breakWords = !whole.has(index) && index < widths.length - 1;
      return wrapText(cell, widths[index] ?? width, { breakWords });
    });
  return aligned(columns, wrap(heads), rows.map(wrap));
}

function aligned(columns: readonly Column[], heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: [...heads],
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: bare,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  for (const row of rows) table.push([...row]);
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

function isWider(rows: readonly (readonly string[])[], width: number): boolean {
  return aligned([], [], rows)
    .split('\n')
    .some((line) => textWidth(line) > width);
}

/** What has no room is left to the terminal, which wraps without spoiling a copy: an id stays one word. */
function belowOneAnother(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const records = rows.map((row) =>
    row.flatMap((cell, index) => (cell === '' ? [] : [hung(`${columns[index]?.head ?? ''}: ${cell}`, width)])).join(''),
  );
  return records.join('\n');
}

/** Rows without heads, such as a timeline: what their last cell says goes below the rest. */
function hanging(rows: readonly (readonly string[])[], width: number): string {
  return rows
    .map((row) => {
      const last = row.at(-1) ?? '';
      const rest = row.slice(0, -1).join(indent);
      return hung(last === '' ? rest : `${rest}\n${last}`, width);
    })
    .join('');
}

/** All lines but the first indented. */
function hung(text: string, width: number): string {
  const [first = '', ...others] = text.split('\n');
  const [begin = '', ...rest] = wrapText(first, width, { breakWords: false }).split('\n');
  const below = [...(rest.length === 0 ? [] : [rest.join(' ')]), ...others];
  const lines = below.flatMap((line) =>
    wrapText(line, width - indent.length, { breakWords: false })
      .split('\n')
      .map((each) => `${indent}${each}`),
  );
  return `${[begin, ...lines].join('\n')}\n`;
}
