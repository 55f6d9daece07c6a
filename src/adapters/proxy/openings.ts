import type { ClientRequest } from 'node:http';
import { ProxyError } from './proxy-error.ts';

/** Connections that are being opened by a proxy: bounded in time, and given up with the request or the agent that wants them. */
export class Openings {
  readonly #withinMs: number;
  readonly #underWay = new Set<AbortController>();

  constructor(withinMs: number) {
    this.#withinMs = withinMs;
  }

  /** Opens one; its socket must end with the signal. Rejects with ProxyError. */
  async run<S>(request: ClientRequest, open: (signal: AbortSignal) => Promise<S>): Promise<S> {
    const cut = new AbortController();
    const abort = (): void => {
      cut.abort();
    };
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      cut.abort();
    }, this.#withinMs);
    this.#underWay.add(cut);
    // A request without a socket tells of its end by this event alone.
    request.once('abort', abort);
    try {
      return await open(cut.signal);
    } catch (error) {
      if (isLate) throw new ProxyError({ kind: 'late', afterMs: this.#withinMs }, { cause: error });
      if (error instanceof ProxyError) throw error;
      const code = codeOf(error);
      throw new ProxyError(code === undefined ? { kind: 'cut-off' } : { kind: 'network', code }, { cause: error });
    } finally {
      clearTimeout(timer);
      request.off('abort', abort);
      this.#underWay.delete(cut);
    }
  }

  close(): void {
    for (const cut of this.#underWay) cut.abort();
  }
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
