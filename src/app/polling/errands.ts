import { Turns } from '../tasks/turns.ts';
import type { Watch } from './watch.ts';

interface Errand {
  readonly cancel: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Longer work on single services, such as reading what they missed, beside the polls of the others. A service on an
 * errand is not polled, so that nobody else changes what is known of it; what a reload replaces is let go of.
 */
export class Errands {
  readonly #most: number;
  readonly #onEnd: () => void;
  readonly #running = new Map<Watch, Errand>();
  readonly #turns = new Turns();

  /** `most`: errands at once, beyond which none should begin. `onEnd` is called after each. */
  constructor(most: number, onEnd: () => void) {
    this.#most = most;
    this.#onEnd = onEnd;
  }

  /** How many more may begin. */
  get free(): number {
    return Math.max(0, this.#most - this.#running.size);
  }

  isOut(watch: Watch): boolean {
    return this.#running.has(watch);
  }

  /** Begins an errand that must not reject, and that ends soon after its signal aborts. */
  begin(watch: Watch, stop: AbortSignal, task: (cancelled: AbortSignal) => Promise<void>): void {
    const cancel = new AbortController();
    const ended = task(AbortSignal.any([stop, cancel.signal])).finally(() => {
      this.#running.delete(watch);
      this.#onEnd();
    });
    this.#running.set(watch, { cancel, ended });
  }

  /** Calls back who is on an errand for this service, or everybody. */
  cancel(service?: string): void {
    for (const [watch, { cancel }] of this.#running) {
      if (service === undefined || watch.service.name === service) cancel.abort(null);
    }
  }

  /** Runs a task that changes what is known of services on errands, or replaces them: never two at once. */
  inTurn<T>(task: () => Promise<T>): Promise<T> {
    return this.#turns.take(task);
  }

  /** Resolves when all that run now have ended. */
  async ended(): Promise<void> {
    await Promise.all([...this.#running.values()].map(async ({ ended }) => await ended));
  }
}
