import type { Diagnostic } from '../domain/text/diagnostic.ts';
import { createSourceText } from './source-text.ts';

/** Largest file that is read, bytes. */
export const maxFileBytes = 1_048_576;

/** Bytes as text (without a byte order mark), or the one problem that stands in the way. */
export function decodeFile(
  path: string,
  content: Uint8Array,
): { readonly text: string } | { readonly problem: Diagnostic } {
  if (content.byteLength > maxFileBytes) {
    return {
      problem: {
        file: path,
        line: 1,
        column: 1,
        severity: 'error',
        code: 'file-too-large',
        message: `this file is larger than 1 MiB (${maxFileBytes} bytes)`,
        hint: 'split it: services may be spread over any number of files',
      },
    };
  }
  const text = decode(content);
  if (text === undefined) return { problem: notUtf8(path, content) };
  const nul = text.indexOf('\0');
  if (nul !== -1) {
    const { excerpt: _, ...position } = createSourceText(path, text).position(nul);
    return {
      problem: {
        ...position,
        severity: 'error',
        code: 'nul-byte',
        message: 'this file holds a NUL byte, so it is no text file',
        hint: 'save it as UTF-8 text',
      },
    };
  }
  return { text };
}

/** `stream`: the last character may be cut off. */
function decode(content: Uint8Array, stream = false): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content, { stream });
  } catch {
    return undefined;
  }
}

function notUtf8(path: string, content: Uint8Array): Diagnostic {
  const utf16 = (content[0] === 0xff && content[1] === 0xfe) || (content[0] === 0xfe && content[1] === 0xff);
  const bad = firstBadByte(content);
  const before = decode(content.subarray(0, bad)) ?? '';
  const { line, column } = createSourceText(path, before).position(before.length);
  return {
    file: path,
    line,
    column,
    severity: 'error',
    code: 'not-utf-8',
    message: utf16
      ? 'this file is UTF-16, not UTF-8'
      : `byte ${bad + 1} of this file (0x${(content[bad] ?? 0).toString(16)}) is not UTF-8`,
    hint: 'save it as UTF-8',
  };
}

/** Offset of the first byte that belongs to no character: the end of the longest prefix that decodes, by bisection. */
function firstBadByte(content: Uint8Array): number {
  let low = 0;
  let high = content.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (decode(content.subarray(0, middle), true) === undefined) high = middle - 1;
    else low = middle;
  }
  // The prefix may end within a character that goes wrong in its next byte.
  while (low > 0 && decode(content.subarray(0, low)) === undefined) low -= 1;
  return low;
}
