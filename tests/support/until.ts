export interface Patience {
  /** What is waited for, for the message when it does not come. */
  readonly what: string;
  readonly withinMs: number;
  /** Time between two looks, ms. Default 50. */
  readonly everyMs?: number;
  /** Added to the message. */
  readonly explain?: () => string;
}

/**
 * Looks again and again until a look gives something, and returns that. A look that throws gives nothing yet; its message
 * is shown when time runs out.
 */
export async function until<T>(look: () => Promise<T | undefined> | T | undefined, patience: Patience): Promise<T> {
  const { what, withinMs, everyMs = 50, explain } = patience;
  const deadline = performance.now() + withinMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      last = error;
    }
    await pause(everyMs);
  }
  const why =
    last === undefined ? '' : `; the last look failed: ${last instanceof Error ? last.message : JSON.stringify(last)}`;
  throw new Error(
    `${what} did not come within ${withinMs / 1000} s${why}${explain === undefined ? '' : `\n${explain()}`}`,
  );
}

/** A pause between two looks, or the length of a fault; never a guess at how long something takes. */
export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
