import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file as it was read. */
export interface ReadFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** A path that could not be read, in a sentence. */
export interface Unreadable {
  readonly path: string;
  readonly problem: string;
}

export interface FilesRead {
  readonly files: readonly ReadFile[];
  readonly unreadable: readonly Unreadable[];
}

/** One byte more than a rule file may have is read, so that the checker can say that it is too large. */
const mostBytes = 4 * 1024 * 1024;
const deepestFolder = 16;

/** Reads files, and every .yaml and .yml below folders, in a stable order. */
export async function readRuleFiles(paths: readonly string[]): Promise<FilesRead> {
  const found = await findRuleFiles(paths);
  const files: ReadFile[] = [];
  const unreadable = [...found.unreadable];
  for (const path of found.paths) {
    try {
      const { size } = await stat(path);
      const content = size > mostBytes ? new Uint8Array(mostBytes) : await readFile(path);
      files.push({ path, content });
    } catch (error) {
      unreadable.push({ path, problem: problemOf(error) });
    }
  }
  return { files, unreadable };
}

/** A text that changes when any of the files does: by replacing, writing, or Kubernetes' swapping of symbolic links. */
export async function fingerprint(paths: readonly string[]): Promise<string> {
  const found = await findRuleFiles(paths);
  const parts = await Promise.all(
    found.paths.map(async (path) => {
      // stat follows symbolic links, so a swapped link shows as another inode.
      const seen = await stat(path).catch(() => undefined);
      return seen === undefined ? `${path}?` : `${path}:${seen.ino}:${seen.size}:${seen.mtimeMs}`;
    }),
  );
  return [...parts, ...found.unreadable.map((each) => `${each.path}!`)].join('\n');
}

async function findRuleFiles(
  paths: readonly string[],
): Promise<{ paths: readonly string[]; unreadable: readonly Unreadable[] }> {
  const found: string[] = [];
  const unreadable: Unreadable[] = [];
  const walk = async (path: string, named: boolean, depth: number): Promise<void> => {
    try {
      const seen = await stat(path);
      if (seen.isDirectory()) {
        if (depth > deepestFolder) return;
        const names = (await readdir(path)).sort();
        // Names with a leading dot are hidden: Kubernetes keeps a ConfigMap's real files in `..data`.
        for (const name of names) if (!name.startsWith('.')) await walk(join(path, name), false, depth + 1);
      } else if (named || /\.ya?ml$/.test(path)) {
        found.push(path);
      }
    } catch (error) {
      unreadable.push({ path, problem: problemOf(error) });
    }
  };
  for (const path of paths) await walk(path, true, 0);
  return { paths: [...new Set(found)], unreadable };
}

function problemOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file or folder';
    case 'EACCES':
    case 'EPERM':
      return 'Andon may not read it: check its permissions';
    case 'ELOOP':
      return 'its symbolic links go round in a circle';
    default:
      return error instanceof Error ? error.message : 'it cannot be read';
  }
}
