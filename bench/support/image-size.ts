import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';

export interface ImageSize {
  /** Of all files, as they lie on the disk of a node. */
  readonly bytes: number;
  /** As a registry sends them. */
  readonly compressedBytes: number;
}

/** Size of the files in a folder, as they are and packed. */
export async function imageSize(folder: string): Promise<ImageSize> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += (await lstat(join(entry.parentPath, entry.name))).size;
  const tar = spawn('tar', ['--create', '--directory', folder, '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(tar, 'close');
  let compressedBytes = 0;
  for await (const chunk of tar.stdout.pipe(createGzip())) compressedBytes += (chunk as Buffer).length;
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`tar ended with ${code}`);
  return { bytes, compressedBytes };
}
