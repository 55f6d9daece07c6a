import type { Interval } from '../../domain/interval.ts';
import type { LatencySignal, Signal } from '../../domain/service/service.ts';
import type { ThresholdPlace } from '../../domain/reading/threshold-place.ts';
import { BucketKnowledge, boundsRead, type PlacedSignal } from './bucket-knowledge.ts';
import { byBucketsThen, readPast, type PastAsk } from './bucketed-past.ts';
import { countedBetween, countedNothing, countedWhereThere, endsOf } from './interval-ends.ts';
import type { Clock } from '../ports/clock.ts';
import { within } from '../tasks/within.ts';
import type { HistoryOutcome, SampleTimes, SignalOutcome, SignalRead, Source } from '../ports/source.ts';

/** A latency signal whose threshold lies elsewhere among the buckets than it was known to. */
export interface Placing {
  readonly signal: LatencySignal;
  /** Absent: the threshold is a bucket. */
  readonly place?: ThresholdPlace;
  /** Set where a bucket that it was read by is gone: what was counted after this instant counted too little, ms on the source's clock. */
  readonly lostSince?: number;
}

type BucketClock = Pick<Clock, 'monotonic' | 'sleep'>;

/** Buckets that were asked for this short a time ago are not asked for again because a reading looks odd, ms. */
const oddAfterMs = 10_000;
/** The same before something is said of a service, ms. */
const confirmAfterMs = 1_000;
/** Readings do not wait for longer to learn of a change, ms. */
const longestLookMs = 2_000;

/**
 * A source that reads latency signals by the buckets that there are. Where a threshold is one, it is read as declared, and
 * at no further cost. Where it lies between two, both are read: counts are those of the lower one, and carry what the
 * upper one adds.
 */
export class BucketedSource implements Source {
  readonly name: string;
  readonly settleMs?: number;
  readonly #source: Source;
  readonly #clock: BucketClock;
  readonly #buckets: BucketKnowledge;
  readonly #onPlaced: (placing: Placing) => void;
  readonly #told = new WeakMap<LatencySignal, PlacedSignal>();

  constructor(source: Source, clock: BucketClock, onPlaced: (placing: Placing) => void = () => undefined) {
    this.name = source.name;
    if (source.settleMs !== undefined) this.settleMs = source.settleMs;
    this.#source = source;
    this.#clock = clock;
    this.#buckets = new BucketKnowledge(source, clock);
    this.#onPlaced = onPlaced;
  }

  clock: Source['clock'] = async (...asked) => await this.#source.clock(...asked);
  recorded: Source['recorded'] = async (...asked) => await this.#source.recorded(...asked);
  recordedPast: Source['recordedPast'] = async (...asked) => await this.#source.recordedPast(...asked);
  buckets: Source['buckets'] = async (...asked) => await this.#source.buckets(...asked);

  /** A service is prepared: its buckets are learnt beside its samples' times. */
  async arrivals(signals: readonly Signal[], at: number, abort: AbortSignal): ReturnType<Source['arrivals']> {
    const classic = signals.filter(isClassic);
    const [arrivals] = await Promise.all([
      this.#source.arrivals(signals, at, abort),
      // What comes next may be read and judged in one go.
      this.#buckets.look(this.#buckets.olderThan(oddAfterMs, classic), at, abort),
    ]);
    this.#tell(classic);
    return arrivals;
  }

  async read(reads: readonly SignalRead[], at: number, abort: AbortSignal): Promise<readonly SignalOutcome[]> {
    const classic = reads.map(({ signal }) => signal).filter(isClassic);
    if (classic.length === 0) return await this.#source.read(reads, at, abort);
    await this.#buckets.look(this.#buckets.unasked(classic), at, abort);
    for (const { signal, steps } of reads) if (isClassic(signal)) this.#buckets.reads(signal, steps[0]?.from ?? at);
    const placed = reads.map(({ signal }) => this.#placed(signal));
    const [first] = await Promise.all([
      this.#readPlaced(reads, placed, at, abort),
      this.#lookSoon(this.#buckets.outdated(classic), at, abort),
    ]);
    const outcomes = [...first];
    const ways = [...placed];
    const doubtful = reads.flatMap(({ signal }, index) => {
      const outcome = outcomes[index];
      if (!isClassic(signal) || outcome?.kind !== 'counted' || outcome.groups.length === 0) return [];
      return lacksBucket(outcome) || this.#buckets.hadNone(signal) ? [signal] : [];
    });
    await this.#lookSoon(this.#buckets.olderThan(oddAfterMs, doubtful), at, abort);
    this.#tell(classic);
    const again = [...reads.keys()].filter((index) => {
      const [signal, before] = [reads[index]?.signal, placed[index]];
      return signal !== undefined && before !== undefined && this.#isLost(signal, before);
    });
    const asked = again.flatMap((index) => reads[index] ?? []);
    const anew = asked.map(({ signal }) => this.#placed(signal));
    const second = asked.length === 0 ? [] : await this.#readPlaced(asked, anew, at, abort);
    for (const [nth, index] of again.entries()) {
      const outcome = second[nth];
      if (outcome !== undefined) outcomes[index] = outcome;
      ways[index] = anew[nth];
    }
    return outcomes.map((outcome, index) => {
      const [signal, how] = [reads[index]?.signal, ways[index]];
      if (signal === undefined || how === undefined || !isClassic(signal)) return outcome;
      const since = this.#buckets.thereSince(signal, how);
      // On a clock that was set back, nothing was seen later than now.
      return countedWhereThere(outcome, since > at ? -Infinity : since);
    });
  }

  async history(
    signals: readonly Signal[],
    stretch: Interval,
    stepMs: number,
    abort: AbortSignal,
    sampleTimes?: SampleTimes,
  ): Promise<readonly HistoryOutcome[]> {
    const classic = signals.filter(isClassic);
    const ask: PastAsk = {
      stepMs,
      history: async (asked, part) => await this.#source.history(asked, part, stepMs, abort, sampleTimes),
      buckets: async (asked, at) => await this.#source.buckets(asked, at, abort),
    };
    if (classic.length === 0) return await ask.history(signals, stretch);
    await this.#buckets.look(this.#buckets.unasked(classic), stretch.to, abort);
    const placed = signals.map((signal) => (isClassic(signal) ? this.#buckets.finest(signal) : undefined));
    const outcomes = await readPast(signals, placed, stretch, ask);
    const counted = signals.map((signal) => (isClassic(signal) ? signal : undefined));
    return await byBucketsThen(counted, outcomes, placed, stretch, ask);
  }

  /**
   * Looks whether the buckets that signals were just read by are still there. Returns the signals of which one is gone:
   * then what was read counted too few good events, and must not be judged.
   */
  async overtaken(signals: readonly Signal[], at: number, abort: AbortSignal): Promise<ReadonlySet<Signal>> {
    const classic = signals.filter(isClassic);
    const before = classic.map((signal) => this.#buckets.placed(signal));
    await this.#buckets.look(this.#buckets.olderThan(confirmAfterMs, classic), at, abort);
    this.#tell(classic);
    return new Set(
      classic.filter((signal, index) => {
        const how = before[index];
        return how !== undefined && this.#isLost(signal, how);
      }),
    );
  }

  async #lookSoon(signals: readonly LatencySignal[], at: number, abort: AbortSignal): Promise<void> {
    if (signals.length === 0) return;
    await within(this.#clock, longestLookMs, abort, async (soon) => {
      await this.#buckets.look(signals, at, soon);
    });
  }

  #placed(signal: Signal): PlacedSignal | undefined {
    return isClassic(signal) ? this.#buckets.placed(signal) : undefined;
  }

  #tell(signals: readonly LatencySignal[]): void {
    for (const signal of signals) {
      const how = this.#buckets.placed(signal);
      const before = this.#told.get(signal);
      if (before === how) continue;
      this.#told.set(signal, how);
      // The list of buckets may change without the place among them.
      if (before?.lower === how.lower && before.place?.kind === how.place?.kind) continue;
      if (before === undefined && how.place === undefined) continue;
      const lostSince =
        before !== undefined && this.#isLost(signal, before) ? this.#buckets.goneSince(signal) : undefined;
      this.#onPlaced({
        signal,
        ...(how.place === undefined ? {} : { place: how.place }),
        ...(lostSince === undefined ? {} : { lostSince }),
      });
    }
  }

  /** Whether a signal was read by a bucket that not every series has any more. */
  #isLost(signal: Signal, before: PlacedSignal): boolean {
    if (!isClassic(signal)) return false;
    const layout = this.#buckets.layout(signal);
    return layout !== undefined && boundsRead(before).some((bound) => !layout.bounds.includes(bound));
  }

  async #readPlaced(
    reads: readonly SignalRead[],
    placed: readonly (PlacedSignal | undefined)[],
    at: number,
    abort: AbortSignal,
  ): Promise<readonly SignalOutcome[]> {
    const ends = endsOf(reads, placed, (read, signal) => (read.signal === signal ? read : { ...read, signal }));
    const outcomes = await this.#source.read(ends.asked, at, abort);
    return ends.outcomes(outcomes, (lower, upper, place) =>
      place.kind === 'between' ? countedBetween(lower, upper, place) : countedNothing(lower, place),
    );
  }
}

function isClassic(signal: Signal): signal is LatencySignal {
  return signal.kind === 'latency' && !signal.native;
}

/** Whether the bucket that good events are counted in is missing from a group. */
function lacksBucket({ groups }: Extract<SignalOutcome, { readonly kind: 'counted' }>): boolean {
  return groups.some(({ numeratorSeen }) => !numeratorSeen);
}
