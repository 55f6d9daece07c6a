/** When the samples of one service land, and so when to poll for them. All in ms; phases are offsets within the interval. */
export interface Cadence {
  readonly intervalMs: number;
  /** Ends of the clusters in which samples are taken, ascending. */
  readonly phases: readonly number[];
  /** True when the samples are taken at too many instants to follow each: polls are spread evenly instead. */
  readonly spread: boolean;
  /** How long after a sample's own time it can be read. */
  readonly landingMs: number;
  /** False until samples were seen: polls go by a guess. */
  readonly learnt: boolean;
}

/** At most so many polls an interval; with more instants than that, a sample waits for at most a quarter of the interval. */
export const mostPollsPerInterval = 4;

const firstLandingMs = 40;
const leastLandingMs = 8;

/**
 * Polls look at instants that are multiples of this, ms: with steps of the same length from poll to poll, a source is asked
 * the same texts again, and services that are scraped together are polled together.
 */
export const pollGridMs = 5;

/** The grid's last instant that is not after `now`. */
export function gridBefore(now: number): number {
  return Math.floor(now / pollGridMs) * pollGridMs;
}

/** The grid's first instant that is not before `at`. */
export function gridAfter(at: number): number {
  return Math.ceil(at / pollGridMs) * pollGridMs;
}

/** Polls before anything is known. */
export function guessedCadence(intervalMs: number): Cadence {
  return { intervalMs, phases: [0], spread: true, landingMs: 0, learnt: false };
}

/** Finds the clusters in the times of the newest samples. */
export function learnCadence(intervalMs: number, sampleTimes: readonly number[], before?: Cadence): Cadence {
  const landingMs = before?.learnt === true ? before.landingMs : firstLandingMs;
  const phases = clusterEnds(
    sampleTimes.map((time) => time % intervalMs).sort((a, b) => a - b),
    intervalMs,
  );
  if (phases.length > 0 && phases.length <= mostPollsPerInterval)
    return { intervalMs, phases, spread: false, landingMs, learnt: true };
  const even = Array.from({ length: mostPollsPerInterval }, (_, index) => (index * intervalMs) / mostPollsPerInterval);
  return { intervalMs, phases: even, spread: true, landingMs: 0, learnt: sampleTimes.length > 0 };
}

/** Samples this close together are polled for at once. */
function clusterEnds(sorted: readonly number[], intervalMs: number): readonly number[] {
  const near = Math.min(intervalMs / 10, 250);
  const ends = sorted.filter((phase, index) => (sorted[index + 1] ?? Infinity) - phase > near);
  const [first] = sorted;
  const last = sorted.at(-1);
  // The interval is a circle: a cluster that reaches over its seam ends in its first part.
  const wraps = first !== undefined && last !== undefined && ends.length > 1 && first + intervalMs - last <= near;
  return wraps ? ends.slice(0, -1) : ends;
}

/** The first poll after `after`: just when the next sample can be read. */
export function nextPoll(cadence: Cadence, after: number): number {
  const { intervalMs, phases, landingMs } = cadence;
  const start = Math.floor((after - landingMs) / intervalMs) * intervalMs;
  for (let turn = start; ; turn += intervalMs) {
    for (const phase of phases) {
      const at = turn + phase + landingMs;
      if (at > after) return at;
    }
  }
}

export interface Aim {
  readonly cadence: Cadence;
  /** When to poll next. */
  readonly nextAt: number;
}

/** A sample lands when its scrape has ended, which may take long; after this part of the interval it is taken for lost. */
const lostAfterIntervals = 0.75;

/** The first retry comes so soon after a miss, and each further one after twice that, ms. */
const firstRetryMs = 10;

/** How much sooner the next aim is after a hit: a hundredth, but no more than this, ms. */
const mostCreepMs = 2;

/**
 * Learns from a poll whether its sample had landed: if it had, the next aim is a little sooner,
 * if not, a little later, and the same sample is polled for again at once.
 */
export function aimAfter(
  cadence: Cadence,
  dueAt: number,
  polledAt: number,
  newestSampleAt: number,
  tries: number,
): Aim & { readonly tries: number } {
  if (cadence.spread) return { cadence, nextAt: nextPoll(cadence, polledAt), tries: 0 };
  const expected = dueAt - cadence.landingMs;
  const tolerance = Math.min(cadence.intervalMs / 10, 250);
  if (newestSampleAt >= expected - tolerance) {
    // It landed between the last miss and now: take the middle, and creep back slowly, so that misses stay rare.
    const landingMs =
      tries === 0
        ? Math.max(leastLandingMs, cadence.landingMs - Math.min(mostCreepMs, cadence.landingMs / 100))
        : Math.min(
            cadence.intervalMs / 2,
            polledAt - expected - retryAfter(cadence, tries - 1) / 2 + leastLandingMs / 2,
          );
    const aimed = { ...cadence, landingMs };
    return { cadence: aimed, nextAt: nextPoll(aimed, Math.max(polledAt, expected + landingMs)), tries: 0 };
  }
  if (polledAt - expected >= cadence.intervalMs * lostAfterIntervals)
    return { cadence, nextAt: nextPoll(cadence, polledAt), tries: 0 };
  return { cadence, nextAt: polledAt + retryAfter(cadence, tries), tries: tries + 1 };
}

function retryAfter(cadence: Cadence, tries: number): number {
  return Math.min(firstRetryMs * 2 ** tries, cadence.intervalMs / 4);
}
