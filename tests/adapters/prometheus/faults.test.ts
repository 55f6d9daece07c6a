import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { SignalOutcome } from '../../../src/app/ports/source.ts';
import type { PrometheusOptions } from '../../../src/adapters/prometheus/options.ts';
import { createPrometheusSource } from '../../../src/adapters/prometheus/source.ts';
import type { SourceFailureReason } from '../../../src/domain/reading/observation.ts';
import { aGauge } from '../../support/signals.ts';
import { answerJson, answerVector, startStub } from '../../support/stub-server.ts';
import type { StubAnswer } from '../../support/stub-server.ts';

const at = 1_787_364_000_000;
const { signal: never } = new AbortController();
const lag = aGauge('max(lag)', []);

async function readFrom(url: string, options: Partial<PrometheusOptions> = {}, signal = never): Promise<SignalOutcome> {
  const limits = { timeoutMs: 250, maxResponseBytes: 100_000 };
  await using source = createPrometheusSource({ name: 'main', url, ...limits, ...options }, { random: () => 0 });
  const [outcome] = await source.read([{ signal: lag, steps: [] }], at, signal);
  if (outcome === undefined) throw new Error('no outcome');
  return outcome;
}

const apiError = (status: number, errorType: string, error: string, headers: object = {}): StubAnswer => {
  return (_request, response) => answerJson(response, status, { status: 'error', errorType, error }, headers);
};
const status =
  (code: number, body = ''): StubAnswer =>
  (_request, response) =>
    response.writeHead(code).end(body);

// Packed before anything is asked: it takes longer than a loaded machine has before the time limit.
const largeBomb = gzipSync(Buffer.alloc(50_000_000));

const sevenFold = '{"status":"success","data":{"resultType":"vector","result":[';

interface Fault {
  readonly name: string;
  readonly answer: StubAnswer;
  readonly reason: SourceFailureReason;
  readonly detail: RegExp;
  /** How often the stub was asked. */
  readonly asked: number;
}

const faults: readonly Fault[] = [
  { name: 'an answer that never comes', answer: () => undefined, reason: 'timeout', detail: /within 250 ms/, asked: 3 },
  {
    name: 'an answer that hangs in its middle',
    answer: (_request, response) => response.writeHead(200).write(sevenFold),
    reason: 'timeout',
    detail: /no full answer/,
    asked: 3,
  },
  {
    name: 'a connection reset',
    answer: (_request, response) => response.socket?.resetAndDestroy(),
    reason: 'unavailable',
    detail: /cannot be reached/,
    asked: 3,
  },
  {
    name: 'a connection closed in the middle of the answer',
    answer: (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write(sevenFold, () => response.destroy());
    },
    reason: 'unavailable',
    detail: /cannot be reached/,
    asked: 3,
  },
  { name: 'HTTP 500', answer: status(500), reason: 'unavailable', detail: /answered 500$/, asked: 3 },
  { name: 'HTTP 502 with a page', answer: status(502, '<html>'), reason: 'unavailable', detail: /502$/, asked: 3 },
  { name: 'HTTP 503', answer: status(503, 'starting up'), reason: 'unavailable', detail: /starting up/, asked: 3 },
  { name: 'HTTP 429', answer: status(429), reason: 'unavailable', detail: /429/, asked: 3 },
  {
    name: 'HTTP 429 that asks for more patience than there is',
    answer: (_request, response) => response.writeHead(429, { 'retry-after': '60' }).end(),
    reason: 'unavailable',
    detail: /429/,
    asked: 1,
  },
  { name: 'HTTP 401', answer: status(401, 'Unauthorized'), reason: 'rejected', detail: /401/, asked: 1 },
  { name: 'HTTP 403', answer: status(403), reason: 'rejected', detail: /403/, asked: 1 },
  { name: 'HTTP 404', answer: status(404, 'page not found'), reason: 'rejected', detail: /404/, asked: 1 },
  { name: 'HTTP 413', answer: status(413), reason: 'too-expensive', detail: /413/, asked: 1 },
  {
    name: 'a query that is wrong',
    answer: apiError(400, 'bad_data', 'parse error: unexpected end of input'),
    reason: 'rejected',
    detail: /unexpected end of input/,
    asked: 1,
  },
  {
    name: 'too many samples',
    answer: apiError(422, 'execution', 'query processing would load too many samples into memory in query execution'),
    reason: 'too-expensive',
    detail: /too many samples/,
    asked: 1,
  },
  {
    name: 'a query that the server stopped',
    answer: apiError(503, 'timeout', 'query timed out in expression evaluation'),
    reason: 'too-expensive',
    detail: /timed out in expression evaluation/,
    asked: 1,
  },
  {
    name: 'a server too busy to begin',
    answer: apiError(503, 'timeout', 'query timed out in query queue'),
    reason: 'unavailable',
    detail: /query queue/,
    asked: 3,
  },
  {
    name: 'an error in an answer of 200',
    answer: apiError(200, 'bad_data', 'nope'),
    reason: 'rejected',
    detail: /nope/,
    asked: 1,
  },
  {
    name: 'JSON that is cut short',
    answer: (_request, response) => response.writeHead(200).end(sevenFold),
    reason: 'bad-response',
    detail: /cut short/,
    asked: 1,
  },
  {
    name: 'a login page with 200',
    answer: status(200, '<!doctype html><title>Sign in</title>'),
    reason: 'bad-response',
    detail: /web page instead of JSON/,
    asked: 1,
  },
  { name: 'an empty body with 200', answer: status(200), reason: 'bad-response', detail: /empty body/, asked: 1 },
  {
    name: 'a gzip bomb',
    answer: (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(largeBomb),
    reason: 'too-expensive',
    detail: /larger than 100000 bytes/,
    asked: 1,
  },
  {
    name: 'a gzip bomb in a few bytes',
    answer: (_request, response) => {
      const bomb = gzipSync(Buffer.alloc(300_000));
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    },
    reason: 'bad-response',
    detail: /unpack to more than 200 times/,
    asked: 1,
  },
  {
    name: 'gzip that is cut short',
    answer: (_request, response) => {
      const whole = gzipSync('{"status":"success","data":{"resultType":"vector","result":[]}}');
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(whole.subarray(0, 40));
    },
    reason: 'bad-response',
    detail: /not whole gzip/,
    asked: 1,
  },
  {
    name: 'a body larger than allowed',
    answer: (_request, response) => response.writeHead(200).end(sevenFold.padEnd(200_000)),
    reason: 'too-expensive',
    detail: /larger than 100000 bytes/,
    asked: 1,
  },
  {
    name: 'an endless body',
    answer: (_request, response) => {
      const drip = (): void => {
        while (!response.destroyed && response.write(' '.repeat(10_000)));
      };
      response.writeHead(200).on('drain', drip);
      drip();
    },
    reason: 'too-expensive',
    detail: /larger than 100000 bytes/,
    asked: 1,
  },
  {
    name: 'warnings that data is missing',
    answer: (_request, response) =>
      answerVector(response, [{ value: [1, '1'] }], { warnings: ['store 10.0.0.7 is not reachable'] }),
    reason: 'bad-response',
    detail: /store 10\.0\.0\.7 is not reachable/,
    asked: 1,
  },
  {
    name: 'a partial result',
    answer: (_request, response) => answerVector(response, [{ value: [1, '1'] }], { isPartial: true }),
    reason: 'bad-response',
    detail: /partial/,
    asked: 1,
  },
  {
    name: 'the wrong kind of result',
    answer: (_request, response) =>
      answerJson(response, 200, { status: 'success', data: { resultType: 'matrix', result: [] } }),
    reason: 'bad-response',
    detail: /is a matrix, not a vector/,
    asked: 1,
  },
  {
    name: 'duplicate series',
    answer: (_request, response) => answerVector(response, [{ value: [1, '1'] }, { value: [1, '2'] }]),
    reason: 'bad-response',
    detail: /more than one series/,
    asked: 1,
  },
  {
    name: 'a value that is not a number',
    answer: (_request, response) => answerVector(response, [{ value: [1, 'many'] }]),
    reason: 'bad-response',
    detail: /not a number/,
    asked: 1,
  },
  {
    name: 'a histogram where a number belongs',
    answer: (_request, response) =>
      answerJson(response, 200, {
        status: 'success',
        data: { resultType: 'vector', result: [{ metric: {}, histogram: [1, {}] }] },
      }),
    reason: 'bad-response',
    detail: /histogram where a number belongs/,
    asked: 1,
  },
  {
    name: 'a redirect to itself',
    answer: (_request, response) => response.writeHead(302, { location: '/api/v1/query' }).end(),
    reason: 'bad-response',
    detail: /redirect is never followed/,
    asked: 1,
  },
  {
    name: 'something that is not HTTP',
    answer: (_request, response) => response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n'),
    reason: 'bad-response',
    detail: /does not speak HTTP/,
    asked: 1,
  },
];

describe('a source that fails', () => {
  test.each(faults)('calls $name "$reason"', async ({ answer, reason, detail, asked }) => {
    await using stub = await startStub(answer);
    expect(await readFrom(stub.url)).toEqual({
      kind: 'failed',
      failure: { reason, detail: expect.stringMatching(detail) },
    });
    expect(stub.requests).toHaveLength(asked);
  });

  test('is unavailable when nobody listens', async () => {
    const stub = await startStub(() => undefined);
    await stub[Symbol.asyncDispose]();
    expect(await readFrom(stub.url)).toMatchObject({ failure: { reason: 'unavailable' } });
  });

  test('is unavailable when its name does not resolve', async () => {
    const outcome = await readFrom('http://prometheus.invalid:9090');
    expect(outcome).toMatchObject({
      failure: { reason: 'unavailable', detail: expect.stringMatching(/prometheus\.invalid/) },
    });
  });

  test('is given up when the time for the poll is up, without a retry', async () => {
    const poll = new AbortController();
    await using stub = await startStub(() => poll.abort());
    const outcome = await readFrom(stub.url, { timeoutMs: 60_000 }, poll.signal);
    expect(outcome).toMatchObject({ failure: { reason: 'timeout' } });
    expect(stub.requests).toHaveLength(1);
  });

  test('is given up when the time for the poll is up between retries', async () => {
    const poll = new AbortController();
    // Jitter is drawn between the attempts.
    const random = (): number => {
      setImmediate(() => poll.abort());
      return 0;
    };
    await using stub = await startStub((_request, response) => response.writeHead(503, { 'retry-after': '50' }).end());
    await using source = createPrometheusSource({ name: 'main', url: stub.url, timeoutMs: 60_000 }, { random });
    const [outcome] = await source.read([{ signal: lag, steps: [] }], at, poll.signal);
    expect(outcome).toMatchObject({ failure: { reason: 'unavailable' } });
    expect(stub.requests).toHaveLength(1);
  });
});

describe('a source that is well again', () => {
  test('answers on the retry', async () => {
    await using stub = await startStub((_request, response, count) => {
      if (count < 3) response.writeHead(503).end();
      else answerVector(response, [{ value: [1, '7'] }]);
    });
    expect(await readFrom(stub.url)).toMatchObject({ groups: [{ value: 7 }] });
  });

  test('is left alone for as long as it asks', async () => {
    await using stub = await startStub((_request, response, count) => {
      if (count === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else answerVector(response, [{ value: [1, '7'] }]);
    });
    const begun = performance.now();
    expect(await readFrom(stub.url, { timeoutMs: 5_000 })).toMatchObject({ groups: [{ value: 7 }] });
    expect(performance.now() - begun).toBeGreaterThan(990);
  });
});

describe('an answer that is odd but right', () => {
  test.each([
    ['nothing', [], []],
    ['NaN', [{ value: [1, 'NaN'] as const }], [Number.NaN]],
    ['+Inf', [{ value: [1, '+Inf'] as const }], [Number.POSITIVE_INFINITY]],
    ['-Inf', [{ value: [1, '-Inf'] as const }], [Number.NEGATIVE_INFINITY]],
    ['a series without labels', [{ metric: {}, value: [1, '1e3'] as const }], [1000]],
  ])('is passed on: %s', async (_name, result, values) => {
    await using stub = await startStub((_request, response) => answerVector(response, result));
    const outcome = await readFrom(stub.url);
    expect(outcome.kind === 'gauged' && outcome.groups.map(({ value }) => value)).toEqual(values);
  });

  test('is used in spite of warnings when told so', async () => {
    await using stub = await startStub((_request, response) =>
      answerVector(response, [{ value: [1, '7'] }], { warnings: ['partial'] }),
    );
    expect(await readFrom(stub.url, { onWarnings: 'ignore' })).toMatchObject({ groups: [{ value: 7 }] });
  });

  test('is used when it only informs', async () => {
    await using stub = await startStub((_request, response) =>
      answerVector(response, [{ value: [1, '7'] }], {
        infos: ['PromQL info: metric might not be a counter'],
        warnings: ['PromQL info: metric might not be a counter'],
      }),
    );
    expect(await readFrom(stub.url)).toMatchObject({ groups: [{ value: 7 }] });
  });

  test('is read when it is compressed, though that is only wanted of the large answers about the past', async () => {
    await using stub = await startStub((request, response) => {
      const isRange = request.form.has('step');
      const value = isRange
        ? `{"resultType":"matrix","result":[{"metric":{},"values":[[${at / 1_000},"7"]]}]}`
        : '{"resultType":"scalar","result":[1,"7"]}';
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(`{"status":"success","data":${value}}`));
    });
    expect(await readFrom(stub.url)).toMatchObject({ groups: [{ value: 7 }] });
    await using source = createPrometheusSource({ name: 'main', url: stub.url });
    const [history] = await source.history([lag], { from: at - 1_000, to: at }, 1_000, never);
    expect(history).toMatchObject({ groups: [{ points: [{ at, value: 7 }] }] });
    const wanted = stub.requests.map(({ headers }) => headers['accept-encoding']);
    expect(new Set(wanted)).toEqual(new Set(['identity', 'gzip']));
    expect(wanted[0]).toBe('identity');
  });

  test('keeps the time of an old sample', async () => {
    const hourAgo = at - 3_600_000;
    await using stub = await startStub((request, response) => {
      const asksTime = request.form.get('query')?.includes('timestamp') === true;
      answerVector(response, [{ value: [at / 1_000, asksTime ? String(hourAgo / 1_000) : '7'] }]);
    });
    await using source = createPrometheusSource({ name: 'main', url: stub.url });
    const reads = [{ signal: aGauge('max(lag)', ['lag']), steps: [] }];
    expect(await source.read(reads, at, never)).toEqual([
      { kind: 'gauged', groups: [{ group: {}, newestSampleAt: hourAgo, value: 7 }] },
    ]);
  });
});
