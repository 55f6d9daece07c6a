import { stripVTControlCharacters } from 'node:util';

const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}\uff01-\uff60]/u;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How many columns of a terminal one line of text takes: colours none, wide characters two. */
export function textWidth(line: string): number {
  let width = 0;
  for (const character of charactersOf(stripVTControlCharacters(line))) width += wide.test(character) ? 2 : 1;
  return width;
}

/** Characters as people see them, each with the marks that stand on it. */
export function charactersOf(text: string): readonly string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}
