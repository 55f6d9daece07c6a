import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web server that only this machine can reach. */
export interface LoopbackServer {
  readonly url: string;
  /** Stops listening and hangs up on everyone. */
  readonly close: () => Promise<void>;
}

/** Serves on a free loopback port. */
export async function serveOnLoopback(app: RequestListener): Promise<LoopbackServer> {
  const server = createServer(app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
