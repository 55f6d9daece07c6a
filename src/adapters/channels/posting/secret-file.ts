import { readFile, stat } from 'node:fs/promises';
import { errorCode } from './error-code.ts';

/** A small file that may be replaced while Andon runs, as mounted secrets are. */
export class SecretFile {
  readonly #path: string;
  #stamp = '';
  #text = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** Its text without surrounding white space, read again if it changed. Rejects with a SecretFileError. */
  async read(): Promise<string> {
    try {
      // A mounted secret is a symbolic link that is swapped: its target's inode and time tell.
      const { mtimeMs, ino, size } = await stat(this.#path);
      const stamp = `${mtimeMs} ${ino} ${size}`;
      if (stamp !== this.#stamp) {
        this.#text = (await readFile(this.#path, 'utf8')).trim();
        this.#stamp = stamp;
      }
    } catch (error) {
      throw new SecretFileError(`cannot read ${this.#path} (${errorCode(error) ?? 'unreadable'})`);
    }
    if (this.#text === '') throw new SecretFileError(`${this.#path} is empty`);
    return this.#text;
  }
}

/** Names the file and what is wrong with it, never what it holds. */
export class SecretFileError extends Error {
  override readonly name = 'SecretFileError';
}
