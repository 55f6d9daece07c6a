/** What has to be asked alone for a while, because in company it spoiled the answer of others; each failure renews it. */
export interface Loners {
  has(about: string): boolean;
  add(about: string): void;
}

const forgottenAfterMs = 10 * 60_000;
const maxKept = 1_000;

export function createLoners(monotonic: () => number): Loners {
  const since = new Map<string, number>();
  return {
    has(about) {
      const added = since.get(about);
      if (added === undefined) return false;
      if (monotonic() - added < forgottenAfterMs) return true;
      since.delete(about);
      return false;
    },
    add(about) {
      since.delete(about);
      const [oldest] = since.keys();
      if (since.size >= maxKept && oldest !== undefined) since.delete(oldest);
      since.set(about, monotonic());
    },
  };
}
