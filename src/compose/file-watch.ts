import { fingerprint } from '../adapters/files/rule-files.ts';
import type { Clock } from '../app/ports/clock.ts';

/** How often the files are looked at: a ConfigMap's own delay is a minute, an editor's is none, ms. */
const lookEveryMs = 2_000;

/** Notices when files or folders change after they were last read. */
export class FileWatch {
  readonly #clock: Clock;
  #seen = new Map<string, string>();
  /** How many are about to read. */
  #noting = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** To be called before a path is read, so that no change falls in between. */
  async note(paths: readonly string[]): Promise<void> {
    this.#noting += 1;
    try {
      for (const path of paths) this.#seen.set(path, await fingerprint([path]));
    } finally {
      this.#noting -= 1;
    }
  }

  /** Forgets every other path. */
  keepOnly(paths: readonly string[]): void {
    this.#seen = new Map([...this.#seen].filter(([path]) => paths.includes(path)));
  }

  /** Calls back after something changed, until the signal aborts. */
  async run(onChange: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(lookEveryMs, signal);
      if (!signal.aborted && (await this.#hasChanged())) onChange();
    }
  }

  async #hasChanged(): Promise<boolean> {
    let changed = false;
    for (const [path, before] of this.#seen) {
      const now = await fingerprint([path]);
      // Noted anew meanwhile, or just being noted: then it is being read, and one change is read once.
      if (now === before || this.#noting > 0 || this.#seen.get(path) !== before) continue;
      this.#seen.set(path, now);
      changed = true;
    }
    return changed;
  }
}
