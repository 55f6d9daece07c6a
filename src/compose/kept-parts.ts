/** A part that was made from settings, and how to close it. */
export interface MadePart<P> {
  readonly part: P;
  close(): Promise<void>;
}

/** Parts made from settings; one whose settings are as before stays the same object, with its connections. */
export class KeptParts<S, P> {
  readonly #make: (settings: S) => MadePart<P>;
  readonly #made = new Map<string, MadePart<P>>();
  #wanted: ReadonlySet<string> = new Set();

  constructor(make: (settings: S) => MadePart<P>) {
    this.#make = make;
  }

  /** A part for each settings, in their order. Throws what making throws; then nothing new was made. */
  pick(settings: readonly S[]): { readonly parts: readonly P[]; discard(): Promise<void> } {
    const fresh: string[] = [];
    const discard = async (): Promise<void> => {
      await this.#close(fresh);
    };
    try {
      const keys = settings.map((each) => JSON.stringify(each));
      const parts = keys.map((key, index) => {
        const made = this.#made.get(key) ?? this.#make(settings[index] as S);
        if (!this.#made.has(key)) fresh.push(key);
        this.#made.set(key, made);
        return made.part;
      });
      this.#wanted = new Set(keys);
      return { parts, discard };
    } catch (error) {
      void discard();
      throw error;
    }
  }

  /** Closes every part that was not picked last. */
  async closeOthers(): Promise<void> {
    await this.#close([...this.#made.keys()].filter((key) => !this.#wanted.has(key)));
  }

  async close(): Promise<void> {
    await this.#close([...this.#made.keys()]);
  }

  async #close(keys: readonly string[]): Promise<void> {
    const closing = keys.flatMap((key) => this.#made.get(key) ?? []);
    for (const key of keys) this.#made.delete(key);
    await Promise.allSettled(closing.map(async (each) => await each.close()));
  }
}
