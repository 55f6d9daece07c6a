import type { Position } from '../domain/text/diagnostic.ts';

const maxExcerptLength = 240;

/** The text of a file, and where in it an offset stands. Lines are counted only once a problem asks for one. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
  position(from: number, to?: number): Position;
}

/** `isSecret` says which lines must not be shown. */
export function createSourceText(path: string, text: string, isSecret?: (line: string) => boolean): SourceText {
  let lineStarts: number[] | undefined;
  return {
    path,
    text,
    position(from, to = from) {
      lineStarts ??= findLineStarts(text);
      const start = Math.min(Math.max(from, 0), text.length);
      const index = lineIndex(lineStarts, start);
      const lineStart = lineStarts[index] ?? 0;
      const excerpt = text.slice(lineStart, lineEnd(text, lineStart));
      const column = start - lineStart + 1;
      const endColumn = Math.min(to - lineStart, excerpt.length) + 1;
      return {
        file: path,
        line: index + 1,
        column,
        ...(endColumn > column ? { endColumn } : {}),
        ...(excerpt.length > maxExcerptLength || isSecret?.(excerpt) === true ? {} : { excerpt }),
      };
    },
  };
}

/** A part of a text as a text of its own, which still knows where in the whole it stands. */
export function partOf(source: SourceText, from: number, to = source.text.length): SourceText {
  return {
    path: source.path,
    text: source.text.slice(from, to),
    position: (start, end = start) => source.position(from + start, from + end),
  };
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineEnd(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  const end = newline === -1 ? text.length : newline;
  return end > from && text[end - 1] === '\r' ? end - 1 : end;
}

/** The last line that starts at or before the offset. */
function lineIndex(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
