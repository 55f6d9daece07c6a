import type { Agent } from 'node:http';
import { bypassOf } from './bypass.ts';
import { explainFault, type ProxyFailure } from './explain-fault.ts';
import { proxyFaultOf } from './proxy-error.ts';
import type { ConnectionWishes, ProxyEnd } from './proxy-end.ts';
import type { makeAgent } from './make-agent.ts';
import type { TargetTls } from './tunnel-agent.ts';

/** A forward proxy as settings describe it. What reads a file rejects with an Error whose message is for people. */
export interface ForwardProxyOptions {
  /** http or https, without a user name. */
  readonly url: string;
  readonly basicAuth?: { readonly username: string; readonly readPassword: () => Promise<string> };
  /** Names, suffixes with a leading full stop, addresses and networks that are reached without it. */
  readonly except: readonly string[];
  /** The authority to trust where the proxy itself speaks TLS; the usual ones when left out. */
  readonly readCa?: () => Promise<string>;
}

/** The way out through a forward proxy: https by CONNECT, http by the target's whole URL. */
export class ForwardProxy {
  /** `the proxy proxy.example.com:3128`. */
  readonly name: string;
  readonly #options: ForwardProxyOptions;
  readonly #bypasses: (hostname: string) => boolean;
  #authorization: string | undefined;
  #secrets: readonly string[] = [];
  #ca: string | undefined;
  #makeAgent: typeof makeAgent | undefined;

  constructor(options: ForwardProxyOptions) {
    const { protocol, hostname, port } = new URL(options.url);
    this.name = `the proxy ${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
    this.#options = options;
    this.#bypasses = bypassOf(options.except);
  }

  /** Whether requests to a host go by it, as its name or literal address tells. */
  isFor(hostname: string): boolean {
    return !this.#bypasses(hostname);
  }

  /** Texts that must not be told, as they stood when it was last made ready. */
  get secrets(): readonly string[] {
    return this.#secrets;
  }

  /** Reads its files, which may have been replaced; to be called before each request. Says what is wrong with them, if anything. */
  async ready(): Promise<string | undefined> {
    const { basicAuth, readCa } = this.#options;
    this.#makeAgent ??= (await import('./make-agent.ts')).makeAgent;
    try {
      if (basicAuth !== undefined) {
        const password = await basicAuth.readPassword();
        const credentials = Buffer.from(`${basicAuth.username}:${password}`).toString('base64');
        this.#authorization = `Basic ${credentials}`;
        this.#secrets = [credentials, password];
      }
      if (readCa !== undefined) this.#ca = await readCa();
      return undefined;
    } catch (error) {
      return `${this.name} cannot be used: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** Connections that are kept open, for requests to targets of one scheme, once it has been made ready. Whoever asked for it destroys it. */
  agent(scheme: 'http:' | 'https:', wishes: ConnectionWishes, target: TargetTls = {}): Agent {
    if (this.#makeAgent === undefined) throw new Error('a proxy has to be made ready before it is used');
    const end: ProxyEnd = {
      url: this.#options.url,
      headers: () => (this.#authorization === undefined ? {} : { 'proxy-authorization': this.#authorization }),
      tls: () => (this.#ca === undefined ? {} : { ca: this.#ca }),
    };
    return this.#makeAgent(scheme, end, wishes, target);
  }

  /** Why a request to `where` got no further than the proxy; undefined when that is not what failed. */
  failureOf(error: unknown, where: string): ProxyFailure | undefined {
    const fault = proxyFaultOf(error);
    return fault === undefined ? undefined : this.#explain(fault, where);
  }

  /** What an answer to a request by whole URL means that only a proxy gives; undefined when the target may have given it. */
  refusalIn(status: number, where: string): ProxyFailure | undefined {
    return status === 407 ? this.#explain({ kind: 'status', status }, where) : undefined;
  }

  #explain(fault: Parameters<typeof explainFault>[0], where: string): ProxyFailure {
    return explainFault(fault, this.name, where, this.#options.basicAuth !== undefined);
  }
}
