import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What one scrape of a shop was answered with. */
export interface ShopScrape {
  readonly total: number;
  readonly bad: number;
  /** When the answer had left, on `performance.now()`. */
  readonly endedAt: number;
}

/** A service with steady traffic, as its metrics tell it. */
export interface Shop {
  readonly name: string;
  readonly perSecond: number;
  readonly scrapes: readonly ShopScrape[];
  /** When it began to fail, on `performance.now()`. */
  readonly failedAt: number | undefined;
  /** From now on this share of requests fails. */
  fail(share: number): void;
}

export interface Shops extends AsyncDisposable {
  /** host:port; each shop's metrics stand at `/<name>`. */
  readonly address: string;
  readonly all: readonly Shop[];
}

const perSecond = 100;

/** Serves many shops from one port. */
export async function startShops(names: readonly string[]): Promise<Shops> {
  const shops = new Map(names.map((name) => [name, createShop(name)]));
  const server = createServer((request, response) => {
    const shop = shops.get((request.url ?? '').slice(1));
    if (shop === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { text, total, bad } = shop.expose();
    response.once('finish', () => shop.scrapes.push({ total, bad, endedAt: performance.now() }));
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    all: [...shops.values()],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function createShop(name: string) {
  const startedAt = performance.now();
  const scrapes: ShopScrape[] = [];
  let failure: { readonly at: number; readonly share: number } | undefined;
  return {
    name,
    perSecond,
    scrapes,
    get failedAt() {
      return failure?.at;
    },
    fail(share: number) {
      failure = { at: performance.now(), share };
    },
    /** Counters are worked out from the time, so that traffic needs no timer and no CPU. */
    expose() {
      const now = performance.now();
      const total = Math.floor(((now - startedAt) / 1_000) * perSecond);
      const bad = failure === undefined ? 0 : Math.floor(((now - failure.at) / 1_000) * perSecond * failure.share);
      const text =
        '# TYPE http_requests_total counter\n' +
        `http_requests_total{code="200"} ${total - bad}\n` +
        `http_requests_total{code="500"} ${bad}\n`;
      return { text, total, bad };
    },
  };
}
