import Table from 'cli-table3';
import { columnWidths } from './column-widths.ts';

export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
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

/**
 * Aligned columns without a frame, so that lines can be cut and searched; colours and wide characters keep their place.
 * With a `width`, cells are wrapped so that the table fits a terminal of so many columns.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[], width?: number): string {
  const heads = columns.map(({ head }) => head);
  const widths = width === undefined ? undefined : columnWidths([heads, ...rows], width);
  const table = new Table({
    head: heads,
    // Anywhere, since a label's value may be one long word, and nothing of it may get lost.
    ...(widths === undefined ? {} : { colWidths: [...widths], wordWrap: true, wrapOnWordBoundary: false }),
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
