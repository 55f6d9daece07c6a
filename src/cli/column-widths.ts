import { stripVTControlCharacters } from 'node:util';

const gap = 2;
/** No column gets narrower than this for the sake of the others. */
const narrowest = 8;
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}\uff01-\uff60]/u;

/** Widths with which rows fit into `width` columns of a terminal, the widest cut first; undefined when they fit as they are. */
export function columnWidths(rows: readonly (readonly string[])[], width: number): readonly number[] | undefined {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...rows.flatMap((row) => (row[column] ?? '').split('\n').map(widthOf))),
  );
  let excess = widths.reduce((sum, each) => sum + each, gap * (count - 1)) - width;
  if (excess <= 0) return undefined;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= narrowest) break;
    widths[widths.indexOf(widest)] = widest - 1;
    excess -= 1;
  }
  return widths;
}

function widthOf(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) width += wide.test(character) ? 2 : 1;
  return width;
}
