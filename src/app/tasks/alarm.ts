import type { Clock } from '../ports/clock.ts';

interface Setting {
  readonly at: number;
  readonly controller: AbortController;
}

/** Rings once at the earliest of the times it was set to, and is then unset. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #set: Setting | undefined;
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
    void this.#wait(own);
  }

  /** Never rings again. */
  stop(): void {
    this.#stopped = true;
    this.#set?.controller.abort();
    this.#set = undefined;
  }

  async #wait(setting: Setting): Promise<void> {
    await this.#clock.sleep(Math.max(0, setting.at - this.#clock.monotonic()), setting.controller.signal);
    // Another, earlier setting may have taken its place.
    if (this.#set !== setting) return;
    this.#set = undefined;
    this.#ring();
  }
}
