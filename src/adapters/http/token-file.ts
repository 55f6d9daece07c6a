import { readFile } from 'node:fs/promises';
import type { Token } from './admission.ts';

/** Reads the token anew, so that a rotated one counts from the next request on; never shows it. */
export async function readToken(path: string | undefined): Promise<Token> {
  if (path === undefined) return { kind: 'none' };
  try {
    const token = (await readFile(path, 'utf8')).trim();
    if (token === '') return { kind: 'unreadable', detail: `the token file ${path} is empty` };
    if (/\s/.test(token)) return { kind: 'unreadable', detail: `the token file ${path} holds more than one word` };
    return { kind: 'token', token };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { kind: 'unreadable', detail: `the token file ${path} cannot be read (${code})` };
  }
}
