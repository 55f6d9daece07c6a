import type { Interval } from '../../src/domain/interval.ts';
import type { RecordedGroup } from '../../src/domain/budget/recorded-counts.ts';
import type { HistoryPoint } from '../../src/domain/reading/history.ts';
import type { SourceFailure } from '../../src/domain/reading/observation.ts';
import type { Signal } from '../../src/domain/service/service.ts';
import { unknownLayout, type BucketLayout } from '../../src/domain/reading/threshold-place.ts';
import type { Clock } from '../../src/app/ports/clock.ts';
import type {
  HistoryOutcome,
  RecordedLook,
  RecordedOutcome,
  RecordedRead,
  SignalOutcome,
  Source,
} from '../../src/app/ports/source.ts';
import type { Traffic } from './simulation.ts';

interface Sample {
  readonly at: number;
  readonly bad: number;
  readonly total: number;
}

/** A source in memory: one scraped counter pair whose truth is known, answering live reads and history alike. */
export class SimulatedSource implements Source {
  readonly name: string;
  /** Set to make every call fail. */
  failure: SourceFailure | undefined;
  /** Added to the clock that the source shows; its samples carry it too. */
  skewMs = 0;
  /** How long each answer takes, ms; an abort ends it with a failure. */
  answerAfterMs = 0;
  /** How long a history takes beyond that, ms. */
  historyAfterMs = 0;
  /** What is wrong with the history of a signal over a stretch. */
  historyFault: (signal: string, stretch: Interval) => SourceFailure | undefined = () => undefined;
  histories = 0;
  /** Histories under way, and the most there ever were. */
  readonly historiesAtOnce = { now: 0, most: 0 };
  /** Added to the times at which samples of a signal are said to be taken. */
  readonly arrivalOffsets = new Map<string, number>();
  reads = 0;
  /** The buckets of every histogram. */
  layout: BucketLayout = unknownLayout;
  /** How often recording rules count its error budgets, ms; 0: there are none. */
  rulesEveryMs = 0;
  /** When the rules began, and when their ruler went down, true time. */
  ruled: Interval = { from: -Infinity, to: Infinity };
  recordedReads = 0;
  /** Signals in each read. */
  readonly readSizes: number[] = [];
  readonly #clock: Clock;
  readonly #samples: Sample[] = [];
  readonly #scrapeMs: number;
  /** The true time at the clock's monotonic origin. */
  #origin: number;

  constructor(clock: Clock, traffic: Traffic, from: number, until: number, scrapeMs: number, name = 'default') {
    this.name = name;
    this.#clock = clock;
    this.#scrapeMs = scrapeMs;
    this.#origin = clock.now() - clock.monotonic();
    let bad = 0;
    let total = 0;
    for (let at = from; at <= until; at += scrapeMs) {
      this.#samples.push({ at, bad: Math.round(bad), total: Math.round(total) });
      const events = (traffic.perSecond(at - from) * scrapeMs) / 1000;
      total += events;
      bad += events * traffic.badShare(at - from);
    }
  }

  /** Time passes here while Andon's machine is suspended and its monotonic clock stands still. */
  passWhileSuspended(ms: number): void {
    this.#origin += ms;
  }

  /** True time, whatever is done to anybody's wall clock. */
  #now(): number {
    return this.#origin + this.#clock.monotonic();
  }

  async #answer(signal: AbortSignal): Promise<SourceFailure | undefined> {
    if (this.answerAfterMs > 0) await this.#clock.sleep(this.answerAfterMs, signal);
    return signal.aborted ? { reason: 'timeout', detail: 'no answer in time' } : this.failure;
  }

  async clock(signal: AbortSignal): ReturnType<Source['clock']> {
    const failure = await this.#answer(signal);
    if (failure !== undefined) return { kind: 'failed', failure };
    return { kind: 'ok', now: this.#now() + this.skewMs, roundTripMs: 0 };
  }

  async read(reads: Parameters<Source['read']>[0], at: number, signal: AbortSignal): Promise<readonly SignalOutcome[]> {
    this.reads += 1;
    this.readSizes.push(reads.length);
    const failure = await this.#answer(signal);
    return reads.map(({ steps }): SignalOutcome => {
      if (failure !== undefined) return { kind: 'failed', failure };
      const newest = this.#at(at);
      if (newest === undefined) return { kind: 'counted', groups: [] };
      const counted = steps.map(({ from, to }) => this.#count(from, to));
      return {
        kind: 'counted',
        groups: [{ group: {}, newestSampleAt: newest.at + this.skewMs, steps: counted, numeratorSeen: true }],
      };
    });
  }

  async recorded(reads: readonly RecordedRead[], at: number, signal: AbortSignal): Promise<readonly RecordedOutcome[]> {
    this.recordedReads += 1;
    const failure = await this.#answer(signal);
    return reads.map((read): RecordedOutcome =>
      failure === undefined ? { kind: 'recorded', groups: this.#recordedAt(read, at) } : { kind: 'failed', failure },
    );
  }

  async recordedPast(
    read: RecordedRead,
    stretch: Interval,
    stepMs: number,
    signal: AbortSignal,
  ): ReturnType<Source['recordedPast']> {
    const failure = (await this.#answer(signal)) ?? this.historyFault('recorded', stretch);
    if (failure !== undefined) return { kind: 'failed', failure };
    const looks: RecordedLook[] = [];
    for (let at = stretch.from + stepMs; at <= stretch.to; at += stepMs) {
      const groups = this.#recordedAt(read, at);
      if (groups.length > 0) looks.push({ at, groups });
    }
    return { kind: 'recorded-past', looks };
  }

  #recordedAt({ budgets }: RecordedRead, at: number): readonly RecordedGroup[] {
    const everyMs = this.rulesEveryMs;
    const countedAt = everyMs === 0 ? NaN : Math.floor(Math.min(at, this.ruled.to) / everyMs) * everyMs;
    // A series that nobody writes to any more is looked back for, for five minutes.
    if (!(at - countedAt <= 300_000)) return [];
    return budgets.map(({ name, windowsMs }) => ({
      budget: name,
      group: {},
      countedAt,
      windows: windowsMs.map((windowMs) => {
        const from = Math.max(countedAt - windowMs, this.ruled.from, this.#samples[0]?.at ?? 0);
        const { good, total } = this.#count(from, countedAt);
        return { windowMs, good, total, coveredMs: Math.max(0, countedAt - from) };
      }),
    }));
  }

  async history(
    signals: readonly Signal[],
    stretch: Interval,
    stepMs: number,
    signal: AbortSignal,
  ): Promise<readonly HistoryOutcome[]> {
    this.histories += 1;
    const { historiesAtOnce } = this;
    historiesAtOnce.now += 1;
    historiesAtOnce.most = Math.max(historiesAtOnce.most, historiesAtOnce.now);
    if (this.historyAfterMs > 0) await this.#clock.sleep(this.historyAfterMs, signal);
    const failure = await this.#answer(signal);
    historiesAtOnce.now -= 1;
    if (failure !== undefined) return signals.map(() => ({ kind: 'failed', failure }));
    const points: HistoryPoint[] = [];
    for (let at = stretch.from + stepMs; at <= stretch.to; at += stepMs) {
      const newest = this.#at(at);
      if (newest === undefined) continue;
      const { good, total } = this.#count(at - stepMs, at);
      points.push({ at, newestSampleAt: newest.at + this.skewMs, good, total, numeratorSeen: true });
    }
    return signals.map(({ name }) => {
      const fault = this.historyFault(name, stretch);
      return fault === undefined
        ? { kind: 'history', groups: [{ group: {}, points }] }
        : { kind: 'failed', failure: fault };
    });
  }

  async buckets(signals: readonly Signal[], _at: unknown, signal: AbortSignal): ReturnType<Source['buckets']> {
    const failure = await this.#answer(signal);
    return signals.map(() =>
      failure === undefined ? { kind: 'ok', layout: this.layout } : { kind: 'failed', failure },
    );
  }

  async arrivals(signals: readonly Signal[], at: number, signal: AbortSignal): ReturnType<Source['arrivals']> {
    const failure = await this.#answer(signal);
    if (failure !== undefined) return signals.map(() => ({ kind: 'failed', failure }));
    const newest = this.#at(at);
    return signals.map(({ name }) => {
      const sampleTimes = newest === undefined ? [] : [newest.at + this.skewMs + (this.arrivalOffsets.get(name) ?? 0)];
      return { kind: 'ok', arrivals: { intervalMs: this.#scrapeMs, sampleTimes } };
    });
  }

  /** The newest sample that has been taken by now and is not after `at`. */
  #at(at: number): Sample | undefined {
    const visible = Math.min(at - this.skewMs, this.#now());
    let low = 0;
    let high = this.#samples.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#samples[middle]?.at ?? Infinity) <= visible) low = middle + 1;
      else high = middle;
    }
    return this.#samples[low - 1];
  }

  #count(from: number, to: number) {
    const before = this.#at(from) ?? this.#samples[0];
    const after = this.#at(to) ?? before;
    const total = (after?.total ?? 0) - (before?.total ?? 0);
    return { from, to, total, good: total - ((after?.bad ?? 0) - (before?.bad ?? 0)) };
  }
}
