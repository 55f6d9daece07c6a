import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../src/app/ports/clock.ts';

interface Sleeper {
  readonly due: number;
  wake(): void;
}

/** A clock that stands still until a test moves it. Sleepers wake in order of their time, each with the clock at it. */
export class ManualClock implements Clock {
  #wall: number;
  #monotonic = 0;
  readonly #sleepers: Sleeper[] = [];

  /** Starts on 2026-08-22T02:00:00Z unless told otherwise, ms since the epoch. */
  constructor(startMs = 1_787_364_000_000) {
    this.#wall = startMs;
  }

  /** How many are asleep: zero after everything has stopped. */
  get asleep(): number {
    return this.#sleepers.length;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  /** A sleep of no time ends with the next `advance`, even `advance(0)`, so that a loop cannot spin. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper: Sleeper = { due: this.#monotonic + Math.max(0, ms), wake };
      const remove = (): void => {
        const index = this.#sleepers.indexOf(sleeper);
        if (index >= 0) this.#sleepers.splice(index, 1);
      };
      signal?.addEventListener('abort', wake, { once: true });
      const after = this.#sleepers.findIndex((other) => other.due > sleeper.due);
      this.#sleepers.splice(after < 0 ? this.#sleepers.length : after, 0, sleeper);

      function wake(): void {
        remove();
        signal?.removeEventListener('abort', wake);
        resolve();
      }
    });
  }

  /** Moves both clocks on, waking who is due on the way; what they start and sleep for in that time happens too. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settle();
    for (let next = this.#sleepers[0]; next !== undefined && next.due <= end; next = this.#sleepers[0]) {
      this.#moveTo(next.due);
      // Those that sleep for no time from now on wait for the next advance.
      for (const sleeper of this.#sleepers.filter(({ due }) => due <= this.#monotonic)) sleeper.wake();
      await settle();
      if (ms === 0) break;
    }
    this.#moveTo(end);
    await settle();
  }

  /** Steps the wall clock only, as NTP or a person does; negative steps back. */
  step(ms: number): void {
    this.#wall += ms;
  }

  #moveTo(monotonic: number): void {
    const passed = Math.max(0, monotonic - this.#monotonic);
    this.#monotonic += passed;
    this.#wall += passed;
  }
}

/** Lets promises that can settle without time or I/O settle; a turn of the loop passes the whole microtask queue. */
export async function settle(): Promise<void> {
  await turn();
  await turn();
}
