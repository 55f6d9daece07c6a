import { mkdtemp, mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { checkedRun } from './checked-run.ts';

/** A place for images and containers of its own, beside that of the machine; all of it goes with `await using`. */
export interface ImageStore extends AsyncDisposable {
  readonly folder: string;
  /** Runs buildah on this store and answers with what it printed. */
  buildah(args: readonly string[], withinMs?: number): Promise<string>;
}

/** Overlay needs a file system that it can lie on, and vfs copies everything instead. */
const drivers = ['overlay', 'vfs'];
const usuallyWithinMs = 120_000;

/** Makes an empty store in the system's folder for temporary files; rejects with buildah's words where it cannot work. */
export async function createImageStore(): Promise<ImageStore> {
  const folder = await mkdtemp(join(tmpdir(), 'andon-image-'));
  const dispose = async (): Promise<void> => {
    await unmountUnder(folder);
    await checkedRun('rm', ['-rf', '--one-file-system', folder], usuallyWithinMs);
  };
  try {
    const flags = await workingFlags(folder);
    return {
      folder,
      buildah: async (args, withinMs = usuallyWithinMs) => await checkedRun('buildah', [...flags, ...args], withinMs),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function workingFlags(folder: string): Promise<readonly string[]> {
  const failures: unknown[] = [];
  for (const driver of drivers) {
    const store = join(folder, driver);
    const flags = ['--root', join(store, 'root'), '--runroot', join(store, 'run'), '--storage-driver', driver];
    await mkdir(store);
    try {
      await checkedRun('buildah', [...flags, 'info'], usuallyWithinMs);
      return flags;
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, failures.map(String).join('\n'));
}

/** What is mounted in the folder would be emptied with it. */
async function unmountUnder(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '');
  for (const mount of mounts.filter((path) => path.startsWith(folder + sep)).toReversed())
    await checkedRun('umount', ['--lazy', mount], usuallyWithinMs);
}
