import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Files by their names, for one folder. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** Paths of what was written, or why nothing (more) was, in a sentence. */
export type FilesWritten = { readonly written: readonly string[] } | { readonly problem: string };

/** Writes files into a folder, which is made if need be. Unless `replace` is given, none is written when one of them is there already. */
export async function writeFiles(
  folder: string,
  files: readonly NamedText[],
  { replace }: { readonly replace: boolean },
): Promise<FilesWritten> {
  const paths = files.map(({ name, text }) => ({ path: join(folder, name), text }));
  let at = folder;
  try {
    if (!replace) {
      const there: string[] = [];
      for (const { path } of paths) if (await exists(path)) there.push(path);
      if (there.length > 0) return { problem: alreadyThere(there) };
    }
    if (paths.length > 0) await mkdir(folder, { recursive: true });
    // `wx` so that what somebody else made in the meantime is not overwritten either.
    for (const { path, text } of paths) {
      at = path;
      await writeFile(path, text, { flag: replace ? 'w' : 'wx' });
    }
    return { written: paths.map(({ path }) => path) };
  } catch (error) {
    return { problem: problemOf(error, at) };
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function alreadyThere(paths: readonly string[]): string {
  const shown = paths.slice(0, 5).join(', ') + (paths.length > 5 ? ` and ${paths.length - 5} more` : '');
  return `${shown} ${paths.length === 1 ? 'is' : 'are'} there already, so nothing was written; --force replaces`;
}

function problemOf(error: unknown, path: string): string {
  switch (codeOf(error)) {
    case 'EEXIST':
    case 'ENOTDIR':
      return `${path} is in the way: it has to be a folder`;
    case 'EISDIR':
      return `${path} is a folder, and a file goes there`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `Andon may not write ${path}: check its permissions`;
    case 'ENOSPC':
      return `no space is left to write ${path}`;
    default:
      return `${path}: ${error instanceof Error ? error.message : 'it cannot be written to'}`;
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
