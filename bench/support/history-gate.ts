import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

/** A way to a source on which questions about the past can be refused. */
export interface HistoryGate extends AsyncDisposable {
  readonly url: string;
  /** From now on range queries are let through. */
  open(): void;
}

/** Polls and the first fill run side by side in Andon; what each costs the source can be told apart only if one waits. */
export async function startHistoryGate(target: string): Promise<HistoryGate> {
  let isOpen = false;
  const server = createServer((asked, answer) => {
    const path = asked.url ?? '/';
    if (!isOpen && path.startsWith('/api/v1/query_range')) {
      asked.resume();
      answer.writeHead(503).end();
      return;
    }
    const onward = request(new URL(path, target), { method: asked.method ?? 'GET', headers: asked.headers });
    onward.once('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      pipeline(response, answer, () => undefined);
    });
    onward.once('error', () => answer.destroy());
    // A client that gives up must be seen to by the source too, or it goes on working for nobody.
    answer.once('close', () => onward.destroy());
    pipeline(asked, onward, () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open() {
      isOpen = true;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
