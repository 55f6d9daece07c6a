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

/** The same shares, point after point. */
function repeated(times: number, shares: readonly unknown[]): readonly unknown[] {
  return Array.from({ length: times }, () => shares);
}

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
    expect([...(await source.overtaken(signals, at, never))]).toEqual([]);
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
    expect([...(await source.overtaken([signal], clock.now(), never))]).toEqual([signal]);
    expect([...(await source.overtaken([signal], clock.now(), never))]).toEqual([]);
    expect(sharesOf(await read(signal))).toEqual([[0.8, 0.95]]);
  });

  test('one that came counts in the steps that began since all series have been seen with it', async () => {
    const { raw, read, clock, placings } = bench(aPod([0.25, 0.5], start - hour, start + minute));
    const signal = aLatency(0.3);
    await read(signal);
    raw.pods = [...raw.pods, aPod([0.25, 0.3, 0.5], start + minute + 5_000)];
    const seen: unknown[] = [];
    for (let poll = 0; poll < 14; poll += 1) {
      await clock.advance(minute);
      seen.push(sharesOf(await read(signal)));
    }
    // It is looked for every five minutes.
    expect(seen[4]).toEqual([[0.8, 0.95]]);
    expect(seen[5]).toEqual([[0.88, undefined]]);
    expect(seen.at(-1)).toEqual([[0.88, undefined]]);
    expect(placings.map(({ lostSince, place }) => [lostSince, place?.kind])).toEqual([
      [undefined, 'between'],
      [undefined, undefined],
    ]);
  });

  /** Shares of good events at each point of a past, as judged and at most. */
  function sharesOver(outcome: HistoryOutcome): readonly unknown[] {
    if (outcome.kind !== 'history') throw new Error('no history');
    return (outcome.groups[0]?.points ?? []).map(({ good = NaN, goodAtMost, total = NaN }) => [
      Number((good / total).toFixed(9)),
      goodAtMost === undefined ? undefined : Number((goodAtMost / total).toFixed(9)),
    ]);
  }

  test('a past in which the bucket came is read by what there was, and exactly since', async () => {
    const came = start - 30 * minute;
    const { past } = bench(aPod([0.25, 0.5], start - 10 * hour, came), aPod([0.25, 0.3, 0.5], came + 5_000));
    const signal = aLatency(0.3);
    const whole = await past(signal, start - hour, start);
    expect(whole).toMatchObject({ kind: 'history', place: { lower: 0.25, upper: 0.5 } });
    const shares = sharesOver(whole);
    expect(shares).toHaveLength(60);
    expect(shares.slice(0, 31)).toEqual(repeated(31, [0.8, 0.95]));
    expect(shares.slice(31)).toEqual(repeated(29, [0.88, undefined]));
    // The part since then is known exactly.
    expect(await past(signal, start - 20 * minute, start)).not.toHaveProperty('place');
  });

  test('a past in which a deploy replaced the bucket is read by the buckets of each part, and by those of both over the change', async () => {
    const gone = start - 30 * minute;
    const { past, raw } = bench(aPod([0.1, 0.3, 1], start - 10 * hour, gone), aPod([0.1, 0.25, 0.5, 1], gone + 5_000));
    const whole = await past(aLatency(0.3), start - hour, start);
    expect(whole).toMatchObject({ kind: 'history', place: { lower: 0.25, upper: 0.5 } });
    const shares = sharesOver(whole);
    expect(shares).toHaveLength(60);
    expect(shares.slice(0, 30)).toEqual(repeated(30, [0.88, undefined]));
    expect(shares[30]).toEqual([0.5, 0.99]);
    expect(shares.slice(31)).toEqual(repeated(29, [0.8, 0.95]));
    // Once now, once where it begins, and at both ends of the step over the change.
    expect(raw.bucketsAsked).toHaveLength(4);
  });

  test('a past in which processes were replaced one after another is read by the buckets of both meanwhile', async () => {
    const [from, to] = [start - 40 * minute, start - 20 * minute];
    const { past } = bench(
      aPod([0.1, 0.3, 1], start - 10 * hour, from),
      aPod([0.1, 0.3, 1], start - 10 * hour, to),
      aPod([0.1, 0.25, 0.5, 1], from + 5_000),
      aPod([0.1, 0.25, 0.5, 1], to + 5_000),
    );
    const shares = sharesOver(await past(aLatency(0.3), start - hour, start));
    expect(shares.slice(0, 20)).toEqual(repeated(20, [0.88, undefined]));
    expect(shares.slice(20, 41)).toEqual(repeated(21, [0.5, 0.99]));
    expect(shares.slice(41)).toEqual(repeated(19, [0.8, 0.95]));
  });

  test('a past of which the source does not say the buckets is not known for now, rather than gone', async () => {
    const gone = start - 30 * minute;
    const { past, raw, read } = bench(aPod([0.3], start - 10 * hour, gone), aPod([0.25, 0.5], gone + 5_000));
    const signal = aLatency(0.3);
    await read(signal);
    raw.bucketFailure = { reason: 'unavailable', detail: 'connection refused' };
    expect(await past(signal, start - hour, start)).toEqual({ kind: 'failed', failure: raw.bucketFailure });
    raw.bucketFailure = undefined;
    // Nothing tells how fast the requests over the change were: only that step is open.
    const shares = sharesOver(await past(signal, start - hour, start));
    expect(shares.slice(0, 30)).toEqual(repeated(30, [0.88, undefined]));
    expect(shares[30]).toEqual([NaN, undefined]);
    expect(shares.slice(31)).toEqual(repeated(29, [0.8, 0.95]));
  });

  test('what came while it was read counts nothing in a step that began before', async () => {
    const { raw, read, clock, source } = bench(aPod([0.1, 0.3, 1], start - hour, start + minute));
    const signal = aLatency(0.3);
    await read(signal);
    raw.pods = [...raw.pods, aPod([0.1, 0.25, 0.5, 1], start + minute + 5_000)];
    await clock.advance(minute + 30_000);
    expect(await read(signal)).toMatchObject({ place: { lower: 0.25, upper: 0.5 }, groups: [{ steps: [] }] });
    await clock.advance(30_000);
    const at = clock.now();
    const steps = [
      { from: at - minute, to: at - 30_000 },
      { from: at - 30_000, to: at },
    ];
    const [next] = await source.read([{ signal, steps }], at, never);
    expect(next).toMatchObject({ groups: [{ steps: [steps[1]] }] });
    expect(next === undefined ? undefined : sharesOf(next)).toEqual([[0.8, 0.95]]);
  });

  test('buckets of series that were not there yet are asked for as soon as they are', async () => {
    const { raw, read, clock } = bench();
    const signal = aLatency(0.3);
    await read(signal);
    raw.pods = [aPod([0.25, 0.5], clock.now())];
    await clock.advance(15_000);
    expect(await read(signal)).toMatchObject({ place: { lower: 0.25, upper: 0.5 } });
    expect(raw.bucketsAsked).toHaveLength(2);
  });

  test('a past without any bucket that tells is no count of bad requests', async () => {
    const { past } = bench(
      aPod([0.5, 1], start - 10 * hour, start - 30 * minute),
      aPod([0.25, 0.3, 0.5], start - 30 * minute + 5_000),
    );
    const whole = await past(aLatency(0.3), start - hour, start);
    if (whole.kind !== 'history') throw new Error('no history');
    const points = whole.groups[0]?.points ?? [];
    // The step in which they were replaced began without it.
    const counted = points.filter(({ total }) => total !== undefined);
    expect(counted[0]?.at).toBe(start - 30 * minute + 2 * minute);
    expect(counted.every(({ good = 0, total = 1 }) => Math.abs(good / total - 0.88) < 1e-9)).toBe(true);
    expect(points).toHaveLength(60);
    expect(points[0]).toMatchObject({ lacksBucket: true });
  });
});
