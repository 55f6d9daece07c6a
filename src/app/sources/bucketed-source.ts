import type { Interval } from '../../domain/interval.ts';
import type { LatencySignal, Signal } from '../../domain/service/service.ts';
import { commonLayout, placeThreshold, type ThresholdPlace } from '../../domain/reading/threshold-place.ts';
import { BucketKnowledge, boundsRead, placedAt, type PlacedSignal } from './bucket-knowledge.ts';
import { countedBetween, countedNothing, firstHole, pastBetween, withoutHoles } from './interval-ends.ts';
import type { Clock } from '../ports/clock.ts';
import type { HistoryOutcome, SampleTimes, SignalOutcome, SignalRead, Source } from '../ports/source.ts';

/** A latency signal whose threshold lies elsewhere among the buckets than it was known to. */
export interface Placing {
  readonly signal: LatencySignal;
  /** Absent: the threshold is a bucket. */
  readonly place?: ThresholdPlace;
  /** Set where a bucket that it was read by is gone: what was counted after this instant counted too little, ms on the source's clock. */
  readonly lostSince?: number;
}

/** Buckets that were asked for this short a time ago are not asked for again because a reading looks odd, ms. */
const oddAfterMs = 10_000;
/** The same before something is said of a service, ms. */
const confirmAfterMs = 1_000;
/** A past with more changes of its buckets than this is known in part. */
const mostChanges = 3;

/**
 * A source that reads latency signals by the buckets that there are. Where a threshold is one, it is read as declared, and
 * at no further cost. Where it lies between two, both are read: counts are those of the lower one, and carry what the
 * upper one adds.
 */
export class BucketedSource implements Source {
  readonly name: string;
  readonly settleMs?: number;
  readonly #source: Source;
  readonly #buckets: BucketKnowledge;
  readonly #onPlaced: (placing: Placing) => void;
  readonly #told = new WeakMap<LatencySignal, PlacedSignal>();

  constructor(source: Source, clock: Pick<Clock, 'monotonic'>, onPlaced: (placing: Placing) => void = () => undefined) {
    this.name = source.name;
    if (source.settleMs !== undefined) this.settleMs = source.settleMs;
    this.#source = source;
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
    const placed = reads.map(({ signal }) => this.#placed(signal));
    const [first] = await Promise.all([
      this.#readPlaced(reads, placed, at, abort),
      this.#buckets.look(this.#buckets.outdated(classic), at, abort),
    ]);
    const outcomes = [...first];
    const isUnseen = (index: number): boolean => placed[index] !== undefined && isWithoutBucket(outcomes[index]);
    const unseen = reads.filter((_, index) => isUnseen(index)).map(({ signal }) => signal);
    await this.#buckets.look(this.#buckets.olderThan(oddAfterMs, unseen.filter(isClassic)), at, abort);
    this.#tell(classic);
    const again = [...reads.keys()].filter((index) => {
      const signal = reads[index]?.signal;
      const before = placed[index];
      return signal !== undefined && before !== undefined && this.#isLost(signal, before);
    });
    const asked = again.flatMap((index) => reads[index] ?? []);
    const anew = asked.map(({ signal }) => this.#placed(signal));
    const second = asked.length === 0 ? [] : await this.#readPlaced(asked, anew, at, abort);
    for (const [nth, index] of again.entries()) {
      const outcome = second[nth];
      if (outcome !== undefined) outcomes[index] = outcome;
    }
    return outcomes.map((outcome, index) =>
      isUnseen(index) && !hasPlace(outcome) ? countedNothing(outcome, { kind: 'unmatched' }) : outcome,
    );
  }

  async history(
    signals: readonly Signal[],
    stretch: Interval,
    stepMs: number,
    abort: AbortSignal,
    sampleTimes?: SampleTimes,
  ): Promise<readonly HistoryOutcome[]> {
    const classic = signals.filter(isClassic);
    const ask = async (asked: readonly Signal[]): Promise<readonly HistoryOutcome[]> =>
      await this.#source.history(asked, stretch, stepMs, abort, sampleTimes);
    if (classic.length === 0) return await ask(signals);
    await this.#buckets.look(this.#buckets.unasked(classic), stretch.to, abort);
    const outcomes = [
      ...(await this.#pastPlaced(
        signals,
        signals.map((signal) => this.#placed(signal)),
        ask,
      )),
    ];
    const layouts = signals.map((signal) => (isClassic(signal) ? this.#buckets.layout(signal) : undefined));
    for (let change = 0; change < mostChanges; change += 1) {
      // There was traffic, and no such bucket then: the past is read by a bucket that there was all the time.
      const holed = [...outcomes.keys()].flatMap((index) => {
        const [signal, hole] = [signals[index], firstHole(outcomes[index])];
        return hole === undefined || signal === undefined || !isClassic(signal) ? [] : [{ index, signal, hole }];
      });
      const moved: { readonly index: number; readonly signal: LatencySignal; readonly how: PlacedSignal }[] = [];
      for (const [hole, there] of Map.groupBy(holed, (each) => each.hole)) {
        const answers = await this.#source.buckets(
          there.map(({ signal }) => signal),
          hole,
          abort,
        );
        for (const [nth, { index, signal }] of there.entries()) {
          const answer = answers[nth];
          if (answer?.kind !== 'ok' || !answer.layout.isKnown) continue;
          const layout = commonLayout(layouts[index] ?? answer.layout, answer.layout);
          layouts[index] = layout;
          const place = placeThreshold(signal.thresholdSeconds, layout);
          if (place?.kind === 'between') moved.push({ index, signal, how: placedAt(signal, place) });
        }
      }
      if (moved.length === 0) break;
      const again = await this.#pastPlaced(
        moved.map(({ signal }) => signal),
        moved.map(({ how }) => how),
        ask,
      );
      for (const [nth, { index }] of moved.entries()) {
        const outcome = again[nth];
        if (outcome?.kind === 'history') outcomes[index] = outcome;
      }
    }
    return outcomes.map((outcome, index) => {
      const signal = signals[index];
      return signal !== undefined && isClassic(signal) ? withoutHoles(outcome) : outcome;
    });
  }

  /**
   * Looks whether the buckets that signals were just read by are still there. True when one is gone: then what was read
   * counted too few good events, and must not be judged.
   */
  async isOvertaken(signals: readonly Signal[], at: number, abort: AbortSignal): Promise<boolean> {
    const classic = signals.filter(isClassic);
    const before = classic.map((signal) => this.#buckets.placed(signal));
    await this.#buckets.look(this.#buckets.olderThan(confirmAfterMs, classic), at, abort);
    this.#tell(classic);
    return classic.some((signal, index) => {
      const how = before[index];
      return how !== undefined && this.#isLost(signal, how);
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

  async #pastPlaced(
    signals: readonly Signal[],
    placed: readonly (PlacedSignal | undefined)[],
    ask: (signals: readonly Signal[]) => Promise<readonly HistoryOutcome[]>,
  ): Promise<readonly HistoryOutcome[]> {
    const ends = endsOf(signals, placed, (_, signal) => signal);
    return ends.outcomes(await ask(ends.asked), (lower, upper, place) =>
      place.kind === 'between' ? pastBetween(lower, upper, place) : lower,
    );
  }
}

/** What to ask for both ends of each signal, and how the answers belong together. */
function endsOf<Asked extends Signal | SignalRead>(
  wanted: readonly Asked[],
  placed: readonly (PlacedSignal | undefined)[],
  by: (asked: Asked, signal: LatencySignal) => Asked,
) {
  const uppers: { readonly index: number; readonly asked: Asked }[] = [];
  const lowers = wanted.map((asked, index) => {
    const how = placed[index];
    if (how === undefined) return asked;
    if (how.upper !== undefined) uppers.push({ index, asked: by(asked, how.upper) });
    return by(asked, how.lower);
  });
  return {
    asked: [...lowers, ...uppers.map(({ asked }) => asked)],
    outcomes: <Outcome>(
      answers: readonly Outcome[],
      join: (lower: Outcome, upper: Outcome | undefined, place: ThresholdPlace) => Outcome,
    ): readonly Outcome[] => {
      const above = new Map(uppers.map(({ index }, nth) => [index, answers[lowers.length + nth]]));
      return answers.slice(0, lowers.length).map((lower, index) => {
        const place = placed[index]?.place;
        return place === undefined ? lower : join(lower, above.get(index), place);
      });
    },
  };
}

function isClassic(signal: Signal): signal is LatencySignal {
  return signal.kind === 'latency' && !signal.native;
}

function isWithoutBucket(outcome: SignalOutcome | undefined): boolean {
  if (outcome?.kind !== 'counted' || outcome.groups.length === 0) return false;
  return outcome.groups.every(({ numeratorSeen }) => !numeratorSeen);
}

function hasPlace(outcome: SignalOutcome): boolean {
  return outcome.kind === 'counted' && outcome.place !== undefined && outcome.place.kind !== 'between';
}
