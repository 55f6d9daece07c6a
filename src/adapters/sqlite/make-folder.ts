import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it, readable for their owner only. One by one, since Node's recursive mkdir never ends
 * where a folder cannot be made and the system says that the one above is missing, as below /proc. Throws what mkdir throws.
 */
export function makeFolder(directory: string): void {
  const missing: string[] = [];
  for (let folder = resolve(directory); !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  // What is there and no folder is an error of mkdir's too.
  if (missing.length === 0 && !statSync(directory).isDirectory()) missing.push(directory);
  for (const folder of missing) mkdirSync(folder, { mode: 0o700 });
}
