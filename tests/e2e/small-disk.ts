import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of a few megabytes that a test can fill. */
export interface SmallDisk extends AsyncDisposable {
  readonly folder: string;
  /** Takes all the room that is left. */
  fill(): Promise<void>;
  /** Gives it back. */
  free(): Promise<void>;
}

/** Whether this process may mount: only root may, and not in every container. */
export function mayMount(): boolean {
  const { status } = spawnSync('unshare', ['--mount', 'true']);
  return process.getuid?.() === 0 && status === 0;
}

/** Mounts a file system in memory; `readOnly` from the start when asked. */
export async function mountSmallDisk(options: { readonly readOnly?: boolean } = {}): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'andon-e2e-disk-'));
  const flags = `size=4m${options.readOnly === true ? ',ro' : ''}`;
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', flags, 'tmpfs', folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mount failed: ${stderr}`);
  const filler = join(folder, 'filler');
  return {
    folder,
    async fill() {
      const room = 64 * 1024;
      for (let part = 0, size = room; size >= 512; part++) {
        try {
          await writeFile(`${filler}-${part}`, Buffer.alloc(size));
        } catch {
          size /= 2;
        }
      }
    },
    async free() {
      await Promise.all(Array.from({ length: 200 }, async (_, part) => rm(`${filler}-${part}`, { force: true })));
    },
    async [Symbol.asyncDispose]() {
      spawnSync('umount', [folder]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
