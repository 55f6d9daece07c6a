import { describe, expect, test } from '@jest/globals';
import { createPrometheusSource } from '../../../src/adapters/prometheus/source.ts';
import { startPrometheus } from '../../support/prometheus-server.ts';
import { aGauge, aRatio } from '../../support/signals.ts';
import { answerJson, answerVector, startStub } from '../../support/stub-server.ts';
import type { StubAnswer } from '../../support/stub-server.ts';
import { startVictoriaMetrics } from '../../support/victoria-metrics-server.ts';

const at = 1_787_364_000_000;
const { signal: never } = new AbortController();

/** Answers every expression of a union with its number; `refuse` decides about the query first. */
function answering(refuse: (query: string) => { status: number; type: string; error: string } | undefined): StubAnswer {
  return (request, response) => {
    const query = request.form.get('query') ?? '';
    const refusal = refuse(query);
    if (refusal !== undefined) {
      answerJson(response, refusal.status, { status: 'error', errorType: refusal.type, error: refusal.error });
      return;
    }
    const numbers = [...query.matchAll(/"andon_q", "(\d+)"/g)].map(([, number]) => number ?? '');
    const alone = numbers.length === 0 ? [{ value: [1, '1'] as const }] : [];
    answerVector(response, [
      ...alone,
      ...numbers.map((andon_q) => ({ metric: { andon_q }, value: [1, '1'] as const })),
    ]);
  };
}

const gauges = (count: number, prefix = 'lag') =>
  Array.from({ length: count }, (_, index) => ({ signal: aGauge(`max(${prefix}_${index})`, []), steps: [] }));

describe('asking many questions', () => {
  test('takes one request for what fits, asks equal questions once, and names the instant', async () => {
    await using stub = await startStub(answering(() => undefined));
    await using source = createPrometheusSource({ name: 'main', url: stub.url });
    await source.read([...gauges(30), ...gauges(30)], at, never);
    expect(stub.requests).toHaveLength(1);
    expect(stub.requests[0]?.form.get('time')).toBe('1787364000');
    expect(stub.requests[0]?.form.get('query')?.match(/label_replace/g)).toHaveLength(30);
    await source.read(gauges(150), at + 5, never);
    expect(stub.requests).toHaveLength(1 + 3);
    expect(stub.requests[1]?.form.get('time')).toBe('1787364000.005');
  });

  test('has no more requests under way than allowed', async () => {
    let underWay = 0;
    let most = 0;
    const answer = answering(() => undefined);
    await using stub = await startStub((request, response, count) => {
      underWay += 1;
      most = Math.max(most, underWay);
      // Slow enough for as many as may come to be there together.
      setTimeout(() => {
        underWay -= 1;
        answer(request, response, count);
      }, 30);
    });
    await using source = createPrometheusSource({ name: 'main', url: stub.url, concurrency: 2 });
    await source.read(gauges(400), at, never);
    expect(stub.requests).toHaveLength(7);
    expect(most).toBe(2);
  });

  test('finds the bad one by halving, fails it alone, and asks it alone while it is bad', async () => {
    let now = 0;
    let isBad = true;
    await using stub = await startStub(
      answering((query) =>
        isBad && query.includes('lag_17)') ? { status: 422, type: 'execution', error: 'bad one' } : undefined,
      ),
    );
    await using source = createPrometheusSource({ name: 'main', url: stub.url }, { monotonic: () => now });
    const readAll = async (): Promise<{ readonly failed: readonly number[]; readonly requests: number }> => {
      const before = stub.requests.length;
      const outcomes = await source.read(gauges(60), at, never);
      const failed = outcomes.flatMap(({ kind }, index) => (kind === 'failed' ? [index] : []));
      return { failed, requests: stub.requests.length - before };
    };
    const found = await readAll();
    expect(found.failed).toEqual([17]);
    expect(found.requests).toBeLessThanOrEqual(1 + 2 * 6);
    for (const minutes of [1, 9, 18]) {
      now = minutes * 60_000;
      expect(await readAll()).toEqual({ failed: [17], requests: 2 });
    }
    isBad = false;
    expect(await readAll()).toEqual({ failed: [], requests: 2 });
    now += 10 * 60_000;
    expect(await readAll()).toEqual({ failed: [], requests: 1 });
  });

  test('does not search for ever in a source that refuses everything', async () => {
    await using stub = await startStub(answering(() => ({ status: 422, type: 'execution', error: 'no' })));
    await using source = createPrometheusSource({ name: 'main', url: stub.url });
    for (const round of [1, 2]) {
      const outcomes = await source.read(gauges(600), at, never);
      expect(outcomes.every(({ kind }) => kind === 'failed')).toBe(true);
      expect(stub.requests).toHaveLength(round * (10 + 64));
    }
  });

  test('does not take a series for nothing that answers no question', async () => {
    await using stub = await startStub((_request, response) => answerVector(response, [{ value: [1, '1'] }]));
    await using source = createPrometheusSource({ name: 'main', url: stub.url });
    const outcomes = await source.read(gauges(2), at, never);
    expect(outcomes).toMatchObject([{ failure: { reason: 'bad-response' } }, { failure: { reason: 'bad-response' } }]);
  });

  test('does not halve when credentials are wrong or all is slow', async () => {
    for (const [status, type, error, requests] of [
      [401, 'unauthorized', 'no', 1],
      [503, 'timeout', 'query timed out in expression evaluation', 3],
    ] as const) {
      await using stub = await startStub(answering(() => ({ status, type, error })));
      await using source = createPrometheusSource({ name: 'main', url: stub.url });
      const outcomes = await source.read(gauges(60), at, never);
      expect(outcomes.every(({ kind }) => kind === 'failed')).toBe(true);
      expect(stub.requests).toHaveLength(requests);
    }
  });

  test('keeps declared queries apart from counters, so that a slow one hurts no counter', async () => {
    const slow = /lag_3\)/;
    const answer = answering(() => undefined);
    await using stub = await startStub((request, response, count) => {
      if (!slow.test(request.form.get('query') ?? '')) answer(request, response, count);
    });
    const options = { name: 'main', url: stub.url, timeoutMs: 100 };
    await using source = createPrometheusSource(options, { random: () => 0 });
    const counter = { signal: aRatio({ good: 'a', total: 'b' }), steps: [{ from: at - 15_000, to: at }] };
    const [counted, ...first] = await source.read([counter, ...gauges(5)], at, never);
    expect(counted?.kind).toBe('counted');
    expect(first.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'failed'));
    // Its mates suffered once.
    const second = await source.read(gauges(5), at, never);
    expect(second.map(({ kind }) => kind)).toEqual(['gauged', 'gauged', 'gauged', 'failed', 'gauged']);
  });

  test('blames one query for a warning about its expression', async () => {
    const answer = answering(() => undefined);
    await using stub = await startStub((request, response, count) => {
      const warnings = ['PromQL warning: bucket label "le" is missing or has a malformed value'];
      if (request.form.get('query')?.includes('lag_2)') === true) answerVector(response, [], { warnings });
      else answer(request, response, count);
    });
    await using source = createPrometheusSource({ name: 'main', url: stub.url });
    const outcomes = await source.read(gauges(8), at, never);
    expect(outcomes.flatMap(({ kind }, index) => (kind === 'failed' ? [index] : []))).toEqual([2]);
  });
});

describe('a source that takes short queries only', () => {
  test('gets them: VictoriaMetrics takes 16 KiB', async () => {
    await using server = await startVictoriaMetrics();
    await using source = createPrometheusSource({ name: 'main', url: server.url });
    const long = gauges(60, 'a'.repeat(1_000));
    for (const round of [1, 2]) {
      const outcomes = await source.read(long, Date.now(), never);
      expect([round, new Set(outcomes.map(({ kind }) => kind))]).toEqual([round, new Set(['gauged'])]);
    }
  });
});

describe('a history that is too much for one query', () => {
  test('is read in pieces', async () => {
    // 5,000 samples are fewer than the points of the stretch, and more than those of a piece of it.
    await using server = await startPrometheus({ flags: ['--query.max-samples=5000'] });
    await using source = createPrometheusSource({ name: 'main', url: server.url });
    const to = Math.floor(Date.now() / 60_000) * 60_000;
    const from = to - 30 * 86_400_000;
    const [outcome] = await source.history([aGauge('vector(time())', [])], { from, to }, 60_000, never);
    if (outcome?.kind !== 'history') throw new Error(JSON.stringify(outcome));
    const points = outcome.groups[0]?.points ?? [];
    expect(points).toHaveLength(30 * 24 * 60);
    expect(points.every(({ at: time, value }) => value === time / 1_000)).toBe(true);
    expect(points[0]?.at).toBe(from + 60_000);
    expect(points.at(-1)?.at).toBe(to);
  });

  test('fails when even a little of it is too much', async () => {
    await using stub = await startStub((_request, response) =>
      answerJson(response, 422, { status: 'error', errorType: 'execution', error: 'would load too many samples' }),
    );
    await using source = createPrometheusSource({ name: 'main', url: stub.url });
    const signals = [aGauge('max(lag)', [])];
    const [outcome] = await source.history(signals, { from: at - 3_600_000, to: at }, 15_000, never);
    expect(outcome).toMatchObject({ kind: 'failed', failure: { reason: 'too-expensive' } });
    expect(stub.requests.length).toBeLessThan(6);
  });

  test('is empty for a stretch shorter than a step', async () => {
    await using stub = await startStub(answering(() => undefined));
    await using source = createPrometheusSource({ name: 'main', url: stub.url });
    const outcomes = await source.history([aGauge('max(lag)', [])], { from: at - 10, to: at }, 15_000, never);
    expect(outcomes).toEqual([{ kind: 'history', groups: [] }]);
    expect(stub.requests).toHaveLength(0);
  });
});
