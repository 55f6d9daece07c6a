import type { Interval } from '../../domain/interval.ts';
import { groupKey } from '../../domain/service/group.ts';
import type { HistoryGroup, HistoryPoint } from '../../domain/reading/history.ts';
import type { SourceFailure } from '../../domain/reading/observation.ts';
import type { LatencySignal, Signal } from '../../domain/service/service.ts';
import {
  commonLayout,
  isSamePlace,
  placeThreshold,
  type BucketLayout,
  type ThresholdPlace,
} from '../../domain/reading/threshold-place.ts';
import type { BucketsAnswer } from '../ports/buckets.ts';
import type { HistoryOutcome } from '../ports/source.ts';
import { placedAt, type PlacedSignal } from './bucket-knowledge.ts';
import { endsOf, pastBetween } from './interval-ends.ts';

/** How the past of signals is asked for. */
export interface PastAsk {
  readonly stepMs: number;
  readonly history: (signals: readonly Signal[], stretch: Interval) => Promise<readonly HistoryOutcome[]>;
  readonly buckets: (signals: readonly LatencySignal[], at: number) => Promise<readonly BucketsAnswer[]>;
}

type History = Extract<HistoryOutcome, { readonly kind: 'history' }>;

/** A signal whose past lacks buckets at some instants. */
interface Holed {
  readonly signal: LatencySignal;
  past: History;
  /** Ways it was read: a second reading in the same way tells nothing new. */
  readonly tried: (ThresholdPlace | undefined)[];
  /** Instants at which no bucket tells anything. */
  readonly hopeless: Set<number>;
  /** Set where the source did not answer: the same may be known a moment later. */
  failure?: SourceFailure;
}

/** A deploy that replaces buckets takes two more readings: of what was before, and of the steps over the change. */
const mostReadings = 6;
/** After so many instants without any bucket that tells, the rest is left open. */
const mostHopeless = 3;

/** Reads the past of signals as they are placed. */
export async function readPast(
  signals: readonly Signal[],
  placed: readonly (PlacedSignal | undefined)[],
  stretch: Interval,
  ask: Pick<PastAsk, 'history'>,
): Promise<readonly HistoryOutcome[]> {
  const ends = endsOf(signals, placed, (_, signal) => signal);
  return ends.outcomes(await ask.history(ends.asked, stretch), (lower, upper, place) =>
    place.kind === 'between' ? pastBetween(lower, upper, place) : lower,
  );
}

/**
 * The past of latency signals by the buckets that there were. Every reading bounds the good events of a step, unless not
 * every series had its buckets at both ends: such holes are read again by those that they had. What no bucket tells
 * anything of has no counts.
 */
export async function byBucketsThen(
  signals: readonly (LatencySignal | undefined)[],
  outcomes: readonly HistoryOutcome[],
  placed: readonly (PlacedSignal | undefined)[],
  stretch: Interval,
  ask: PastAsk,
): Promise<readonly HistoryOutcome[]> {
  const pasts = outcomes.map((outcome, index): Holed | HistoryOutcome => {
    const signal = signals[index];
    if (signal === undefined || outcome.kind !== 'history' || outcome.groups.length === 0) return outcome;
    return { signal, past: outcome, tried: [placed[index]?.place], hopeless: new Set() };
  });
  const counted = pasts.filter((past) => 'past' in past);
  await readAsAtFirst(counted, stretch, ask);
  for (let reading = 0; reading < mostReadings; reading += 1) {
    const open = counted.filter(isOpen);
    if (open.length === 0) break;
    await readAgain(await placeHoles(open, ask), ask);
  }
  return pasts.map((each) => {
    if (!('past' in each)) return each;
    return each.failure === undefined ? uncounted(each.past) : { kind: 'failed', failure: each.failure };
  });
}

/** A threshold that lies between two buckets now may have been a bucket when the past began. */
async function readAsAtFirst(counted: readonly Holed[], stretch: Interval, ask: PastAsk): Promise<void> {
  const between = counted.filter(({ tried: [place] }) => place !== undefined);
  if (between.length === 0) return;
  const answers = await ask.buckets(
    between.map(({ signal }) => signal),
    stretch.from,
  );
  const moved = between.flatMap((each, index): readonly Moved[] => {
    const answer = answers[index];
    if (answer?.kind !== 'ok' || !answer.layout.isKnown) return [];
    const place = placeThreshold(each.signal.thresholdSeconds, answer.layout);
    if ((place !== undefined && place.kind !== 'between') || isSamePlace(each.tried[0], place)) return [];
    each.tried.push(place);
    return [{ each, how: placedAt(each.signal, place), stretch }];
  });
  await readAgain(moved, ask);
}

/** The failure of a question that may well be answered a moment later. */
function passingFailure(answer: BucketsAnswer | HistoryOutcome | undefined): SourceFailure | undefined {
  if (answer?.kind !== 'failed') return undefined;
  const { reason } = answer.failure;
  return reason === 'unavailable' || reason === 'timeout' ? answer.failure : undefined;
}

interface Moved {
  readonly each: Holed;
  readonly how: PlacedSignal;
  readonly stretch: Interval;
}

/** Finds by which buckets each signal is read over one of its holes. */
async function placeHoles(open: readonly Holed[], ask: PastAsk): Promise<readonly Moved[]> {
  const moved: Moved[] = [];
  for (const [at, there] of Map.groupBy(open, probeOf)) {
    const signals = there.map(({ signal }) => signal);
    const [before, after] = await Promise.all([ask.buckets(signals, at - ask.stepMs), ask.buckets(signals, at)]);
    for (const [nth, each] of there.entries()) {
      const failure = passingFailure(before[nth]) ?? passingFailure(after[nth]);
      if (failure !== undefined) {
        each.failure = failure;
        continue;
      }
      const layout = layoutOver(before[nth], after[nth]);
      const place = layout && placeThreshold(each.signal.thresholdSeconds, layout);
      const isTold = layout !== undefined && (place === undefined || place.kind === 'between');
      if (!isTold || each.tried.some((tried) => isSamePlace(tried, place))) {
        each.hopeless.add(at);
        continue;
      }
      each.tried.push(place);
      const holes = openHoles(each);
      const stretch = { from: (holes[0] ?? at) - ask.stepMs, to: holes.at(-1) ?? at };
      moved.push({ each, how: placedAt(each.signal, place), stretch });
    }
  }
  return moved;
}

/** From the oldest on; where no bucket tells anything there, from the other end, and then from the middle. */
function probeOf(each: Holed): number {
  const holes = openHoles(each);
  const place = [0, holes.length - 1, Math.floor(holes.length / 2)][each.hopeless.size] ?? 0;
  return holes[place] ?? NaN;
}

/** The buckets that there were at both ends of a step. */
function layoutOver(before: BucketsAnswer | undefined, after: BucketsAnswer | undefined): BucketLayout | undefined {
  if (before?.kind !== 'ok' || after?.kind !== 'ok' || !after.layout.isKnown) return undefined;
  return before.layout.isKnown ? commonLayout(before.layout, after.layout) : after.layout;
}

async function readAgain(moved: readonly Moved[], ask: PastAsk): Promise<void> {
  for (const together of Map.groupBy(moved, ({ stretch }) => `${stretch.from} ${stretch.to}`).values()) {
    const [first] = together;
    if (first === undefined) continue;
    const signals = together.map(({ each }) => each.signal);
    const ways = together.map(({ how }) => how);
    const outcomes = await readPast(signals, ways, first.stretch, ask);
    for (const [nth, { each }] of together.entries()) {
      const outcome = outcomes[nth];
      const failure = passingFailure(outcome);
      if (failure !== undefined) each.failure = failure;
      if (outcome?.kind === 'history') each.past = mended(each.past, outcome);
    }
  }
}

/** A past with what another reading of it tells besides. */
function mended(past: History, again: History): History {
  const others = new Map(
    again.groups.map(({ group, points }) => [groupKey(group), new Map(points.map((point) => [point.at, point]))]),
  );
  const groups = past.groups.map(({ group, points }): HistoryGroup => {
    const own = others.get(groupKey(group));
    return { group, points: points.map((point) => narrowed(point, own?.get(point.at))) };
  });
  // The buckets that are named are those of the newest steps that lie between two.
  const isNewer = again.place !== undefined && newestBetween(again) > newestBetween(past);
  const place = isNewer ? again.place : past.place;
  const isAny = groups.some(({ points }) => points.some(({ goodAtMost }) => goodAtMost !== undefined));
  return { kind: 'history', groups, ...(place === undefined || !isAny ? {} : { place }) };
}

/** What two readings of one step tell together. */
function narrowed(one: HistoryPoint, other: HistoryPoint | undefined): HistoryPoint {
  if (other === undefined || isHole(other)) return one;
  if (isHole(one) || other.goodAtMost === undefined) return other;
  if (one.goodAtMost === undefined) return one;
  const good = Math.max(one.good ?? 0, other.good ?? 0);
  return { ...one, good, goodAtMost: Math.max(good, Math.min(one.goodAtMost, other.goodAtMost)) };
}

function newestBetween({ groups, place }: History): number {
  if (place === undefined) return -Infinity;
  const isCounted = (point: HistoryPoint): boolean => point.goodAtMost !== undefined && !isHole(point);
  return Math.max(-Infinity, ...groups.map(({ points }) => points.findLast(isCounted)?.at ?? -Infinity));
}

/** A past whose holes count nothing: without a bucket, all of their events would look too slow. */
function uncounted(past: History): History {
  const groups = past.groups.map(({ group, points }) => ({
    group,
    points: points.map((point): HistoryPoint => {
      if (!isHole(point)) return point;
      const { at, newestSampleAt, numeratorSeen = false } = point;
      return { at, newestSampleAt, numeratorSeen, lacksBucket: true };
    }),
  }));
  return { ...past, groups };
}

/** Ascending. */
function holesIn({ groups }: History): readonly number[] {
  const holes = new Set(groups.flatMap(({ points }) => points.filter(isHole).map(({ at }) => at)));
  return [...holes].sort((a, b) => a - b);
}

function isOpen(each: Holed): boolean {
  return each.failure === undefined && each.hopeless.size < mostHopeless && openHoles(each).length > 0;
}

function openHoles({ past, hopeless }: Holed): readonly number[] {
  return holesIn(past).filter((at) => !hopeless.has(at));
}

function isHole({ numeratorSeen, lacksBucket, total }: HistoryPoint): boolean {
  return total !== undefined && (numeratorSeen === false || lacksBucket === true);
}
