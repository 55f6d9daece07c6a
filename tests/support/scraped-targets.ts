import type { CountedGroup, Step } from '../../src/domain/reading/observation.ts';
import type { Interval } from '../../src/domain/interval.ts';
import { lookbackMs } from '../../src/domain/reading/timing.ts';

interface Sample {
  readonly at: number;
  readonly total: number;
  /** From when on a query sees it. */
  readonly visibleAt: number;
}

export interface ScrapedTarget {
  readonly phaseMs: number;
  readonly perSecond: number;
  /** How long after its own time a sample can be read. */
  readonly landingMs: (at: number) => number;
}

/** Several targets of one counter, each scraped at its own instants, whose samples land late; answers as a source does. */
export class ScrapedTargets {
  readonly #targets: readonly (readonly Sample[])[];

  /** `isScraped` says whether anything is scraped at an instant. */
  constructor(
    targets: readonly ScrapedTarget[],
    intervalMs: number,
    until: number,
    isScraped: (at: number) => boolean,
  ) {
    this.#targets = targets.map(({ phaseMs, perSecond, landingMs }) => {
      const samples: Sample[] = [];
      for (let at = phaseMs; at <= until; at += intervalMs) {
        if (isScraped(at))
          samples.push({ at, total: Math.round((at * perSecond) / 1_000), visibleAt: at + landingMs(at) });
      }
      return samples;
    });
  }

  /** What a read at `now` tells of the steps. */
  read(steps: readonly Interval[], now: number): CountedGroup | undefined {
    const newest = this.#targets.flatMap((samples) => at(samples, now, now)?.at ?? []);
    if (newest.length === 0) return undefined;
    return {
      group: {},
      newestSampleAt: Math.max(...newest),
      oldestSampleAt: Math.min(...newest),
      steps: steps.map((step) => this.count(step, now)),
      numeratorSeen: true,
    };
  }

  /** What is counted between two instants by who looks at `seenAt`. */
  count({ from, to }: Interval, seenAt = Infinity): Step {
    const total = this.#targets.reduce((sum, samples) => {
      const before = at(samples, from, seenAt);
      const after = at(samples, to, seenAt);
      return before === undefined || after === undefined ? sum : sum + after.total - before.total;
    }, 0);
    return { from, to, good: total, total };
  }
}

function at(samples: readonly Sample[], time: number, seenAt: number): Sample | undefined {
  return samples.findLast((sample) => sample.at <= time && sample.at > time - lookbackMs && sample.visibleAt <= seenAt);
}
