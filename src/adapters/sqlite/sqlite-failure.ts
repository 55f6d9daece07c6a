import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { StoreFailureReason } from '../../app/ports/store.ts';
import { StoreError } from '../../app/ports/store.ts';

/** Result codes of SQLite (https://www.sqlite.org/rescode.html); the low byte of an extended code is its primary code. */
const primary = {
  perm: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;
const readOnlyBecauseMoved = 1032;
/** Short read, bad checksum, corrupt file system: the bytes are not what was written. */
const damagedReads: ReadonlySet<number> = new Set([522, 8202, 8458]);

/** As much as a usual commit writes. */
const probeBytes = 64 * 1024;

/** Says in a person's words what went wrong with `file`, and what to do. Passes a StoreError on as it is. */
export function toStoreError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const reason = reasonOf(error, file);
  return storeFailure(reason, file, detail + (reason === 'unknown' ? remedyOf(error) : ''), error);
}

function remedyOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  if (code === 'EEXIST' || code === 'ENOTDIR')
    return '; a file stands where the folder should be, so name another folder';
  return primaryCode(error) === primary.ioError ? '; look at the disk and the kernel log' : '';
}

/** The StoreError for a failure known by its reason. `detail` is the short technical cause. */
export function storeFailure(reason: StoreFailureReason, file: string, detail: string, cause?: unknown): StoreError {
  return new StoreError(reason, messages[reason](file, detail), { cause });
}

const messages: Readonly<Record<StoreFailureReason, (file: string, detail: string) => string>> = {
  full: (file, detail) =>
    `No room to write ${file} (${detail}). Free space on its disk, or give the volume or the store's limit more; ` +
    'a running Andon goes on writing by itself as soon as there is room.',
  'read-only': (file, detail) =>
    `${file} cannot be written (${detail}). Make its folder writable for the user Andon runs as, and its file system not read-only.`,
  corrupt: (file, detail) =>
    `${file} is damaged (${detail}). Nothing was deleted. Stop Andon, move ${file} and the files ${file}-wal and ${file}-shm, if they are there, ` +
    'to another folder, and start Andon: it begins a new log and finds running incidents again by catch-up. Or put back a backup.',
  locked: (file, detail) =>
    `${file} is held by another process (${detail}). One folder serves one Andon, and nobody else may write to it: stop the other process, or give this Andon a folder of its own.`,
  closed: (file) => `The store ${file} is closed: Andon is shutting down.`,
  'too-new': (file, detail) => `${file} was written by a newer Andon (${detail}).`,
  invalid: (file, detail) =>
    `Nothing was stored in ${file}: the commit cannot be written (${detail}). Please report this.`,
  unknown: (file, detail) => `${file} could not be used: ${detail}.`,
};

function primaryCode(error: unknown): number | undefined {
  const { errcode } = error as { readonly errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}

function reasonOf(error: unknown, file: string): StoreFailureReason {
  const { code, errcode, syscall } = error as Readonly<Record<'code' | 'errcode' | 'syscall', unknown>>;
  if (typeof errcode === 'number') return reasonOfSqlite(errcode, file);
  // On a read-only file system, a recursive mkdir says that there is no such folder.
  if (code === 'ENOENT' && syscall === 'mkdir') return 'read-only';
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'full';
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return 'read-only';
    default:
      return 'unknown';
  }
}

function reasonOfSqlite(errcode: number, file: string): StoreFailureReason {
  if (errcode === readOnlyBecauseMoved) return 'unknown';
  if (damagedReads.has(errcode)) return 'corrupt';
  switch (errcode & 0xff) {
    case primary.full:
      return 'full';
    case primary.readOnly:
    case primary.perm:
      return 'read-only';
    case primary.corrupt:
    case primary.notADatabase:
      return 'corrupt';
    case primary.busy:
    case primary.locked:
      return 'locked';
    case primary.cannotOpen:
    case primary.ioError:
      return reasonOfDisk(dirname(file));
    default:
      return 'unknown';
  }
}

/**
 * SQLite tells a plain ENOSPC apart, but not a quota, a read-only remount or a folder it may not write: a try of our own
 * brings the errno. Never on the database itself: closing any descriptor of a file drops the locks a process has on it.
 */
function reasonOfDisk(directory: string): StoreFailureReason {
  const probe = join(directory, 'andon.probe');
  try {
    writeFileSync(probe, Buffer.alloc(probeBytes), { mode: 0o600, flush: true });
    return 'unknown';
  } catch (error) {
    return reasonOf(error, directory);
  } finally {
    rmSync(probe, { force: true });
  }
}
