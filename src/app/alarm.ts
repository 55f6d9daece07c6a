import type { Clock } from './ports/clock.ts';

/** Rings once at the earliest of the times it was set to, and is then unset. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #set: { readonly at: number; readonly controller: AbortController } | undefined;
  #stopped = false;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** `at` is on the clock that never steps back, ms. */
  set(at: number): void {
    if (this.#stopped || (this.#set !== undefined && this.#set.at <= at)) return;
    this.#set?.controller.abort();
    const own = { at, controller: new AbortController() };
    this.#set = own;
    void this.#clock.sleep(Math.max(0, at - this.#clock.monotonic()), own.controller.signal).then(() => {
      if (this.#set !== own) return;
      this.#set = undefined;
      this.#ring();
    });
  }

  /** Never rings again. */
  stop(): void {
    this.#stopped = true;
    this.#set?.controller.abort();
    this.#set = undefined;
  }
}
