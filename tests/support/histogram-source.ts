import type { Interval } from '../../src/domain/interval.ts';
import type { HistoryPoint } from '../../src/domain/reading/history.ts';
import type { SourceFailure } from '../../src/domain/reading/observation.ts';
import type { LatencySignal, Signal } from '../../src/domain/service/service.ts';
import type { BucketLayout } from '../../src/domain/reading/threshold-place.ts';
import type { Clock } from '../../src/app/ports/clock.ts';
import type { Arrivals, Asked, HistoryOutcome, SignalOutcome, SignalRead, Source } from '../../src/app/ports/source.ts';
import { histogramTerms } from '../../src/config/promql/histogram-terms.ts';

/** One process with its histogram, scraped while it runs. */
export interface Pod {
  /** Finite bounds of its buckets, seconds. */
  readonly bounds: readonly number[];
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
}

const scrapeMs = 5_000;

/** A latency signal as a rule file declares it. */
export function aLatency(thresholdSeconds: number, name = 'latency'): LatencySignal {
  const { terms } = histogramTerms('request_seconds{job="shop"}', thresholdSeconds, false);
  if (terms === undefined) throw new Error('no terms');
  return {
    kind: 'latency',
    name,
    by: [],
    maxGroups: 50,
    histogram: 'request_seconds{job="shop"}',
    native: false,
    thresholdSeconds,
    numerator: 'good',
    numeratorTerms: [terms.numerator],
    totalTerms: [terms.total],
  };
}

/** A source in memory that counts the requests of some pods in their buckets, 100 a second in all. */
export class HistogramSource implements Source {
  readonly name = 'default';
  pods: readonly Pod[];
  /** The share of requests that take at most so many seconds, at an instant. */
  share: (seconds: number, at: number) => number;
  failure: SourceFailure | undefined;
  /** Set to have only the question for buckets fail. */
  bucketFailure: SourceFailure | undefined;
  /** Signals of each read. */
  readonly reads: (readonly Signal[])[] = [];
  readonly bucketsAsked: number[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock, pods: readonly Pod[], share: (seconds: number, at: number) => number) {
    this.#clock = clock;
    this.pods = pods;
    this.share = share;
  }

  clock: Source['clock'] = async () =>
    await Promise.resolve(
      this.failure === undefined ? { kind: 'ok', now: this.#clock.now(), roundTripMs: 0 } : this.#failed(),
    );

  recorded: Source['recorded'] = async (reads) =>
    await Promise.resolve(reads.map(() => ({ kind: 'recorded', groups: [] })));

  recordedPast: Source['recordedPast'] = async () => await Promise.resolve({ kind: 'recorded-past', looks: [] });

  async buckets(
    signals: readonly LatencySignal[],
    at = this.#clock.now(),
  ): Promise<readonly Asked<{ readonly layout: BucketLayout }>[]> {
    this.bucketsAsked.push(at);
    const failure = this.failure ?? this.bucketFailure;
    const alive = this.#aliveAt(at);
    const every = [...new Set(alive.flatMap(({ bounds }) => bounds))].sort((a, b) => a - b);
    const bounds = every.filter((bound) => alive.every((pod) => pod.bounds.includes(bound)));
    const layout = { bounds, ofSome: every.filter((each) => !bounds.includes(each)), isKnown: alive.length > 0 };
    return await Promise.resolve(
      signals.map(() => (failure === undefined ? { kind: 'ok', layout } : { kind: 'failed', failure })),
    );
  }

  async read(reads: readonly SignalRead[], at: number): Promise<readonly SignalOutcome[]> {
    this.reads.push(reads.map(({ signal }) => signal));
    return await Promise.resolve(
      reads.map(({ signal, steps }): SignalOutcome => {
        if (this.failure !== undefined) return this.#failed();
        if (this.#aliveAt(at).length === 0) return { kind: 'counted', groups: [] };
        const counted = steps.map((step) => ({ ...step, ...this.#count(signal, step) }));
        const numeratorSeen = this.#isSeen(signal, at);
        return {
          kind: 'counted',
          groups: [{ group: {}, newestSampleAt: scrapeBefore(at), steps: counted, numeratorSeen }],
        };
      }),
    );
  }

  async history(
    signals: readonly Signal[],
    { from, to }: Interval,
    stepMs: number,
  ): Promise<readonly HistoryOutcome[]> {
    return await Promise.resolve(
      signals.map((signal): HistoryOutcome => {
        if (this.failure !== undefined) return this.#failed();
        const points: HistoryPoint[] = [];
        for (let at = from + stepMs; at <= to; at += stepMs) {
          if (this.#aliveAt(at).length === 0) continue;
          const counted = this.#count(signal, { from: at - stepMs, to: at });
          const numeratorSeen = this.#isSeen(signal, at);
          const lacksBucket = this.#lacksBucket(signal, at - stepMs) || this.#lacksBucket(signal, at);
          const lacking = lacksBucket ? { lacksBucket } : {};
          points.push({ at, newestSampleAt: scrapeBefore(at), numeratorSeen, ...lacking, ...counted });
        }
        return { kind: 'history', groups: points.length === 0 ? [] : [{ group: {}, points }] };
      }),
    );
  }

  async arrivals(signals: readonly Signal[], at: number): Promise<readonly Asked<{ readonly arrivals: Arrivals }>[]> {
    const arrivals = { intervalMs: scrapeMs, sampleTimes: [scrapeBefore(at)] };
    return await Promise.resolve(
      signals.map(() => (this.failure === undefined ? { kind: 'ok', arrivals } : this.#failed())),
    );
  }

  #failed() {
    return { kind: 'failed', failure: this.failure ?? { reason: 'unavailable', detail: 'gone' } } as const;
  }

  #aliveAt(at: number): readonly Pod[] {
    const scrape = scrapeBefore(at);
    return this.pods.filter(({ from, to }) => from <= scrape && scrape <= to);
  }

  /** The bucket of a pod that a signal counts its good events in. */
  #boundOf(signal: Signal, pod: Pod): number | undefined {
    const [term] = signal.kind === 'gauge' ? [] : signal.numeratorTerms;
    const pattern = /le=~"([^"]*)"/.exec(term?.selector ?? '')?.[1] ?? '';
    return pod.bounds.find((bound) => new RegExp(`^(?:${pattern})$`).test(String(bound)));
  }

  #isSeen(signal: Signal, at: number): boolean {
    return this.#aliveAt(at).some((pod) => this.#boundOf(signal, pod) !== undefined);
  }

  #lacksBucket(signal: Signal, at: number): boolean {
    return this.#aliveAt(at).some((pod) => this.#boundOf(signal, pod) === undefined);
  }

  /** Each scrape shows what came since the one before it. */
  #count(signal: Signal, { from, to }: Interval) {
    let good = 0;
    let total = 0;
    for (let at = scrapeBefore(from) + scrapeMs; at <= scrapeBefore(to); at += scrapeMs) {
      const alive = this.#aliveAt(at);
      for (const pod of alive) {
        const requests = (100 * scrapeMs) / 1000 / alive.length;
        const bound = this.#boundOf(signal, pod);
        total += requests;
        if (bound !== undefined) good += requests * this.share(bound, at);
      }
    }
    return { good, total };
  }
}

function scrapeBefore(at: number): number {
  return Math.floor(at / scrapeMs) * scrapeMs;
}
