import { afterAll, describe, expect, test } from '@jest/globals';
import { countEvents } from '../../../src/config/generate/count-events.ts';
import type { CountingSignal } from '../../../src/domain/service/service.ts';
import { startPrometheus } from '../../support/prometheus-server.ts';
import { remoteWrite, stale, type WrittenSeries } from '../../support/remote-write.ts';
import { startVictoriaMetrics } from '../../support/victoria-metrics-server.ts';
import { aBudget, aService, minuteMs, secondMs } from './rule-bench.ts';

const servers = { prometheus: startPrometheus(), 'victoria-metrics': startVictoriaMetrics() };

afterAll(async () => {
  for (const server of await Promise.allSettled(Object.values(servers)))
    if (server.status === 'fulfilled') await server.value[Symbol.asyncDispose]();
});

const scrapeMs = 15 * secondMs;
const windowMs = 5 * minuteMs;
/** Ten events in each of 20 scrapes. */
const each = 10;
const life = 1_000_000;
const now = Math.floor(Date.now() / minuteMs) * minuteMs - 10 * minuteMs;

interface Scraped {
  readonly labels: Readonly<Record<string, string>>;
  /** In scrapes before now; from the past on, and until now, where absent. */
  readonly from?: number;
  readonly until?: number;
  /** Counts from zero, and not since long ago. */
  readonly isBorn?: boolean;
  /** Whether the source knows that it went, and does not merely hear no more of it. */
  readonly isMarked?: boolean;
}

function written(
  job: string,
  { labels, from = 60, until = 0, isMarked = false, isBorn = false }: Scraped,
): WrittenSeries {
  const samples: [number, number | typeof stale][] = [];
  for (let ago = from; ago >= until; ago -= 1)
    samples.push([now - ago * scrapeMs, isBorn ? (from - ago + 1) * each : life + (60 - ago) * each]);
  if (isMarked) samples.push([now - (until - 1) * scrapeMs, stale]);
  return { labels: { job, instance: 'a', ...labels }, samples };
}

function signalOf(text: string): CountingSignal {
  const [signal] = aService(`success_rate:\n  ${text}\n`, [aBudget()]).signals;
  if (signal === undefined || signal.kind === 'gauge') throw new Error('this counts nothing');
  return signal;
}

const requests = (job: string) =>
  signalOf(`ratio: { bad: 'requests_total{job="${job}",code=~"5.."}', total: 'requests_total{job="${job}"}' }`);
const latency = (job: string) => signalOf(`latency: { histogram: 'latency_seconds{job="${job}"}', threshold: 1s }`);

const version = (name: string) => ({ __name__: 'requests_total', code: '200', version: name });
const bucket = (le: string) => ({ __name__: 'latency_seconds_bucket', le });
const count = { __name__: 'latency_seconds_count' };

describe.each(Object.entries(servers))('in %s, five minutes of a live target', (name, starting) => {
  test.each<[string, (job: string) => CountingSignal, readonly Scraped[], { total: number; numerator?: number }]>([
    ['that changes nothing', requests, [{ labels: version('1') }], { total: 200 }],
    [
      'that is found under another label count its life no second time',
      requests,
      [
        { labels: version('1'), until: 8, isMarked: true },
        { labels: version('2'), from: 7 },
      ],
      { total: 190 },
    ],
    [
      'whose old series are still shown neither',
      requests,
      [
        { labels: version('1'), until: 2 },
        { labels: version('2'), from: 1 },
      ],
      { total: 190 },
    ],
    [
      'that has its first error count it',
      requests,
      [{ labels: version('1') }, { labels: { ...version('1'), code: '500' }, from: 3, isBorn: true }],
      { total: 240, numerator: 40 },
    ],
    [
      'that spells a bucket otherwise miss nothing',
      latency,
      [{ labels: count }, { labels: bucket('1'), until: 8, isMarked: true }, { labels: bucket('1.0'), from: 7 }],
      { total: 200, numerator: 200 },
    ],
    [
      'that gets a bucket count what it adds',
      latency,
      [{ labels: count }, { labels: bucket('1.0'), from: 7 }],
      { total: 200, numerator: 70 },
    ],
  ])('%s', async (title, signalOfJob, scraped, expected) => {
    const { url } = await starting;
    const job = title.replaceAll(/\W/g, '-');
    const signal = signalOfJob(job);
    await remoteWrite(
      `${url}/api/v1/write`,
      scraped.map((one) => written(job, one)),
    );
    if (name === 'victoria-metrics') await fetch(`${url}/internal/force_flush`);
    const counted = async (of: 'total' | 'good' | 'bad'): Promise<number | undefined> => {
      const query = new URLSearchParams({ query: countEvents(signal, of, windowMs), time: `${now / 1000}` });
      const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body: query });
      const answer = (await response.json()) as { error?: string; data?: { result: { value: [number, string] }[] } };
      expect(answer.error).toBeUndefined();
      return Number(answer.data?.result[0]?.value[1] ?? 0);
    };
    expect({ total: await counted('total'), numerator: await counted(signal.numerator) }).toEqual({
      total: expected.total,
      numerator: expected.numerator ?? 0,
    });
  });
});
