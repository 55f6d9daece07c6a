import type { ClientRequest } from 'node:http';
import { checkServerIdentity, type ConnectionOptions, type PeerCertificate } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { Openings } from './openings.ts';
import type { ConnectionWishes, ProxyEnd } from './proxy-end.ts';
import { ProxyError } from './proxy-error.ts';

type Connect = HttpsProxyAgent<string>['connect'];

/** How to trust a target and prove who Andon is, as without a proxy. */
export type TargetTls = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;

/** Connections to https targets through CONNECT. */
export class TunnelAgent extends HttpsProxyAgent<string> {
  readonly #end: ProxyEnd;
  readonly #target: TargetTls;
  readonly #openings: Openings;

  constructor(end: ProxyEnd, { openWithinMs, idleMs }: ConnectionWishes, target: TargetTls) {
    super(end.url, { keepAlive: true, scheduling: 'lifo', headers: () => end.headers() });
    this.#end = end;
    this.#target = target;
    this.#openings = new Openings(openWithinMs);
    this.protocol = 'https:';
    // What its constructor is given is for the connection to the proxy only.
    if (idleMs !== undefined) this.options.timeout = idleMs;
  }

  override async connect(request: ClientRequest, options: Parameters<Connect>[1]): ReturnType<Connect> {
    return await this.#openings.run(request, async (signal) => {
      let status = 0;
      request.once('proxyConnect', (answer: { readonly statusCode: number }) => {
        status = answer.statusCode;
      });
      // Read in the same turn by `super.connect`, so that no other request's stand there.
      this.connectOpts = { ...this.connectOpts, ...this.#end.tls(), signal };
      const socket = await super.connect(request, { ...options, ...this.#targetOf(options) } as typeof options);
      if (status === 200) return socket;
      // Otherwise the proxy's refusal would pass for the target's answer.
      socket.destroy();
      throw new ProxyError({ kind: 'status', status });
    });
  }

  override destroy(): void {
    this.#openings.close();
    super.destroy();
  }

  /** The target's host is left out of what is connected over the tunnel, and an address has no server name: it would pass for another host. */
  #targetOf({ host = '' }: Parameters<Connect>[1]): ConnectionOptions {
    const name = this.#target.servername ?? host;
    return {
      ...this.#target,
      checkServerIdentity: (_name: string, certificate: PeerCertificate) => checkServerIdentity(name, certificate),
    };
  }
}
