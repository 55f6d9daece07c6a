import { describe, expect, test } from '@jest/globals';
import { BucketedSource, type Placing } from '../../../src/app/sources/bucketed-source.ts';
import type { HistoryOutcome, SignalOutcome } from '../../../src/app/ports/source.ts';
import type { LatencySignal } from '../../../src/domain/service/service.ts';
import { aLatency, HistogramSource, type Pod } from '../../support/histogram-source.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aGauge, aNativeLatency } from '../../support/signals.ts';
import { start } from '../../support/simulation.ts';

const minute = 60_000;
const hour = 3_600_000;
const { signal: never } = new AbortController();
const usual = [0.1, 0.25, 0.5, 1];

/** Half of the requests take at most 0.1 s, 80% 0.25 s, 88% 0.3 s, 95% 0.5 s, 99% 1 s. */
const shares = new Map([
  [0.1, 0.5],
  [0.25, 0.8],
  [0.3, 0.88],
  [0.5, 0.95],
  [1, 0.99],
]);

function aPod(bounds: readonly number[], from = start - 10 * hour, to = Infinity): Pod {
  return { bounds, from, to };
}

function bench(...pods: readonly Pod[]) {
  const clock = new ManualClock(start);
  const raw = new HistogramSource(clock, pods, (seconds) => shares.get(seconds) ?? 0);
  const placings: Placing[] = [];
  const source = new BucketedSource(raw, clock, (placing) => void placings.push(placing));
  const read = async (signal: LatencySignal): Promise<SignalOutcome> => {
    const at = clock.now();
    const [outcome] = await source.read([{ signal, steps: [{ from: at - minute, to: at }] }], at, never);
    if (outcome === undefined) throw new Error('no outcome');
    return outcome;
  };
  const past = async (signal: LatencySignal, from: number, to: number): Promise<HistoryOutcome> => {
    const [outcome] = await source.history([signal], { from, to }, minute, never);
    if (outcome === undefined) throw new Error('no outcome');
    return outcome;
  };
  return { clock, raw, source, placings, read, past };
}

/** Shares of good events: of what is judged, and what it may be at most. */
function sharesOf(outcome: SignalOutcome): unknown {
  if (outcome.kind !== 'counted') return outcome;
  return outcome.groups.flatMap(({ steps }) =>
    steps.map(({ good, goodAtMost, total }) => [
      good / total,
      goodAtMost === undefined ? undefined : goodAtMost / total,
    ]),
  );
}

describe('a latency signal is read', () => {
  test.each([
    ['by its own bucket', 0.25, [0.8, undefined], undefined],
    ['between two buckets', 0.3, [0.8, 0.95], { kind: 'between', lower: 0.25, upper: 0.5 }],
    [
      'above the highest bucket, where any request may have been fast enough',
      2,
      [0.99, 1],
      { kind: 'between', lower: 1 },
    ],
  ])('%s', async (_, threshold, expected, place) => {
    const { read } = bench(aPod(usual), aPod(usual));
    const outcome = await read(aLatency(threshold));
    expect(sharesOf(outcome)).toEqual([expected]);
    expect(outcome).toMatchObject(place === undefined ? {} : { place });
  });

  test('at no cost beyond one look at the buckets where its threshold is one', async () => {
    const { raw, read, clock } = bench(aPod(usual));
    const signal = aLatency(0.25);
    for (let poll = 0; poll < 12; poll += 1) {
      await read(signal);
      await clock.advance(15_000);
    }
    expect(raw.bucketsAsked).toHaveLength(1);
    // The very signal that was declared, so that what is remembered of its queries holds.
    expect(raw.reads).toEqual(Array.from({ length: 12 }, () => [signal]));
    expect(raw.reads.flat().every((each) => each === signal)).toBe(true);
  });

  test('with one question more where it is not, the same from poll to poll', async () => {
    const { raw, read, clock } = bench(aPod(usual));
    const signal = aLatency(0.3);
    await read(signal);
    await clock.advance(15_000);
    await read(signal);
    const [first, second] = raw.reads;
    expect(first).toHaveLength(2);
    expect(second?.every((each, index) => each === first?.[index])).toBe(true);
    expect(raw.bucketsAsked).toHaveLength(1);
  });

  test('as it is where its histogram is native, and nobody asks for buckets', async () => {
    const { raw, source, clock } = bench(aPod(usual));
    const signals = [aNativeLatency('request_seconds', 0.3), aGauge('lag', ['lag'])];
    const at = clock.now();
    await source.read(
      signals.map((signal) => ({ signal, steps: [{ from: at - minute, to: at }] })),
      at,
      never,
    );
    await source.history(signals, { from: at - hour, to: at }, minute, never);
    await source.arrivals(signals, at, never);
    expect(await source.isOvertaken(signals, at, never)).toBe(false);
    expect(raw.reads).toEqual([signals]);
    expect(raw.bucketsAsked).toEqual([]);
  });

  test('by buckets that are learnt when its service is prepared', async () => {
    const { raw, source, read, clock } = bench(aPod(usual));
    const signal = aLatency(0.3);
    await source.arrivals([signal], clock.now(), never);
    await read(signal);
    expect(raw.bucketsAsked).toHaveLength(1);
    await clock.advance(minute);
    await source.arrivals([signal], clock.now(), never);
    expect(raw.bucketsAsked).toHaveLength(2);
  });

  test('by the buckets that all series have', async () => {
    const { read } = bench(aPod([0.1, 0.3, 1]), aPod([0.1, 0.25, 0.5, 1]));
    const outcome = await read(aLatency(0.3));
    expect(sharesOf(outcome)).toEqual([[0.5, 0.99]]);
    expect(outcome).toMatchObject({ place: { lower: 0.1, upper: 1, layout: { ofSome: [0.25, 0.3, 0.5] } } });
  });

  test('as nothing at all below the lowest bucket', async () => {
    const { read, placings } = bench(aPod(usual));
    expect(await read(aLatency(0.05))).toMatchObject({
      groups: [{ group: {}, steps: [] }],
      place: { kind: 'below', upper: 0.1 },
    });
    expect(placings).toMatchObject([{ place: { kind: 'below' } }]);
    expect(placings[0]).not.toHaveProperty('lostSince');
  });

  test('as declared while nobody says which buckets there are, and anew once that is known', async () => {
    const { raw, read, clock } = bench(aPod(usual));
    raw.bucketFailure = { reason: 'too-expensive', detail: 'too many samples' };
    expect(sharesOf(await read(aLatency(0.25)))).toEqual([[0.8, undefined]]);
    // Without its bucket no request can be told to be slow either.
    const odd = aLatency(0.3);
    expect(await read(odd)).toMatchObject({ groups: [{ steps: [] }], place: { kind: 'unmatched' } });
    raw.bucketFailure = undefined;
    await clock.advance(minute);
    expect(sharesOf(await read(odd))).toEqual([[0.8, 0.95]]);
  });
});

describe('when the buckets change', () => {
  test('a source that does not answer changes nothing that is known', async () => {
    const { raw, read, clock } = bench(aPod(usual));
    const signal = aLatency(0.3);
    await read(signal);
    raw.bucketFailure = { reason: 'unavailable', detail: 'connection refused' };
    await clock.advance(6 * minute);
    expect(sharesOf(await read(signal))).toEqual([[0.8, 0.95]]);
    expect(raw.bucketsAsked).toHaveLength(2);
  });

  test('a bucket that went is noticed in the reading that lacks it, which is taken again', async () => {
    const { raw, read, clock, placings } = bench(aPod([0.25, 0.3, 0.5], start - hour, start + minute));
    const signal = aLatency(0.3);
    expect(sharesOf(await read(signal))).toEqual([[0.88, undefined]]);
    raw.pods = [...raw.pods, aPod([0.25, 0.5], start + minute + 5_000)];
    await clock.advance(3 * minute);
    expect(sharesOf(await read(signal))).toEqual([[0.8, 0.95]]);
    expect(placings).toMatchObject([{ signal, lostSince: start, place: { kind: 'between', lower: 0.25, upper: 0.5 } }]);
  });

  test('one that went from some series is found before anything is said', async () => {
    const { raw, read, source, clock } = bench(aPod([0.25, 0.3, 0.5]));
    const signal = aLatency(0.3);
    await read(signal);
    raw.pods = [...raw.pods, aPod([0.25, 0.5], start + 5_000)];
    await clock.advance(2 * minute);
    expect(sharesOf(await read(signal))).toEqual([[0.44, undefined]]);
    expect(await source.isOvertaken([signal], clock.now(), never)).toBe(true);
    expect(await source.isOvertaken([signal], clock.now(), never)).toBe(false);
    expect(sharesOf(await read(signal))).toEqual([[0.8, 0.95]]);
  });

  test('one that came counts once no series is older than what the source looks back over', async () => {
    const { raw, read, clock, placings } = bench(aPod([0.25, 0.5], start - hour, start + minute));
    const signal = aLatency(0.3);
    await read(signal);
    raw.pods = [...raw.pods, aPod([0.25, 0.3, 0.5], start + minute + 5_000)];
    const seen: unknown[] = [];
    for (let poll = 0; poll < 14; poll += 1) {
      await clock.advance(minute);
      seen.push(sharesOf(await read(signal)));
    }
    expect(seen[6]).toEqual([[0.8, 0.95]]);
    expect(seen.at(-1)).toEqual([[0.88, undefined]]);
    expect(placings.map(({ lostSince, place }) => [lostSince, place?.kind])).toEqual([
      [undefined, 'between'],
      [undefined, undefined],
    ]);
  });

  test('a past before the bucket came is read by what there was all the time', async () => {
    const { past } = bench(
      aPod([0.25, 0.5], start - 10 * hour, start - 30 * minute),
      aPod([0.25, 0.3, 0.5], start - 30 * minute + 5_000),
    );
    const signal = aLatency(0.3);
    const whole = await past(signal, start - hour, start);
    expect(whole).toMatchObject({ kind: 'history', place: { lower: 0.25, upper: 0.5 } });
    if (whole.kind !== 'history') throw new Error('no history');
    const points = whole.groups[0]?.points ?? [];
    expect(points).toHaveLength(60);
    for (const { good = 0, goodAtMost = 0, total = 0 } of points) {
      expect(good / total).toBeCloseTo(0.8, 9);
      expect(goodAtMost / total).toBeCloseTo(0.95, 9);
    }
    // The part since then is known exactly.
    expect(await past(signal, start - 20 * minute, start)).not.toHaveProperty('place');
  });

  test('a past without any bucket that tells is no count of bad requests', async () => {
    const { past } = bench(
      aPod([0.5, 1], start - 10 * hour, start - 30 * minute),
      aPod([0.25, 0.3, 0.5], start - 30 * minute + 5_000),
    );
    const whole = await past(aLatency(0.3), start - hour, start);
    if (whole.kind !== 'history') throw new Error('no history');
    const points = whole.groups[0]?.points ?? [];
    expect(points[0]?.at).toBe(start - 30 * minute + minute);
    expect(points.every(({ good = 0, total = 1 }) => Math.abs(good / total - 0.88) < 0.05)).toBe(true);
  });
});
