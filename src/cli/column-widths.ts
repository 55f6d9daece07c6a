import { stripVTControlCharacters } from 'node:util';
import { textWidth } from './text-width.ts';

export const columnGap = 2;
/** Words up to this long stay whole, so that a table stays readable. */
const longWord = 16;
/** Prose in less than this is a column of single words. */
const readable = 20;

/**
 * Widths with which rows fit into `width` columns of a terminal, the widest cut first; `whole`: columns that are not cut.
 * Undefined when the rows do not fit with their words whole.
 */
export function columnWidths(
  rows: readonly (readonly string[])[],
  width: number,
  whole: ReadonlySet<number> = new Set(),
): readonly number[] | undefined {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const columns = Array.from({ length: count }, (_, column) => rows.flatMap((row) => (row[column] ?? '').split('\n')));
  const widths = columns.map((lines) => widest(lines.map(textWidth)));
  const least = columns.map((lines, column) =>
    whole.has(column)
      ? (widths[column] ?? 0)
      : Math.max(
          widest(lines.flatMap((line) => line.split(' ').map(needOf))),
          // What stands last is the longest text mostly.
          column === count - 1 ? Math.min(widths[column] ?? 0, readable) : 0,
        ),
  );
  let excess = widths.reduce((sum, each) => sum + each, columnGap * (count - 1)) - width;
  while (excess > 0) {
    const spare = widths.map((each, column) => (each > (least[column] ?? 0) ? each : 0));
    const most = widest(spare);
    if (most === 0) return undefined;
    widths[spare.indexOf(most)] = most - 1;
    excess -= 1;
  }
  return widths;
}

/** How much room a word needs: all of it when it is painted, and else as much as makes its pieces readable. */
function needOf(word: string): number {
  return stripVTControlCharacters(word) === word ? Math.min(textWidth(word), longWord) : textWidth(word);
}

function widest(widths: readonly number[]): number {
  return Math.max(0, ...widths);
}
