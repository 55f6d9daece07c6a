import type { lookup as systemLookup } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import pLimit from 'p-limit';
import type { SendResult } from '../../../app/ports/channel.ts';
import type { Clock } from '../../../app/ports/clock.ts';
import type { Log } from '../../../app/ports/log.ts';
import { AddressGuard } from './address-guard.ts';
import { forbidden } from './answer.ts';
import { exchange, type Answered, type Exchange } from './exchange.ts';
import type { OutgoingProxy } from './outgoing-proxy.ts';
import { SecretFile, SecretFileError } from './secret-file.ts';
import { urlProblem } from './url-problem.ts';
import { secretsIn, withoutSecrets } from './without-secrets.ts';

/** How a channel that posts over HTTP is declared. Files are read again whenever they change. */
export interface PostingOptions {
  readonly name: string;
  /** Where to post to. Its path and query may be a secret; exactly one of `url` and `urlFile` is given. */
  readonly url?: string;
  readonly urlFile?: string;
  /** For the whole exchange, ms. */
  readonly timeoutMs: number;
  /** How many posts may be under way at once. */
  readonly concurrency: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Headers whose values are secrets, by name: the file that holds the value. */
  readonly headerFiles: Readonly<Record<string, string>>;
  /** CIDRs that are let through whatever is denied. */
  readonly allowAddresses: readonly string[];
  /** CIDRs denied on top of link-local and cloud metadata addresses. */
  readonly denyAddresses: readonly string[];
}

export interface PostingParts {
  readonly clock: Pick<Clock, 'now'>;
  /** Resolves names; the system's own unless given. */
  readonly lookup?: typeof systemLookup;
  /** What posts go by, but for the hosts that it leaves out; absent: straight to the receiver. */
  readonly proxy?: OutgoingProxy;
}

/** What a channel needs that posts what may be of other words than usual: it says so when those fail. */
export interface ChannelParts extends PostingParts {
  readonly log: Log;
}

/** One message to post. */
export interface Post {
  readonly body: string;
  /** Over the configured headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** Appended to the path of the configured URL, such as `/api/v2/alerts`. */
  readonly path?: string;
  /** What an answer means where the receiver has ways of its own; undefined: what its status means everywhere. */
  readonly judge?: (answered: Answered) => SendResult | undefined;
  /** How much of the answer is kept to be judged, bytes; 2,000 unless told otherwise. */
  readonly keepBytes?: number;
}

/** The receiver does not hold a socket open for longer than it says; this bounds idle ones where it says nothing, ms. */
const idleSocketMs = 30_000;
/** What of a post's time a proxy may take until a connection stands, so that it can be told from a late receiver. */
const shareToConnect = 0.9;

/** Posts for one channel: secrets from files, addresses guarded, redirects never followed, one pool of connections. */
export class Poster {
  readonly #options: PostingOptions;
  readonly #parts: PostingParts;
  readonly #url: SecretFile | string;
  readonly #headers: readonly HeaderSource[];
  readonly #guard: AddressGuard;
  readonly #agents: { readonly 'http:': HttpAgent; readonly 'https:': HttpsAgent };
  readonly #byProxy = new Map<string, HttpAgent>();
  readonly #limit: <T>(work: () => Promise<T>) => Promise<T>;

  /** `ours` matches headers that only the channel itself may set. Throws an Error for people when the options are wrong. */
  constructor(options: PostingOptions, parts: PostingParts, ours = /^$/) {
    this.#options = options;
    this.#parts = parts;
    this.#url = urlSource(options);
    this.#headers = headerSources(options, ours);
    this.#guard = new AddressGuard(options.allowAddresses, options.denyAddresses, parts.lookup);
    const agent = {
      keepAlive: true,
      maxSockets: options.concurrency,
      timeout: idleSocketMs,
      lookup: this.#guard.lookup,
    };
    this.#agents = { 'http:': new HttpAgent(agent), 'https:': new HttpsAgent(agent) };
    this.#limit = pLimit(options.concurrency);
  }

  /** The content type that is configured, if any. */
  get contentType(): string | undefined {
    const value = this.#headers.find(({ name }) => name === 'content-type')?.value;
    return typeof value === 'string' ? value : undefined;
  }

  /** Posts what `prepare` makes; no secret stands in what comes of it. `prepare` may reject with SecretFileError; nothing else is thrown. */
  async post(prepare: () => Promise<Post>, signal: AbortSignal): Promise<SendResult> {
    let url: URL;
    let post: Post;
    const headers: Record<string, string> = { 'content-type': 'application/json', 'user-agent': 'Andon' };
    const secretHeaders: string[] = [];
    try {
      url = await this.#readUrl();
      for (const { name, value } of this.#headers) {
        headers[name] = typeof value === 'string' ? value : await readHeader(name, value);
        if (typeof value !== 'string') secretHeaders.push(headers[name]);
      }
      post = await prepare();
    } catch (error) {
      if (!(error instanceof SecretFileError)) throw error;
      // A file may be missing while a mounted secret is being replaced, so the next try may find it.
      return { kind: 'retry', reason: 'unreachable', detail: error.message };
    }
    if (!this.#guard.allowsHost(url.hostname)) return forbidden(url.origin);
    const { proxy: anyProxy } = this.#parts;
    const proxy = anyProxy?.isFor(url.hostname) === true ? anyProxy : undefined;
    const unready = await proxy?.ready();
    if (unready !== undefined) return { kind: 'retry', reason: 'unreachable', detail: unready };
    const { authorization } = post.headers;
    const secrets = [
      ...secretsIn(url, authorization === undefined ? secretHeaders : [...secretHeaders, authorization]),
      ...(proxy?.secrets ?? []),
    ];
    const { judge } = post;
    const whole: Exchange = {
      url: post.path === undefined ? url : withPath(url, post.path),
      body: post.body,
      headers: { ...headers, ...post.headers },
      agent: this.#agentFor(url, proxy),
      proxy,
      timeoutMs: this.#options.timeoutMs,
      signal,
      now: () => this.#parts.clock.now(),
      // Nothing else of what comes of it is the receiver's words. Before it is judged, so that none is cut in the middle of a secret.
      ...(judge === undefined
        ? {}
        : { judge: (answered) => judge({ ...answered, text: withoutSecrets(answered.text, secrets) }) }),
      ...(post.keepBytes === undefined ? {} : { keepBytes: post.keepBytes }),
    };
    // An agent by a proxy forgets whoever waits for a place in it when a connection to the proxy fails, so that they wait here.
    return proxy === undefined ? await exchange(whole) : await this.#limit(async () => await exchange(whole));
  }

  async close(): Promise<void> {
    this.#agents['http:'].destroy();
    this.#agents['https:'].destroy();
    for (const agent of this.#byProxy.values()) agent.destroy();
    this.#byProxy.clear();
    await Promise.resolve();
  }

  #agentFor({ protocol }: URL, proxy: OutgoingProxy | undefined): HttpAgent {
    const scheme = protocol === 'https:' ? 'https:' : 'http:';
    if (proxy === undefined) return this.#agents[scheme];
    const openWithinMs = Math.ceil(this.#options.timeoutMs * shareToConnect);
    const agent = this.#byProxy.get(scheme) ?? proxy.agent(scheme, { openWithinMs, idleMs: idleSocketMs });
    this.#byProxy.set(scheme, agent);
    return agent;
  }

  async #readUrl(): Promise<URL> {
    if (typeof this.#url === 'string') return new URL(this.#url);
    const text = await this.#url.read();
    const problem = urlProblem(text);
    if (problem !== undefined) throw new SecretFileError(`${this.#options.urlFile ?? 'the URL file'}: ${problem}`);
    return new URL(text);
  }
}

interface HeaderSource {
  readonly name: string;
  readonly value: string | SecretFile;
}

function withPath(base: URL, path: string): URL {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/+$/, '')}${path}`;
  return url;
}

function urlSource({ name, url, urlFile }: PostingOptions): SecretFile | string {
  if (url === undefined && urlFile !== undefined) return new SecretFile(urlFile);
  const problem = url === undefined || urlFile !== undefined ? 'give either url or urlFile' : urlProblem(url);
  if (problem !== undefined) throw new Error(`channel ${name}: ${problem}`);
  return url ?? '';
}

const httpOwn = /^(content-length|transfer-encoding|connection)$/;

function headerSources({ name, headers, headerFiles }: PostingOptions, ours: RegExp): readonly HeaderSource[] {
  const sources = [
    ...Object.entries(headers).map(([header, value]) => ({ name: header.toLowerCase(), value })),
    ...Object.entries(headerFiles).map(([header, path]) => ({
      name: header.toLowerCase(),
      value: new SecretFile(path),
    })),
  ];
  const taken = sources.find((source) => httpOwn.test(source.name) || ours.test(source.name));
  if (taken !== undefined) throw new Error(`channel ${name}: the header ${taken.name} is set by Andon itself`);
  return sources;
}

async function readHeader(name: string, file: SecretFile): Promise<string> {
  const value = await file.read();
  // Node would refuse it too, but with the value in sight of its message.
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
    throw new SecretFileError(`the file of header ${name} holds more than one line`);
  return value;
}
