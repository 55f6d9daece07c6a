import type { SourceFailure } from '../../domain/reading/observation.ts';
import type { Clock } from '../ports/clock.ts';
import type { Source } from '../ports/source.ts';

/** How long one comparison with the source's clock is trusted, ms. */
const trustedMs = 60_000;
/** Wall and monotonic clock may drift apart by this before a step or a suspended machine is suspected, ms. */
const driftMs = 1_000;

/**
 * The source's clock, as far as Andon knows it. Everything that is judged is judged in the source's time,
 * so that a wrong or stepping clock on either side opens and closes nothing.
 */
export class SourceClock {
  readonly #clock: Clock;
  readonly #source: Pick<Source, 'clock'>;
  /** Source's time less the monotonic clock. */
  #offset: number | undefined;
  /** By how much that may be wrong either way, ms: when during the round trip the source looked at its clock nobody knows. */
  #unsureMs = 0;
  /** Two comparisons may differ by this with no clock set, ms. */
  #chanceMs = driftMs;
  #comparedAt = -Infinity;
  #wallLessMonotonic = 0;
  #latest = -Infinity;
  #setByMs = 0;

  constructor(clock: Clock, source: Pick<Source, 'clock'>) {
    this.#clock = clock;
    this.#source = source;
  }

  /** Compares again when the last comparison is too old or time seems to have jumped. Returns what kept it from it. */
  async sync(signal: AbortSignal): Promise<SourceFailure | undefined> {
    if (this.#offset !== undefined && !this.#isDoubtful()) return undefined;
    const sent = this.#clock.monotonic();
    const asked = await this.#source.clock(signal);
    if (asked.kind === 'failed') return asked.failure;
    const monotonic = this.#clock.monotonic();
    const offset = asked.now + asked.roundTripMs / 2 - monotonic;
    // On a busy machine an answer waits to be looked at, and the round trip as it was measured holds none of that.
    const unsureMs = Math.max(asked.roundTripMs / 2, monotonic - sent - asked.roundTripMs / 2);
    const wallLessMonotonic = this.#clock.now() - monotonic;
    const wallMs = wallLessMonotonic - this.#wallLessMonotonic;
    this.#comparedAt = monotonic;
    this.#wallLessMonotonic = wallLessMonotonic;
    const stepMs = this.#offset === undefined ? 0 : offset - this.#offset;
    const chanceMs = driftMs + this.#unsureMs + unsureMs;
    const isSurer = this.#offset === undefined || unsureMs <= Math.max(this.#unsureMs, driftMs / 2);
    // What a slow answer leaves open is no news: the surer comparison stands.
    if (!isSurer && Math.abs(stepMs) <= chanceMs) return undefined;
    this.#setByMs += stepOf(stepMs, wallMs, chanceMs);
    this.#offset = offset;
    this.#unsureMs = unsureMs;
    this.#chanceMs = chanceMs;
    return undefined;
  }

  /** By how much the source's clock was set since this was last asked, ms; 0 when it just ran on. */
  takeStep(): number {
    const setByMs = this.#setByMs;
    this.#setByMs = 0;
    return setByMs;
  }

  #isDoubtful(): boolean {
    const monotonic = this.#clock.monotonic();
    const drift = Math.abs(this.#clock.now() - monotonic - this.#wallLessMonotonic);
    return monotonic - this.#comparedAt > trustedMs || drift > driftMs;
  }

  /** Whether the source's clock has been compared at all. */
  get isKnown(): boolean {
    return this.#offset !== undefined;
  }

  /** The source's time now, whole ms since the epoch; before the first comparison Andon's own. Never steps back by a little. */
  now(): number {
    const now = Math.floor(this.#offset === undefined ? this.#clock.now() : this.#clock.monotonic() + this.#offset);
    // Comparisons differ by a few ms, or by a slow round trip; a real step of the source's clock is let through.
    if (now < this.#latest && this.#latest - now < this.#chanceMs) return this.#latest;
    this.#latest = now;
    return now;
  }

  /** The source's clock less Andon's, ms. */
  skewMs(): number {
    return this.#offset === undefined ? 0 : this.#clock.monotonic() + this.#offset - this.#clock.now();
  }
}

/** While Andon's machine is suspended, its wall clock goes on with the source's; a clock that was set goes alone, or back. */
function stepOf(sourceMs: number, wallMs: number, chanceMs: number): number {
  if (Math.abs(sourceMs) <= chanceMs) return 0;
  const wasSuspended = sourceMs > 0 && Math.abs(sourceMs - wallMs) <= chanceMs;
  return wasSuspended ? 0 : sourceMs;
}
