import { hash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import type { ReadFile } from './rule-files.ts';

const Kept = z.strictObject({
  version: z.literal(1),
  files: z.array(z.strictObject({ path: z.string(), content: z.base64() })),
});

/** Files that are kept together in one file of their own, whole or not at all. */
export interface KeptFiles {
  /** What was kept last; undefined where nothing is, or nothing that can be read. */
  read(): Promise<readonly ReadFile[] | undefined>;
  /** Replaces what was kept, unless it is the same. Rejects with what the file system says. */
  keep(files: readonly ReadFile[]): Promise<void>;
}

/** `path` is where they are kept; its folder is made when something is. */
export function createKeptFiles(path: string): KeptFiles {
  let digestKept = '';
  return {
    async read() {
      try {
        const kept = Kept.safeParse(JSON.parse(await readFile(path, 'utf8')));
        return kept.data?.files.map((each) => ({ path: each.path, content: Buffer.from(each.content, 'base64') }));
      } catch {
        return undefined;
      }
    },
    async keep(files) {
      const kept: z.infer<typeof Kept> = {
        version: 1,
        files: files.map((each) => ({ path: each.path, content: Buffer.from(each.content).toString('base64') })),
      };
      const text = JSON.stringify(kept);
      const digest = hash('sha256', text);
      if (digest === digestKept) return;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      // A crash half-way leaves what was kept before.
      await writeFile(`${path}.new`, text, { mode: 0o600, flush: true });
      await rename(`${path}.new`, path);
      digestKept = digest;
    },
  };
}
