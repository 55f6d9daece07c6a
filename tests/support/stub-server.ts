import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface StubRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** The form that was posted. */
  readonly form: URLSearchParams;
}

/** An HTTP server that answers as a test says. */
export interface StubServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly StubRequest[];
  /** Connections accepted so far. */
  readonly connections: number;
}

export type StubAnswer = (request: StubRequest, response: ServerResponse, count: number) => void;

/** Starts a stub on a loopback port; over TLS when options for it are given. `count` is 1 for the first request. */
export async function startStub(answer: StubAnswer, tls?: ServerOptions): Promise<StubServer> {
  const requests: StubRequest[] = [];
  let connections = 0;
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      const seen = { path: request.url ?? '', headers: request.headers, form };
      requests.push(seen);
      answer(seen, response, requests.length);
    });
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface StubSeries {
  readonly metric?: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** Answers with a vector, and whatever else belongs into the envelope. */
export function answerVector(response: ServerResponse, result: readonly StubSeries[], more: object = {}): void {
  answerJson(response, 200, { status: 'success', data: { resultType: 'vector', result }, ...more });
}

export function answerJson(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
