import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A scrape target whose exposition the test sets. */
export interface ScrapeTarget extends AsyncDisposable {
  /** host:port, as a scrape configuration wants it. */
  readonly address: string;
  /** Exposition text from now on; a function is asked at each scrape. */
  set(text: string | (() => string)): void;
  /** Serves something other than text, such as protobuf exposition. */
  setBody(contentType: string, body: () => Uint8Array): void;
  /** From now on every scrape fails (HTTP 503), as from a process that went away. */
  vanish(): void;
  /** Scrapes answered so far, failed ones included. */
  readonly scrapes: number;
  /** Resolves when `count` further scrapes have been answered. */
  scraped(count?: number): Promise<void>;
  stop(): Promise<void>;
}

function asBody(given: string | (() => string)): () => string {
  return typeof given === 'string' ? () => given : given;
}

/** Starts a scrape target on a loopback port; it answers on every path. */
export async function startScrapeTarget(text: string | (() => string) = ''): Promise<ScrapeTarget> {
  const textType = 'text/plain; version=0.0.4; charset=utf-8';
  let current: { readonly type: string; readonly body: () => string | Uint8Array } | undefined = {
    type: textType,
    body: asBody(text),
  };
  let scrapes = 0;
  const waiting = new Set<{ left: number; readonly resolve: () => void }>();
  const server = createServer((_request, response) => {
    if (current === undefined) response.writeHead(503).end();
    else response.writeHead(200, { 'content-type': current.type }).end(current.body());
    response.once('close', () => {
      scrapes++;
      for (const waiter of waiting) {
        if (--waiter.left > 0) continue;
        waiting.delete(waiter);
        waiter.resolve();
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return {
    address: `127.0.0.1:${port}`,
    set(given) {
      current = { type: textType, body: asBody(given) };
    },
    setBody(type, body) {
      current = { type, body };
    },
    vanish() {
      current = undefined;
    },
    get scrapes() {
      return scrapes;
    },
    async scraped(count = 1) {
      return new Promise<void>((resolve) => waiting.add({ left: count, resolve }));
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
