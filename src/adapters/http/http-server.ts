import { createServer, type Server } from 'node:http';
import { MemoryStore } from 'express-rate-limit';
import { isLoopbackAddress } from './admission.ts';
import { allEndpoints } from './endpoints/all-endpoints.ts';
import { createApp } from './http-app.ts';
import type { HttpParts } from './http-parts.ts';

/** Who may change something, and how often. */
export interface Admission {
  /** Requests that change something must bear its content. */
  readonly tokenFile?: string;
  /** Per address; 600 unless told otherwise. */
  readonly changesPerMinute?: number;
}

export interface HttpOptions extends Admission {
  /** Port 0 takes a free one. Without a host, every address of whatever family the machine has. */
  readonly listen: { readonly host?: string; readonly port: number };
  readonly version: string;
}

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly url: string;
}

export interface HttpServer extends AsyncDisposable {
  /** Rejects with HttpListenError. */
  start(): Promise<Address>;
  /** Counts from the next request on. */
  admit(admission: Admission): void;
  /** Lets requests under way finish for two seconds. May be called twice. */
  stop(): Promise<void>;
}

/** The server cannot listen where it was told to; the message says what to do. */
export class HttpListenError extends Error {
  override readonly name = 'HttpListenError';
}

const headersTimeoutMs = 10_000;
const requestTimeoutMs = 15_000;
const idleTimeoutMs = 30_000;
const mostConnections = 512;
const graceMs = 2_000;

/** The HTTP API, the page and the metrics, on one address; bounded in size, time and number of connections. */
export function createHttpServer(options: HttpOptions, parts: HttpParts): HttpServer {
  let loopbackOnly = false;
  let admission: Admission = options;
  const rates = new MemoryStore();
  const app = createApp({
    endpoints: allEndpoints(parts, options.version),
    telemetry: parts.telemetry,
    log: parts.log,
    rates,
    tokenFile: () => admission.tokenFile,
    loopbackOnly: () => loopbackOnly,
    changesPerMinute: () => admission.changesPerMinute ?? 600,
  });
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: idleTimeoutMs,
      connectionsCheckingInterval: 5_000,
    },
    app,
  );
  server.maxConnections = mostConnections;
  server.setTimeout(idleTimeoutMs);
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    rates.shutdown();
    stopped ??= close(server);
    await stopped;
  };
  return {
    async start() {
      const address = await listen(server, options.listen);
      loopbackOnly = isLoopbackAddress(address.host);
      return address;
    },
    admit(next) {
      admission = next;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function listen(server: Server, { host, port }: HttpOptions['listen']): Promise<Address> {
  const asked = `${host === undefined ? '' : host.includes(':') ? `[${host}]` : host}:${port}`;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new HttpListenError(`cannot listen on ${asked}: ${remedy(error.code)}`, { cause: error }));
    });
    // Without a host, Node takes IPv4 alone where the kernel knows no IPv6.
    server.listen({ port, ...(host === undefined ? {} : { host }) }, resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new HttpListenError(`${asked} is no TCP address`);
  const shown = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return { host: bound.address, port: bound.port, url: `http://${shown}:${bound.port}` };
}

function remedy(code: string | undefined): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'another process does; stop it or choose another port';
    case 'EACCES':
      return 'this user may not use that port; choose one above 1023';
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'this machine has no such address; 127.0.0.1 or 0.0.0.0 always works';
    case undefined:
    default:
      return code ?? 'unknown error';
  }
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  server.closeIdleConnections();
  const timer = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  await closed;
  clearTimeout(timer);
}
