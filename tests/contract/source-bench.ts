import type { SampleTimes, SignalOutcome } from '../../src/app/ports/source.ts';
import type { PrometheusSource } from '../../src/adapters/prometheus/source.ts';
import type { HistoryGroup } from '../../src/domain/reading/history.ts';
import type { Interval } from '../../src/domain/interval.ts';
import type { Signal } from '../../src/domain/service/service.ts';
import type { stale, WrittenSeries } from '../support/remote-write.ts';

/** A real server that holds what the suite writes, and a source that reads it. */
export interface SourceUnderTest extends AsyncDisposable {
  readonly source: PrometheusSource;
  /** Resolves when the samples can be queried. */
  write(series: readonly WrittenSeries[]): Promise<void>;
}

/** What the cases of the suite share; the server behind it starts before the first one. */
export interface SourceBench {
  readonly source: PrometheusSource;
  write(series: readonly WrittenSeries[]): Promise<void>;
  /** At `now` unless told otherwise. */
  readOne(signal: Signal, steps: readonly Interval[], at?: number): Promise<SignalOutcome>;
  historyOf(
    signal: Signal,
    from: number,
    to: number,
    stepMs: number,
    sampleTimes?: SampleTimes,
  ): Promise<readonly HistoryGroup[]>;
}

export const scrapeMs = 15_000;
export const minute = 60_000;
/** VictoriaMetrics answers ranges with older values for the last second, whatever `-search.latencyOffset` says. */
const hiddenMs = 2_000;
/** On a whole scrape; the samples lie in the half hour before, recent enough for an empty head block to take. */
export const now = Math.floor((Date.now() - hiddenMs) / scrapeMs) * scrapeMs;
export const lastMinute: Interval = { from: now - minute, to: now };
export const { signal: never } = new AbortController();

export function createSourceBench(server: () => SourceUnderTest): SourceBench {
  return {
    get source() {
      return server().source;
    },
    write: async (series) => server().write(series),
    async readOne(signal, steps, at = now) {
      const [outcome] = await server().source.read([{ signal, steps }], at, never);
      if (outcome === undefined) throw new Error('no outcome');
      return outcome;
    },
    async historyOf(signal, from, to, stepMs, sampleTimes) {
      const [outcome] = await server().source.history([signal], { from, to }, stepMs, never, sampleTimes);
      if (outcome?.kind !== 'history') throw new Error(JSON.stringify(outcome));
      return outcome.groups;
    },
  };
}

let nextName = 0;

/** A metric name that no other case uses. */
export function aName(): string {
  nextName += 1;
  return `case_${nextName}_total`;
}

/** Samples on scrapes from `fromScrape` to `toScrape` before now (0 is now); `value` takes the number of the scrape. */
export function scraped(
  labels: Readonly<Record<string, string>>,
  fromScrape: number,
  toScrape: number,
  value: (scrape: number) => number,
): { readonly labels: Readonly<Record<string, string>>; readonly samples: [number, number | typeof stale][] } {
  const samples: [number, number][] = [];
  for (let scrape = fromScrape; scrape >= toScrape; scrape--) {
    samples.push([now - scrape * scrapeMs, value(fromScrape - scrape)]);
  }
  return { labels, samples };
}

/** Groups with [good, total] of each step, short enough to compare. */
export function counts(outcome: SignalOutcome): unknown {
  if (outcome.kind !== 'counted') return outcome;
  return outcome.groups.map(({ group, steps }) => [group, ...steps.map(({ good, total }) => [good, total])]);
}
