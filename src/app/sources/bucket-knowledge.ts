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
/** The same while a deploy may be under way; from then on, each pause is twice as long as the one before, ms. */
const lookAgainMs = 5_000;
/** What the source did not answer, or had no series of, is asked for again after this, ms. */
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
  /** The buckets that count in every step; absent until the source has told any. */
  layout?: BucketLayout;
  /** The same with those that came later: they count in steps that began since. */
  whole?: BucketLayout;
  /** When the source last told them, ms on its clock. */
  toldAt?: number;
  /** The last instant at which the buckets were seen of which some are gone, ms on the source's clock. */
  seenWholeAt?: number;
  /** Buckets that came later, and since when they have been seen, on the monotonic clock. */
  readonly young: Map<number, number>;
  /** When each bucket that is there was first seen, ms on the source's clock; -Infinity for those of the first look. */
  readonly since: Map<number, number>;
  /** Whether the source had no series when it was last asked. */
  hadNone: boolean;
  /** Until the next look, ms. */
  pauseMs: number;
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

  /** Where the oldest step began that a signal was last read over, ms on the source's clock. */
  readonly #readFrom = new WeakMap<LatencySignal, number>();

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

  /** Whether there were no series of a signal yet when its buckets were asked for. */
  hadNone(signal: LatencySignal): boolean {
    return this.#known.get(keyOf(signal))?.hadNone ?? false;
  }

  /** What is known of the buckets of a signal's histogram. */
  layout(signal: LatencySignal): BucketLayout | undefined {
    const known = this.#known.get(keyOf(signal));
    if (known === undefined || known.young.size === 0) return known?.layout;
    const from = this.#readFrom.get(signal) ?? -Infinity;
    const areThere = [...known.young.keys()].every((bound) => (known.since.get(bound) ?? Infinity) <= from);
    return areThere ? known.whole : known.layout;
  }

  /** To be told before a signal is read over steps of which the oldest begins at `from`, ms on the source's clock. */
  reads(signal: LatencySignal, from: number): void {
    this.#readFrom.set(signal, from);
  }

  /** Since when buckets that are gone may have been gone, ms on the source's clock; undefined where none ever went. */
  goneSince(signal: LatencySignal): number | undefined {
    return this.#known.get(keyOf(signal))?.seenWholeAt;
  }

  /** Since when the buckets that a signal is read by have been seen, ms on the source's clock; -Infinity where that is not known. */
  thereSince(signal: LatencySignal, how: PlacedSignal): number {
    const { since } = this.#known.get(keyOf(signal)) ?? {};
    return Math.max(-Infinity, ...boundsRead(how).map((bound) => since?.get(bound) ?? -Infinity));
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

  /** How to read a past of a signal first: by the buckets that some series have, which others may have had. */
  finest(signal: LatencySignal): PlacedSignal {
    const { whole } = this.#known.get(keyOf(signal)) ?? {};
    if (whole === undefined) return placedAt(signal, undefined);
    const bounds = [...whole.bounds, ...whole.ofSome].sort((a, b) => a - b);
    return placedAt(signal, placeThreshold(signal.thresholdSeconds, { ...whole, bounds }));
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
      // What was cut short has asked nothing, and holds up no poll again soon.
      if (abort.aborted && answer?.kind !== 'ok') {
        const before = this.#known.get(key);
        if (before !== undefined) before.dueAt = now + retryAfterMs;
        continue;
      }
      const known = this.#known.get(key) ?? {
        young: new Map<number, number>(),
        since: new Map<number, number>(),
        hadNone: false,
        pauseMs: lookEveryMs,
        askedAt: now,
        dueAt: now,
      };
      this.#known.set(key, known);
      known.askedAt = now;
      const isTold = answer?.kind === 'ok' && answer.layout.isKnown;
      known.hadNone = answer?.kind === 'ok' && !isTold;
      if (isTold) takeOver(known, answer.layout, now, at);
      known.dueAt = now + (isTold ? known.pauseMs : retryAfterMs);
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
 * that came counts in the steps that began since, and in every step once no source would look back to before it.
 */
function takeOver(known: Known, seen: BucketLayout, now: number, at: number): void {
  const { layout, young, since } = known;
  for (const bound of since.keys()) if (!seen.bounds.includes(bound)) since.delete(bound);
  for (const bound of seen.bounds) if (!since.has(bound)) since.set(bound, known.toldAt === undefined ? -Infinity : at);
  for (const bound of young.keys()) if (!seen.bounds.includes(bound)) young.delete(bound);
  const isLost = layout?.bounds.some((bound) => !seen.bounds.includes(bound)) ?? true;
  const bounds = seen.bounds.filter((bound) => {
    // Where others are gone, the processes behind the series are others too.
    if (isLost || layout?.bounds.includes(bound) === true) return true;
    const first = young.get(bound) ?? now;
    young.set(bound, first);
    return now - first >= lookbackMs;
  });
  for (const bound of bounds) young.delete(bound);
  const isChanged = known.toldAt === undefined ? seen.ofSome.length > 0 : !isSameLayout(known.whole, seen);
  known.pauseMs = isChanged ? lookAgainMs : Math.min(lookEveryMs, 2 * known.pauseMs);
  if (!isSameLayout(known.whole, seen)) known.whole = seen;
  const steady = { ...seen, bounds };
  if (!isSameLayout(layout, steady)) known.layout = steady;
  // Nobody knows for how long a histogram had other buckets that was not looked at before.
  if (isLost) known.seenWholeAt = known.toldAt ?? at - lookEveryMs;
  known.toldAt = at;
}

function isSameLayout(a: BucketLayout | undefined, b: BucketLayout): boolean {
  return a !== undefined && sameNumbers(a.bounds, b.bounds) && sameNumbers(a.ofSome, b.ofSome);
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}

function keyOf(signal: LatencySignal): string {
  return bucketSelector(signal) ?? '';
}
