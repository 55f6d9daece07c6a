import { stripVTControlCharacters } from 'node:util';
import { charactersOf, textWidth } from './text-width.ts';

/**
 * Breaks text into lines of at most `width` columns, at spaces, and with `breakWords` inside words that are longer.
 * Painted words stay whole always: their escape sequences must not come apart.
 */
export function wrapText(text: string, width: number, { breakWords }: { readonly breakWords: boolean }): string {
  return text
    .split('\n')
    .map((line) => (textWidth(line) <= width ? line : wrapLine(line, width, breakWords)))
    .join('\n');
}

function wrapLine(line: string, width: number, breakWords: boolean): string {
  const lines: string[] = [];
  let current = '';
  for (const [, space = '', word = ''] of line.matchAll(/( *)([^ ]+)/g)) {
    if (current !== '' && textWidth(current + space + word) <= width) {
      current += space + word;
      continue;
    }
    if (current !== '') lines.push(current);
    const pieces = breakWords ? piecesOf(word, width) : [word];
    lines.push(...pieces.slice(0, -1));
    current = pieces.at(-1) ?? '';
  }
  return [...lines, current].join('\n');
}

function piecesOf(word: string, width: number): readonly string[] {
  if (textWidth(word) <= width || stripVTControlCharacters(word) !== word) return [word];
  const pieces = [''];
  for (const character of charactersOf(word)) {
    const last = pieces.length - 1;
    if (textWidth(`${pieces[last]}${character}`) > width) pieces.push(character);
    else pieces[last] += character;
  }
  return pieces;
}
