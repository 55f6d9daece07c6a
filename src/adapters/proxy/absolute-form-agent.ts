import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { HttpProxyAgent } from 'http-proxy-agent';
import { Openings } from './openings.ts';
import type { ConnectionWishes, ProxyEnd } from './proxy-end.ts';

type Connect = HttpProxyAgent<string>['connect'];

/** Requests to http targets, which the proxy is asked for by their whole URL. */
export class AbsoluteFormAgent extends HttpProxyAgent<string> {
  readonly #end: ProxyEnd;
  readonly #openings: Openings;

  constructor(end: ProxyEnd, { openWithinMs, idleMs }: ConnectionWishes) {
    super(end.url, { keepAlive: true, scheduling: 'lifo', ...(idleMs === undefined ? {} : { timeout: idleMs }) });
    this.#end = end;
    this.#openings = new Openings(openWithinMs);
    this.protocol = 'http:';
  }

  /** The library would take the host from the header of that name, which settings may set, or from a path that starts with two slashes. */
  override setRequestProps(request: Parameters<Connect>[0], { host = '', port }: Parameters<Connect>[1]): void {
    const authority = isIPv6(host) ? `[${host}]` : host;
    request.path = `http://${authority}${port === 80 ? '' : `:${port}`}${request.path}`;
    for (const [name, value] of Object.entries(this.#end.headers())) request.setHeader(name, value);
  }

  override async connect(request: Parameters<Connect>[0], options: Parameters<Connect>[1]): ReturnType<Connect> {
    return await this.#openings.run(request, async (signal) => {
      // Read in the same turn by `super.connect`, so that no other request's stand there.
      this.connectOpts = { ...this.connectOpts, ...this.#end.tls(), signal };
      const socket = await super.connect(request, options);
      // What is wrong with the proxy's certificate would otherwise be told of the target.
      if (this.proxy.protocol === 'https:') await once(socket, 'secureConnect');
      return socket;
    });
  }

  override destroy(): void {
    this.#openings.close();
    super.destroy();
  }
}
