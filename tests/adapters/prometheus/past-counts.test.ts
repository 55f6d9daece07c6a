import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPrometheusSource } from '../../../src/adapters/prometheus/source.ts';
import type { PrometheusSource } from '../../../src/adapters/prometheus/source.ts';
import type { SampleTimes } from '../../../src/app/ports/source.ts';
import type { HistoryGroup } from '../../../src/domain/reading/history.ts';
import type { CountingSignal } from '../../../src/domain/service/service.ts';
import { aName, minute, never, now, scraped, scrapeMs } from '../../contract/source-bench.ts';
import { Chance } from '../../support/chance.ts';
import { startPrometheus } from '../../support/prometheus-server.ts';
import type { RealServer } from '../../support/real-server.ts';
import { remoteWrite, stale } from '../../support/remote-write.ts';
import type { WrittenSeries } from '../../support/remote-write.ts';
import { aRatio } from '../../support/signals.ts';
import { startStub } from '../../support/stub-server.ts';
import type { StubServer } from '../../support/stub-server.ts';

let server: RealServer;
/** Before the server, and so knows what it was asked. */
let stub: StubServer;
let source: PrometheusSource;

beforeAll(async () => {
  server = await startPrometheus();
  stub = await startStub(({ path, form }, response) => {
    void fetch(`${server.url}${path}`, { method: 'POST', body: form }).then(async (answer) => {
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    });
  });
  source = createPrometheusSource({ name: 'default', url: stub.url });
});

afterAll(async () => {
  await source.close();
  await stub[Symbol.asyncDispose]();
  await server.stop();
});

async function write(series: readonly WrittenSeries[]): Promise<void> {
  await remoteWrite(`${server.url}/api/v1/write`, series);
}

interface Stretch {
  readonly fromMinutes?: number;
  readonly stepMs?: number;
  readonly sampleTimes?: SampleTimes;
}

interface Asked {
  readonly query: string;
  readonly points: number;
}

/** A past, and the range queries that it took. */
async function readPast(
  signal: CountingSignal,
  { fromMinutes = 40, stepMs = minute, sampleTimes = 'by-step' }: Stretch = {},
): Promise<{ readonly groups: readonly HistoryGroup[]; readonly asked: readonly Asked[] }> {
  const before = stub.requests.length;
  const [outcome] = await source.history(
    [signal],
    { from: now - fromMinutes * minute, to: now },
    stepMs,
    never,
    sampleTimes,
  );
  if (outcome?.kind !== 'history') throw new Error(JSON.stringify(outcome));
  const asked = stub.requests.slice(before).map(({ form }) => {
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name)));
    return {
      query: form.get('query') ?? '',
      points: Math.round(((end ?? NaN) - (start ?? NaN)) / Math.floor(step ?? NaN)) + 1,
    };
  });
  return { groups: outcome.groups, asked };
}

/** The points of a past as live reads at their ends tell them. */
async function readLive(signal: CountingSignal, { fromMinutes = 40, stepMs = minute }: Stretch = {}) {
  const told = new Map<string, unknown[]>();
  for (let at = now - fromMinutes * minute + stepMs; at <= now; at += stepMs) {
    const [outcome] = await source.read([{ signal, steps: [{ from: at - stepMs, to: at }] }], at, never);
    if (outcome?.kind !== 'counted') throw new Error(JSON.stringify(outcome));
    for (const { group, newestSampleAt, numeratorSeen, steps } of outcome.groups) {
      const key = JSON.stringify(group);
      const [step] = steps;
      if (step === undefined) continue;
      const { good, total } = step;
      told.set(key, [...(told.get(key) ?? []), { at, newestSampleAt, good, total, numeratorSeen }]);
    }
  }
  return told;
}

function byGroup(groups: readonly HistoryGroup[]): ReadonlyMap<string, unknown> {
  return new Map(groups.map(({ group, points }) => [JSON.stringify(group), points]));
}

async function expectAsLive(signal: CountingSignal, stretch: Stretch = {}): Promise<void> {
  const { groups } = await readPast(signal, { ...stretch, sampleTimes: 'exact' });
  expect(byGroup(groups)).toEqual(await readLive(signal, stretch));
}

const at = { job: 'shop', instance: 'a' };
const reset = (n: number, afterScrapes: number): number => (n < afterScrapes ? 4_000 + n * 5 : (n - afterScrapes) * 5);

describe('a past in which', () => {
  test('nothing came, went or was reset takes two queries, none of which looks at single series', async () => {
    const metric = aName();
    await write([
      scraped({ ...at, __name__: metric, code: '200' }, 170, 0, (n) => n * 9),
      scraped({ ...at, __name__: metric, code: '500' }, 170, 0, (n) => n),
    ]);
    const signal = aRatio({ good: `${metric}{code!~"5.."}`, total: metric });
    const { groups, asked } = await readPast(signal);
    expect(groups[0]?.points.map(({ good, total }) => [good, total])).toEqual(
      Array.from({ length: 40 }, () => [36, 40]),
    );
    expect(asked.map(({ points }) => points).sort((a, b) => a - b)).toEqual([7, 41]);
    for (const { query } of asked) {
      expect(query).not.toMatch(/unless|present_over_time|last_over_time| > | - /);
      // The numerator's series are among the total's.
      expect(query).not.toContain(`count (${metric}{`);
      expect(query).not.toContain(`resets(${metric}{`);
    }
    await expectAsLive(signal);
  });

  test('nothing happened is asked once more whether samples landed, about just those steps', async () => {
    const metric = aName();
    await write([scraped({ ...at, __name__: metric }, 170, 0, (n) => (n < 100 ? n : 100))]);
    const { groups, asked } = await readPast(aRatio({ good: metric, total: metric }));
    expect(groups[0]?.points.every((point) => point.newestSampleAt === point.at - minute / 2)).toBe(true);
    expect(asked.filter(({ query }) => query.includes('present_over_time'))).toEqual([
      { query: `count (present_over_time(${metric}[59999ms]))`, points: 17 },
    ]);
  });

  test('series were reset is told without looking for newcomers, or hours back', async () => {
    const metric = aName();
    await write([
      scraped({ ...at, __name__: metric, code: '200' }, 170, 0, (n) => reset(n, 101)),
      scraped({ ...at, __name__: metric, code: '500' }, 170, 0, (n) => reset(n, 101) * 2),
      scraped({ ...at, __name__: metric, code: '503' }, 170, 0, (n) => n * 100),
    ]);
    const signal = aRatio({ bad: `${metric}{code=~"5.."}`, total: metric });
    const { asked } = await readPast(signal);
    expect(asked.some(({ query }) => query.includes(' > '))).toBe(true);
    for (const { query } of asked) expect(query).not.toMatch(/unless|last_over_time/);
    await expectAsLive(signal);
  });

  test('the total was reset and the numerator was not counts both', async () => {
    const metric = aName();
    await write([
      scraped({ ...at, __name__: metric, code: '200' }, 170, 0, (n) => reset(n, 101)),
      scraped({ ...at, __name__: metric, code: '500' }, 170, 0, (n) => 70 + n * 3),
    ]);
    const signal = aRatio({ bad: `${metric}{code="500"}`, total: metric });
    const { groups } = await readPast(signal);
    expect(groups[0]?.points.map(({ good, total }) => (total ?? 0) - (good ?? 0))).toEqual(
      Array.from({ length: 40 }, () => 12),
    );
    await expectAsLive(signal);
  });

  test.each([['the numerator'], ['the rest of the total']])(
    'a newcomer of %s takes its first step along with a reset looks hours back at that step only',
    async (who) => {
      const metric = aName();
      const [comes, stays] = who === 'the numerator' ? ['500', '200'] : ['200', '500'];
      await write([
        scraped({ ...at, __name__: metric, code: stays }, 170, 0, (n) => reset(n, 110)),
        scraped({ ...at, __name__: metric, code: comes }, 60, 0, (n) => 40 + n * 2),
        // Its life lies elsewhere: nothing says that it began here.
        scraped({ job: 'shop', instance: 'b', __name__: metric, code: comes }, 60, 0, (n) => 9_000 + n * 2),
      ]);
      const signal = aRatio({ bad: `${metric}{code="500"}`, total: metric });
      const { groups, asked } = await readPast(signal);
      const hoursBack = asked.filter(({ query }) => query.includes('last_over_time'));
      expect(hoursBack.map(({ points }) => points)).toEqual([1]);
      // The reset left nothing; the newcomer's first value counts, and the stranger's does not.
      const first = groups[0]?.points.find((point) => point.at === now - 15 * minute);
      expect(first?.total).toBe(40);
      await expectAsLive(signal);
    },
  );

  test('a series of another metric than the total is born, and the total is calm, counts it', async () => {
    const [good, total] = [aName(), aName()];
    await write([
      scraped({ ...at, __name__: 'up' }, 170, 0, () => 1),
      scraped({ ...at, __name__: total }, 170, 0, (n) => n * 50),
      scraped({ ...at, __name__: good, path: 'old' }, 170, 0, (n) => n * 5),
      scraped({ ...at, __name__: good, path: 'new' }, 61, 0, (n) => 30 + n * 5),
    ]);
    const signal = aRatio({ good, total });
    const { groups } = await readPast(signal);
    const goods = groups[0]?.points.map((point) => point.good) ?? [];
    expect([goods[23], goods[24], goods[25]]).toEqual([20, 20 + 30 + 5, 40]);
    await expectAsLive(signal);
  });

  test('one series takes the place of another takes a closer look, though there are as many', async () => {
    const metric = aName();
    const old = scraped({ ...at, __name__: metric, pod: 'old' }, 170, 81, (n) => 7_000 + n * 11);
    old.samples.push([now - 80 * scrapeMs, stale]);
    await write([
      old,
      scraped({ ...at, __name__: metric, pod: 'new' }, 80, 0, (n) => 9_000 + n * 5),
      scraped({ ...at, __name__: metric, pod: 'steady' }, 170, 0, (n) => n * 1_000),
    ]);
    await expectAsLive(aRatio({ bad: `${metric}{pod="new"}`, total: metric }));
  });
});

/** Series that live and die, are reset, pause and have no number now and then; often they count nothing. */
function unruly(chance: Chance, labels: Readonly<Record<string, string>>): WrittenSeries {
  const samples: [number, number | typeof stale][] = [];
  let value = Math.floor(chance.unit() * 500);
  let isAlive = chance.unit() < 0.8;
  for (let scrape = 200; scrape >= 0; scrape -= 1) {
    const time = now - scrape * scrapeMs;
    const roll = chance.unit();
    if (isAlive && roll < 0.015) {
      isAlive = false;
      if (chance.unit() < 0.5) samples.push([time, stale]);
      continue;
    }
    if (!isAlive && roll < 0.04) {
      isAlive = true;
      if (chance.unit() < 0.3) value = 0;
    }
    if (roll > 0.99) value = Math.floor(chance.unit() * 20);
    if (chance.unit() < 0.4) value += Math.floor(chance.unit() * 50);
    if (isAlive) samples.push([time, roll > 0.985 && roll < 0.988 ? NaN : value]);
  }
  return { labels, samples };
}

describe.each([1, 2, 3, 4])('a past of unruly series, seed %d,', (seed) => {
  test.each([scrapeMs, 20_000, minute, 5 * minute])(
    'is told as live reads tell it in steps of %d ms',
    async (stepMs) => {
      const chance = new Chance(seed);
      const metric = aName();
      const series = ['a', 'b'].flatMap((zone) =>
        ['i', 'k'].flatMap((instance) =>
          ['200', '500'].map((code) => unruly(chance, { __name__: metric, job: metric, instance, zone, code })),
        ),
      );
      await write([...series, scraped({ __name__: 'up', job: metric, instance: 'i' }, 200, 0, () => 1)]);
      const signal = aRatio(
        seed % 2 === 0
          ? { bad: `${metric}{code="500"}`, total: metric }
          : { good: `${metric}{code!~"5.."}`, total: metric },
        ['zone'],
      );
      const stretch = { fromMinutes: 40, stepMs };
      await expectAsLive(signal, stretch);
      const { groups } = await readPast(signal, stretch);
      const live = await readPast(signal, { ...stretch, sampleTimes: 'exact' });
      const from = now - 40 * minute;
      for (const { group, points } of groups) {
        const exact = live.groups.find((each) => each.group['zone'] === group['zone'])?.points ?? [];
        const landed = series.filter(({ labels }) => labels['zone'] === group['zone']).flatMap(timesOf);
        expect(points).toEqual(
          exact.map((point) => {
            // A long step is told by what its end shows, a short one by all samples that landed in it.
            const shown =
              stepMs >= 5 * minute ? point.newestSampleAt : Math.max(...landed.filter((time) => time <= point.at));
            const end = from + Math.max(0, Math.ceil((shown - from) / stepMs)) * stepMs;
            return { ...point, newestSampleAt: end - stepMs / 2 };
          }),
        );
      }
      expect(groups).toHaveLength(2);
    },
  );
});

function timesOf({ samples }: WrittenSeries): readonly number[] {
  return samples.filter(([, value]) => value !== stale).map(([time]) => time);
}
