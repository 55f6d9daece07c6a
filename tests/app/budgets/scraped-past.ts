import type { HistoryGroup, HistoryPoint } from '../../../src/domain/reading/history.ts';
import type { Interval } from '../../../src/domain/interval.ts';
import type { CountedGroup } from '../../../src/domain/reading/observation.ts';
import { lookbackMs } from '../../../src/domain/reading/timing.ts';

/** One scraped sample of a series: what it counted by `at`, to be seen from `landsAt` on. */
export interface LateSample {
  readonly at: number;
  readonly landsAt: number;
  readonly bad: number;
  readonly total: number;
}

/** Several series of one signal whose truth is known, as a source tells of them: late samples, gaps and all. */
export class ScrapedPast {
  readonly #series: readonly (readonly LateSample[])[];

  constructor(series: readonly (readonly LateSample[])[]) {
    this.#series = series;
  }

  /** Everything that was counted by the newest samples up to `at` that have landed by `now`. */
  truth(at: number, now: number) {
    let bad = 0;
    let total = 0;
    for (const series of this.#series) {
      const sample = newestIn(series, at, now);
      bad += sample?.bad ?? 0;
      total += sample?.total ?? 0;
    }
    return { bad, total };
  }

  /** What a live read at `at` sees, as of `now`. */
  read(steps: readonly Interval[], at: number, now: number): readonly CountedGroup[] {
    const samples = this.#series.flatMap((series) => present(series, at, now) ?? []);
    if (samples.length === 0) return [];
    return [
      {
        group: {},
        newestSampleAt: Math.max(...samples.map((sample) => sample.at)),
        oldestSampleAt: Math.min(...samples.map((sample) => sample.at)),
        steps: steps.map(({ from, to }) => ({ from, to, ...this.#count(from, to, now) })),
        numeratorSeen: true,
      },
    ];
  }

  history({ from, to }: Interval, stepMs: number, now: number): readonly HistoryGroup[] {
    const points: HistoryPoint[] = [];
    for (let at = from + stepMs; at <= to; at += stepMs) {
      const samples = this.#series.flatMap((series) => present(series, at, now) ?? []);
      if (samples.length === 0) continue;
      const newestSampleAt = Math.max(...samples.map((sample) => sample.at));
      points.push({ at, newestSampleAt, numeratorSeen: true, ...this.#count(at - stepMs, at, now) });
    }
    return points.length === 0 ? [] : [{ group: {}, points }];
  }

  /** A series that is seen at the end of a step counts what it grew by since it was last seen. */
  #count(from: number, to: number, now: number): { readonly good: number; readonly total: number } {
    let bad = 0;
    let total = 0;
    for (const series of this.#series) {
      const after = present(series, to, now);
      if (after === undefined) continue;
      const before = newestIn(series, from, now);
      bad += after.bad - (before?.bad ?? 0);
      total += after.total - (before?.total ?? 0);
    }
    return { good: total - bad, total };
  }
}

function present(series: readonly LateSample[], at: number, now: number): LateSample | undefined {
  const newest = newestIn(series, at, now);
  return newest === undefined || at - newest.at > lookbackMs ? undefined : newest;
}

function newestIn(series: readonly LateSample[], at: number, now: number): LateSample | undefined {
  let low = 0;
  let high = series.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((series[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  for (let index = low - 1; index >= 0; index -= 1) {
    const sample = series[index];
    if (sample !== undefined && sample.landsAt <= now) return sample;
  }
  return undefined;
}
