import type { Interval } from '../../domain/interval.ts';

/** Why nothing is known of a stretch: the source has nothing there, or would not tell. */
export type Unanswered = 'absent' | 'refused';

interface AskedStretch extends Interval {
  readonly why: Unanswered;
  readonly until: number;
  readonly times: number;
}

const hourMs = 3_600_000;
/** What the source did not have is asked for again after the first of these, then each time after the next, ms. */
const pausesMs = [hourMs, 24 * hourMs] as const;
/** Stretches remembered; the oldest asked goes first, and is then asked for once more. */
const mostStretches = 500;

/** Stretches of the past that a source was asked for and did not give: asking all the time would bring nothing. */
export class AskedStretches {
  readonly #most: number;
  #asked: readonly AskedStretch[] = [];

  constructor(most: number = mostStretches) {
    this.#most = most;
  }

  /** Remembers that nothing was there at `now`, ms. */
  add({ from, to }: Interval, now: number, why: Unanswered = 'absent'): void {
    const before = this.#asked.filter((each) => each.from < to && each.to > from);
    const times = 1 + Math.max(0, ...before.map((each) => each.times));
    const pause = times > 1 ? pausesMs[1] : pausesMs[0];
    const others = this.#asked.filter((each) => each.to <= from || each.from >= to || each.until > now);
    this.#asked = [...others, { from, to, why, until: now + pause, times }].slice(-this.#most);
  }

  /** What of some gaps (oldest first) may be asked for at `now`. */
  open(gaps: readonly Interval[], now: number): readonly Interval[] {
    return this.#without(gaps, ({ until }) => until > now);
  }

  /** What of some gaps (oldest first) may still be there at `now`: the source has not said that it has nothing. */
  unsettled(gaps: readonly Interval[], now: number): readonly Interval[] {
    return this.#without(gaps, ({ until, why }) => until > now && why === 'absent');
  }

  #without(gaps: readonly Interval[], isLeftOut: (asked: AskedStretch) => boolean): readonly Interval[] {
    const leftOut = this.#asked.filter(isLeftOut).sort((a, b) => a.from - b.from);
    return leftOut.reduce<readonly Interval[]>((open, asked) => open.flatMap((gap) => without(gap, asked)), gaps);
  }
}

function without(gap: Interval, { from, to }: Interval): readonly Interval[] {
  if (to <= gap.from || from >= gap.to) return [gap];
  return [
    { from: gap.from, to: from },
    { from: to, to: gap.to },
  ].filter((each) => each.to > each.from);
}
