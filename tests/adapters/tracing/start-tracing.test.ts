import { spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startTracing, tracingEndpoint } from '../../../src/adapters/tracing/start-tracing.ts';
import { tracedChannel } from '../../../src/adapters/tracing/traced-channel.ts';
import { tracedSource } from '../../../src/adapters/tracing/traced-source.ts';
import { currentSpan, traced } from '../../../src/adapters/tracing/traced.ts';
import type { Channel, SendResult } from '../../../src/app/ports/channel.ts';
import type { Source } from '../../../src/app/ports/source.ts';
import type { Notification } from '../../../src/domain/notification/notification.ts';
import { memoryLog } from '../../support/memory-log.ts';

interface SpanWire {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

interface ExportWire {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: SpanWire['attributes'] };
    readonly scopeSpans: readonly { readonly spans: readonly SpanWire[] }[];
  }[];
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A collector that keeps what it gets. */
async function aCollector(status = 200) {
  const exports: { path: string; body: ExportWire }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      exports.push({ path: request.url ?? '', body: JSON.parse(Buffer.concat(chunks).toString()) as ExportWire });
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  const spans = (): SpanWire[] =>
    exports.flatMap(({ body }) =>
      body.resourceSpans.flatMap((each) => each.scopeSpans.flatMap((scope) => scope.spans)),
    );
  return { exports, spans, url: `http://127.0.0.1:${port}` };
}

const source: Source = {
  name: 'main',
  clock: async () => await Promise.resolve({ kind: 'ok', now: 1, roundTripMs: 1 }),
  read: async () =>
    await Promise.resolve([{ kind: 'failed', failure: { reason: 'timeout', detail: 'no answer in 5 s' } }]),
  recorded: async () => await Promise.resolve([]),
  recordedPast: async () => await Promise.resolve({ kind: 'recorded-past', looks: [] }),
  history: async () => await Promise.resolve([]),
  buckets: async () => await Promise.resolve([]),
  arrivals: async () => await Promise.resolve([]),
};

function aChannel(result: SendResult): Channel {
  return {
    name: 'pager',
    type: 'webhook',
    concurrency: 1,
    send: async () => await Promise.resolve(result),
    close: async () => await Promise.resolve(),
  };
}

const notification = { id: 'n1', channel: 'pager', incidentId: 'inc-1', sequence: 1, kind: 'firing' } as Notification;
const never = new AbortController().signal;

function attributesOf(span: SpanWire | undefined): Record<string, unknown> {
  return Object.fromEntries(span?.attributes.map(({ key, value }) => [key, Object.values(value)[0]]) ?? []);
}

describe('with an endpoint', () => {
  test('a poll, its query and a delivery arrive as spans, and the log can name them', async () => {
    const collector = await aCollector();
    const tracing = await startTracing({
      endpoint: collector.url,
      serviceName: 'andon-test',
      version: '1.2.3',
      log: memoryLog(),
    });
    let inPoll: ReturnType<typeof currentSpan>;
    const answers = await traced('poll', { 'andon.service': 'checkout' }, async () => {
      inPoll = currentSpan();
      return await tracedSource(source).read([], 0, never);
    });
    const attempt = { notification, collapsed: [], attempt: 2 };
    await tracedChannel(aChannel({ kind: 'retry', reason: 'throttled', detail: 'try later' })).send(attempt, never);
    await tracedChannel(aChannel({ kind: 'accepted' })).send(attempt, never);
    await tracing.stop();
    await tracing.stop();

    const [query, poll, refused, accepted] = collector.spans();
    expect(answers).toHaveLength(1);
    expect(collector.exports[0]?.path).toBe('/v1/traces');
    expect(collector.spans().map(({ name }) => name)).toEqual(['query', 'poll', 'delivery', 'delivery']);
    expect(poll).toMatchObject({ traceId: inPoll?.traceId, spanId: inPoll?.spanId });
    expect(query).toMatchObject({
      traceId: poll?.traceId,
      parentSpanId: poll?.spanId,
      status: { code: 2, message: 'no answer in 5 s' },
    });
    expect(attributesOf(query)).toMatchObject({
      'andon.source': 'main',
      'andon.operation': 'read',
      'andon.reason': 'timeout',
    });
    expect(attributesOf(refused)).toMatchObject({
      'andon.outcome': 'retry',
      'andon.reason': 'throttled',
      'andon.attempt': 2,
    });
    expect(accepted?.status.code ?? 0).toBe(0);
    const resource = collector.exports[0]?.body.resourceSpans[0]?.resource.attributes ?? [];
    expect(Object.fromEntries(resource.map(({ key, value }) => [key, value['stringValue']]))).toMatchObject({
      'service.name': 'andon-test',
      'service.version': '1.2.3',
    });
    expect(currentSpan()).toBeUndefined();
  });

  test('an error passes through unchanged and marks its span', async () => {
    const collector = await aCollector();
    const tracing = await startTracing({
      endpoint: `${collector.url}/`,
      serviceName: 's',
      version: '1',
      log: memoryLog(),
    });
    const error = new Error('boom');

    await expect(traced('poll', {}, async () => await Promise.reject(error))).rejects.toBe(error);
    await tracing.stop();

    expect(collector.spans()).toMatchObject([{ name: 'poll', status: { code: 2 } }]);
  });

  test('a collector that refuses is told in the log, and stopping ends all the same', async () => {
    const collector = await aCollector(400);
    const log = memoryLog();
    const tracing = await startTracing({ endpoint: collector.url, serviceName: 's', version: '1', log });
    await traced('poll', {}, async () => await Promise.resolve());
    await tracing.stop();

    expect(log.lines).toContainEqual(expect.objectContaining({ level: 'warn', message: 'tracing has a problem' }));
  });

  test.each(['collector:4318', 'ftp://collector', ''])('%p is refused with what to write instead', async (endpoint) => {
    await expect(startTracing({ endpoint, serviceName: 's', version: '1', log: memoryLog() })).rejects.toThrow(
      'http://collector:4318',
    );
  });
});

describe('the environment', () => {
  test.each([
    [{}, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318' }, 'http://a:4318'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b' }, 'http://b'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_SDK_DISABLED: 'true' }, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_TRACES_EXPORTER: 'none' }, undefined],
  ])('%j means %p', (env, endpoint) => {
    expect(tracingEndpoint(env)).toBe(endpoint);
  });
});

describe('without an endpoint', () => {
  /** The OpenTelemetry packages that a process has loaded after starting tracing. */
  function loaded(endpoint: string | undefined): string[] {
    const code = `
      import { registerHooks } from 'node:module';
      const files = [];
      registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) });
      const { startTracing } = await import('./src/adapters/tracing/start-tracing.ts');
      const { tracedSource } = await import('./src/adapters/tracing/traced-source.ts');
      const nothing = () => undefined;
      const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
      const tracing = await startTracing({ ...${JSON.stringify({ endpoint })}, serviceName: 's', version: '1', log });
      tracedSource({ name: 'main' });
      await tracing.stop();
      console.log(JSON.stringify([...new Set(files.map((file) => /@opentelemetry\\/[^/]+/.exec(file)?.[0]))]));`;
    const ended = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', code], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    if (ended.status !== 0) throw new Error(ended.stderr);
    return (JSON.parse(ended.stdout) as (string | null)[]).filter((name) => name !== null);
  }

  test('the SDK is not loaded, so that a small sidecar stays small', () => {
    const sdk = ['@opentelemetry/sdk-node', '@opentelemetry/exporter-trace-otlp-http'];

    expect(loaded(undefined).filter((name) => name !== '@opentelemetry/api')).toEqual([]);
    expect(loaded('http://127.0.0.1:9')).toEqual(expect.arrayContaining(sdk));
  });

  test('work runs and returns as if nothing were traced', async () => {
    expect(await traced('poll', {}, async () => await Promise.resolve(7))).toBe(7);
    expect(currentSpan()).toBeUndefined();
  });
});
