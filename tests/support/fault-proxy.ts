import { once } from 'node:events';
import { Agent, createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** What goes wrong between a monitor and its source. */
export const queryFaults = [
  'refused',
  'reset',
  'slow',
  'hang',
  'hang-mid-body',
  'status-429',
  'status-500',
  'status-503',
  'truncated-json',
  'html',
  'gzip-bomb',
  'warnings-empty',
  'empty',
  'nan',
  'hour-old',
  'duplicates',
  'wrong-type',
  'redirect-loop',
] as const;
export type QueryFault = (typeof queryFaults)[number];

export interface FaultProxy extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Requests that came while a fault was on. */
  readonly faulted: number;
  /** Injects a fault from the next request on; undefined heals. Requests that hang are cut off by healing. */
  set(fault: QueryFault | undefined): Promise<void>;
}

interface Passed {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const hourSeconds = 3600;
/** Longer than the timeout of any source in the tests, ms. */
const slowMs = 4_000;
const bombBytes = 96 * 1_048_576;
let bomb: Buffer | undefined;

/** Starts an HTTP proxy on a loopback port in front of a Prometheus-compatible API; it passes everything on until told otherwise. */
export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const timers = new Set<NodeJS.Timeout>();
  const hanging = new Set<ServerResponse>();
  let fault: QueryFault | undefined;
  let faulted = 0;

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void answer(request, response).catch(() => request.socket.destroy());
  };
  const newServer = () => createServer({ keepAliveTimeout: 60_000 }, listener);
  let server = newServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const now = fault;
    if (now === undefined) {
      const passed = await pass(request, body);
      response.writeHead(passed.status, { 'content-type': passed.type }).end(passed.body);
      return;
    }
    faulted += 1;
    await fail(now, request, body, response);
  }

  async function pass(request: IncomingMessage, body: string): Promise<Passed> {
    const { method = 'GET', url: path = '/', headers } = request;
    const outgoing = ask(`${upstream}${path}`, {
      method,
      agent,
      headers: {
        ...(headers['content-type'] === undefined ? {} : { 'content-type': headers['content-type'] }),
        'content-length': Buffer.byteLength(body),
      },
    });
    outgoing.end(body);
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    const type = incoming.headers['content-type'] ?? 'application/json';
    return { status: incoming.statusCode ?? 502, type, body: await textOf(incoming) };
  }

  async function fail(
    kind: QueryFault,
    request: IncomingMessage,
    body: string,
    response: ServerResponse,
  ): Promise<void> {
    const json = { 'content-type': 'application/json' };
    const rewritten = async (change: (envelope: Envelope) => unknown): Promise<void> => {
      const passed = await pass(request, body);
      response.writeHead(passed.status, json).end(JSON.stringify(change(JSON.parse(passed.body) as Envelope)));
    };
    switch (kind) {
      case 'refused':
      case 'reset':
        request.socket.resetAndDestroy();
        return;
      case 'slow': {
        hanging.add(response);
        const timer = setTimeout(() => {
          timers.delete(timer);
          hanging.delete(response);
          void pass(request, body).then(
            (passed) => response.writeHead(passed.status, json).end(passed.body),
            () => response.destroy(),
          );
        }, slowMs);
        timers.add(timer);
        return;
      }
      case 'hang':
        hanging.add(response);
        return;
      case 'hang-mid-body': {
        const passed = await pass(request, body);
        hanging.add(response);
        response.writeHead(200, { ...json, 'content-length': Buffer.byteLength(passed.body) });
        response.write(passed.body.slice(0, passed.body.length / 2));
        return;
      }
      case 'status-429':
        response.writeHead(429, { ...json, 'retry-after': '1' }).end('slow down');
        return;
      case 'status-500':
        response.writeHead(500, json).end('{"status":"error","errorType":"internal","error":"injected"}');
        return;
      case 'status-503':
        response.writeHead(503).end('no healthy upstream');
        return;
      case 'truncated-json': {
        const passed = await pass(request, body);
        response.writeHead(200, json).end(passed.body.slice(0, passed.body.length / 2));
        return;
      }
      case 'html':
        response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>');
        return;
      case 'gzip-bomb':
        bomb ??= gzipSync(Buffer.alloc(bombBytes, ' '));
        response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(bomb);
        return;
      case 'warnings-empty':
        await rewritten((envelope) => ({
          ...withResult(envelope, () => []),
          warnings: ['partial response: a store is unavailable'],
        }));
        return;
      case 'empty':
        await rewritten((envelope) => withResult(envelope, () => []));
        return;
      case 'nan':
        await rewritten((envelope) =>
          withResult(envelope, (result) => result.map((series) => withPoints(series, ([at]) => [at, 'NaN']))),
        );
        return;
      case 'hour-old':
        await rewritten((envelope) =>
          withResult(envelope, (result) => result.map((series) => withPoints(series, anHourOlder))),
        );
        return;
      case 'duplicates':
        await rewritten((envelope) => withResult(envelope, (result) => [...result, ...result]));
        return;
      case 'wrong-type':
        await rewritten((envelope) => ({
          ...envelope,
          data: { resultType: 'string', result: [Date.now() / 1000, 'hello'] },
        }));
        return;
      case 'redirect-loop':
        response.writeHead(302, { location: `${url}${request.url ?? '/'}` }).end();
    }
  }

  function letGo(): void {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    for (const response of hanging) response.destroy();
    hanging.clear();
  }

  async function shut(): Promise<void> {
    letGo();
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  return {
    url,
    port,
    get faulted() {
      return faulted;
    },
    async set(next) {
      fault = next;
      letGo();
      if (next === 'refused') await shut();
      else if (!server.listening) {
        server = newServer().listen(port, '127.0.0.1');
        await once(server, 'listening');
      }
    },
    async [Symbol.asyncDispose]() {
      await shut();
      agent.destroy();
    },
  };
}

interface Envelope {
  readonly data?: { readonly resultType: string; readonly result: readonly Series[] };
}
interface Series {
  readonly value?: Point;
  readonly values?: readonly Point[];
}
type Point = readonly [number, string];

/** Scalars stay: a source that lost its data still knows the time. */
function withResult(envelope: Envelope, change: (result: readonly Series[]) => readonly Series[]): Envelope {
  const { data } = envelope;
  if (data?.resultType !== 'vector' && data?.resultType !== 'matrix') return envelope;
  return { ...envelope, data: { ...data, result: change(data.result) } };
}

function withPoints(series: Series, change: (point: Point) => Point): Series {
  return {
    ...series,
    ...(series.value === undefined ? {} : { value: change(series.value) }),
    ...(series.values === undefined ? {} : { values: series.values.map(change) }),
  };
}

/** The sample's own time, and its value where the value is a time, as `timestamp()` gives it. */
function anHourOlder([at, value]: Point): Point {
  const number = Number(value);
  const isTime = Math.abs(number - Date.now() / 1000) < 2 * hourSeconds;
  return [at - hourSeconds, isTime ? String(number - hourSeconds) : value];
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
