import { bucketSelector, countedAt } from '../../domain/reading/bucket-signal.ts';
import type { LatencySignal } from '../../domain/service/service.ts';
import {
  isSamePlace,
  placeThreshold,
  type BucketLayout,
  type ThresholdPlace,
} from '../../domain/reading/threshold-place.ts';
import { lookbackMs } from '../../domain/reading/timing.ts';
import type { Buckets } from '../ports/buckets.ts';
import type { Clock } from '../ports/clock.ts';

/** How often the buckets of a histogram are asked for, ms. */
const lookEveryMs = 300_000;
/** What the source did not answer is asked for again after this, ms. */
const retryAfterMs = 60_000;
/** Buckets of a histogram that nobody has asked for in this time are forgotten, ms. */
const forgetAfterMs = 3_600_000;

/** How a latency signal is read: by the bucket of its threshold, or by the two that it lies between. */
export interface PlacedSignal {
  /** Counts the good events that are sure to be: at the threshold, or at the bucket below it. */
  readonly lower: LatencySignal;
  /** Counts those that may be; absent where the threshold is a bucket, or lies above the highest. */
  readonly upper?: LatencySignal;
  readonly place?: ThresholdPlace;
}

interface Known {
  /** The buckets that count now; absent until the source has told any. */
  layout?: BucketLayout;
  /** When the source last told them, ms on its clock. */
  toldAt?: number;
  /** The last instant at which the buckets were seen of which some are gone, ms on the source's clock. */
  seenWholeAt?: number;
  /** Buckets that came later, and since when they have been seen, on the monotonic clock. */
  readonly young: Map<number, number>;
  askedAt: number;
  /** Before this there is no need to ask again, on the monotonic clock. */
  dueAt: number;
}

/** Remembers which buckets histograms have. What a source does not answer changes nothing that is known. */
export class BucketKnowledge {
  readonly #source: Buckets;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #known = new Map<string, Known>();
  readonly #placed = new WeakMap<
    LatencySignal,
    { readonly layout: BucketLayout | undefined; readonly how: PlacedSignal }
  >();

  constructor(source: Buckets, clock: Pick<Clock, 'monotonic'>) {
    this.#source = source;
    this.#clock = clock;
  }

  /** Signals whose buckets nobody has asked for. */
  unasked(signals: readonly LatencySignal[]): readonly LatencySignal[] {
    return signals.filter((signal) => !this.#known.has(keyOf(signal)));
  }

  /** Signals whose buckets were asked for a while ago. */
  outdated(signals: readonly LatencySignal[]): readonly LatencySignal[] {
    const now = this.#clock.monotonic();
    return signals.filter((signal) => now >= (this.#known.get(keyOf(signal))?.dueAt ?? Infinity));
  }

  /** Signals whose buckets were not asked for in the last `ms`. */
  olderThan(ms: number, signals: readonly LatencySignal[]): readonly LatencySignal[] {
    const now = this.#clock.monotonic();
    return signals.filter((signal) => now - (this.#known.get(keyOf(signal))?.askedAt ?? -Infinity) >= ms);
  }

  /** What is known of the buckets of a signal's histogram. */
  layout(signal: LatencySignal): BucketLayout | undefined {
    return this.#known.get(keyOf(signal))?.layout;
  }

  /** Since when buckets that are gone may have been gone, ms on the source's clock; undefined where none ever went. */
  goneSince(signal: LatencySignal): number | undefined {
    return this.#known.get(keyOf(signal))?.seenWholeAt;
  }

  /** How to read a signal by what is known now; the same objects until that changes. */
  placed(signal: LatencySignal): PlacedSignal {
    const layout = this.layout(signal);
    const before = this.#placed.get(signal);
    if (before !== undefined && before.layout === layout) return before.how;
    const place = layout === undefined ? undefined : placeThreshold(signal.thresholdSeconds, layout);
    // What is read stays the same object, by which plans of queries are remembered.
    const how =
      before !== undefined && isSamePlace(before.how.place, place)
        ? { ...before.how, ...(place === undefined ? {} : { place }) }
        : placedAt(signal, place);
    this.#placed.set(signal, { layout, how });
    return how;
  }

  /** Asks the source for the buckets of some signals, all in one go. */
  async look(signals: readonly LatencySignal[], at: number, abort: AbortSignal): Promise<void> {
    const distinct = [...new Map(signals.map((signal) => [keyOf(signal), signal]))];
    if (distinct.length === 0) return;
    const answers = await this.#source.buckets(
      distinct.map(([, signal]) => signal),
      at,
      abort,
    );
    const now = this.#clock.monotonic();
    for (const [index, [key]] of distinct.entries()) {
      const answer = answers[index];
      // A poll that was cut short has asked nothing.
      if (abort.aborted && answer?.kind !== 'ok') continue;
      const known = this.#known.get(key) ?? { young: new Map<number, number>(), askedAt: now, dueAt: now };
      this.#known.set(key, known);
      known.askedAt = now;
      known.dueAt = now + (answer?.kind === 'ok' ? lookEveryMs : retryAfterMs);
      if (answer?.kind === 'ok' && answer.layout.isKnown) takeOver(known, answer.layout, now, at);
    }
    for (const [key, { askedAt }] of this.#known) if (now - askedAt > forgetAfterMs) this.#known.delete(key);
  }
}

/** How a signal is read where its threshold lies. */
export function placedAt(signal: LatencySignal, place: ThresholdPlace | undefined): PlacedSignal {
  if (place === undefined) return { lower: signal };
  if (place.kind !== 'between') return { lower: signal, place };
  const upper = place.upper === undefined ? {} : { upper: countedAt(signal, place.upper) };
  return { lower: countedAt(signal, place.lower), ...upper, place };
}

/** Buckets by whose bounds a signal is read; a threshold below all of them is read by none. */
export function boundsRead({ lower, place }: PlacedSignal): readonly number[] {
  if (place === undefined) return [lower.thresholdSeconds];
  if (place.kind !== 'between') return [];
  return place.upper === undefined ? [place.lower] : [place.lower, place.upper];
}

/**
 * A bucket that is gone from some series counts no more at once: it would show fewer good events than there were. One
 * that came counts once no source would look back to before it: its first value is no increase.
 */
function takeOver(known: Known, seen: BucketLayout, now: number, at: number): void {
  const { layout, young } = known;
  for (const bound of young.keys()) if (!seen.bounds.includes(bound)) young.delete(bound);
  const isLost = layout?.bounds.some((bound) => !seen.bounds.includes(bound)) ?? true;
  const bounds = seen.bounds.filter((bound) => {
    // Where others are gone, the processes behind the series are others too.
    if (isLost || layout?.bounds.includes(bound) === true) return true;
    const since = young.get(bound) ?? now;
    young.set(bound, since);
    return now - since >= lookbackMs;
  });
  for (const bound of bounds) young.delete(bound);
  const isSame = layout !== undefined && sameNumbers(layout.bounds, bounds) && sameNumbers(layout.ofSome, seen.ofSome);
  if (!isSame) known.layout = { ...seen, bounds };
  // Nobody knows for how long a histogram had other buckets that was not looked at before.
  if (isLost) known.seenWholeAt = known.toldAt ?? at - lookEveryMs;
  known.toldAt = at;
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}

function keyOf(signal: LatencySignal): string {
  return bucketSelector(signal) ?? '';
}
