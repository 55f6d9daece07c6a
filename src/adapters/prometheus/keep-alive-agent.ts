import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { failed } from './failure.ts';
import type { Failed } from './failure.ts';
import type { TlsOptions } from './options.ts';
import type { OutgoingProxy } from './outgoing-proxy.ts';
import { SecretFile } from './secret-file.ts';

/** An agent for one request; `done` says that the request has ended. */
export type LentAgent = { readonly kind: 'ok'; readonly agent: HttpAgent | HttpsAgent; done(): void } | Failed;

/** What connections go by, and how long it may take until one stands. */
export interface ProxyUse {
  readonly proxy: OutgoingProxy;
  readonly openWithinMs: number;
}

interface Pool {
  readonly agent: HttpAgent | HttpsAgent;
  readonly version: string;
  inUse: number;
  retired: boolean;
}

/** Keeps connections open between requests; takes new ones when the certificate files have changed. */
export class KeepAliveAgent {
  readonly #tls: TlsOptions | undefined;
  readonly #files: Readonly<Partial<Record<'ca' | 'cert' | 'key', SecretFile>>>;
  readonly #https: boolean;
  readonly #by: ProxyUse | undefined;
  #pool: Pool | undefined;

  constructor(url: string, tls: TlsOptions | undefined, monotonic: () => number, by?: ProxyUse) {
    this.#by = by;
    this.#https = new URL(url).protocol === 'https:';
    this.#tls = tls;
    this.#files = {
      ...(tls?.caFile === undefined ? {} : { ca: new SecretFile(tls.caFile, monotonic) }),
      ...(tls?.certFile === undefined ? {} : { cert: new SecretFile(tls.certFile, monotonic) }),
      ...(tls?.keyFile === undefined ? {} : { key: new SecretFile(tls.keyFile, monotonic) }),
    };
  }

  async lend(): Promise<LentAgent> {
    const texts: { ca?: string; cert?: string; key?: string } = {};
    if (this.#https) {
      for (const [use, file] of Object.entries(this.#files)) {
        const text = await file.read();
        if (text.kind === 'unreadable') return failed('rejected', text.detail);
        texts[use as 'ca' | 'cert' | 'key'] = text.text;
      }
    }
    const unready = await this.#by?.proxy.ready();
    if (unready !== undefined) return failed('rejected', unready);
    const version = JSON.stringify(texts);
    if (this.#pool?.version !== version) {
      const agent = this.#create(texts);
      if ('kind' in agent) return agent;
      retire(this.#pool);
      this.#pool = { agent, version, inUse: 0, retired: false };
    }
    const pool = this.#pool;
    pool.inUse++;
    const done = (): void => {
      pool.inUse--;
      if (pool.retired && pool.inUse === 0) pool.agent.destroy();
    };
    return { kind: 'ok', agent: pool.agent, done };
  }

  close(): void {
    this.#pool?.agent.destroy();
    this.#pool = undefined;
  }

  #create(texts: { ca?: string; cert?: string; key?: string }): HttpAgent | HttpsAgent | Failed {
    // The last used connection first: idle ones then age out at the far end instead of being reset under us.
    const options = { keepAlive: true, scheduling: 'lifo' } as const;
    const tls = {
      ...texts,
      ...(this.#tls?.serverName === undefined ? {} : { servername: this.#tls.serverName }),
      rejectUnauthorized: this.#tls?.insecureSkipVerify !== true,
    };
    if (this.#by !== undefined) {
      const { proxy, openWithinMs } = this.#by;
      return proxy.agent(this.#https ? 'https:' : 'http:', { openWithinMs }, tls);
    }
    return this.#https ? new HttpsAgent({ ...options, ...tls }) : new HttpAgent(options);
  }
}

function retire(pool: Pool | undefined): void {
  if (pool === undefined) return;
  pool.retired = true;
  if (pool.inUse === 0) pool.agent.destroy();
}
