import { readFile, stat } from 'node:fs/promises';
import { codeOf, messageOf } from './system-error.ts';

/** What a secret file holds now, or why it cannot be used; the text never shows the secret. */
export type SecretText =
  { readonly kind: 'ok'; readonly text: string } | { readonly kind: 'unreadable'; readonly detail: string };

const checkEveryMs = 1_000;
const maxBytes = 1024 * 1024;

/**
 * A secret kept in a file. It is read at use, and again when the file has changed: its status is looked at no more than
 * once a second, and symbolic links are followed, so that a Kubernetes secret swapped under a link is noticed.
 */
export class SecretFile {
  readonly path: string;
  readonly #monotonic: () => number;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #version = '';
  #current: SecretText | undefined;

  constructor(path: string, monotonic: () => number) {
    this.path = path;
    this.#monotonic = monotonic;
  }

  async read(): Promise<SecretText> {
    const now = this.#monotonic();
    if (this.#current?.kind === 'ok' && now - this.#checkedAt < checkEveryMs) return this.#current;
    try {
      const { mtimeMs, ino, size } = await stat(this.path);
      const version = `${mtimeMs}:${ino}:${size}`;
      if (this.#current?.kind !== 'ok' || version !== this.#version) {
        this.#current = await this.#load(size);
        this.#version = version;
      }
    } catch (error) {
      this.#current = this.#unreadable(codeOf(error) || messageOf(error));
    }
    this.#checkedAt = now;
    return this.#current;
  }

  async #load(size: number): Promise<SecretText> {
    if (size > maxBytes) return this.#unreadable('it is larger than 1 MiB');
    const text = (await readFile(this.path, 'utf8')).trim();
    return text === '' ? this.#unreadable('it is empty') : { kind: 'ok', text };
  }

  #unreadable(why: string): SecretText {
    return { kind: 'unreadable', detail: `cannot use the file ${this.path}: ${why}` };
  }
}
