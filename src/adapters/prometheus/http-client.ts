import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import fetch from 'node-fetch';
import type { Response } from 'node-fetch';
import { Credentials, withoutSecrets } from './credentials.ts';
import { failed, oneLine } from './failure.ts';
import type { Failed } from './failure.ts';
import { KeepAliveAgent } from './keep-alive-agent.ts';
import { networkFailure } from './network-failure.ts';
import type { PrometheusLimits, PrometheusOptions } from './options.ts';
import { afterProxyFailure, type OutgoingProxy } from './outgoing-proxy.ts';
import { codeOf } from './system-error.ts';

/** A whole answer, whatever its status. */
export interface HttpAnswer {
  readonly kind: 'ok';
  readonly status: number;
  readonly body: string;
  /** From `Retry-After`, ms. */
  readonly retryAfterMs?: number;
}

export interface Exchange {
  readonly method: 'GET' | 'POST';
  /** Of the answer: packing a small one costs both sides more than it is worth. */
  readonly encoding: 'gzip' | 'identity';
}

const unzip = promisify(gunzip);

/** Beyond this ratio of size after and before decompression an answer is an attack or a fault, not a large result. */
const bombRatio = 200;

/** What of a request's time a proxy may take until a connection stands, so that it can be told from a late source. */
const shareToConnect = 0.9;

/** One attempt at one request: credentials, keep-alive, TLS, limits of time and size. Never follows a redirect. */
export class HttpClient {
  readonly #base: URL;
  readonly #limits: PrometheusLimits;
  readonly #credentials: Credentials;
  readonly #agent: KeepAliveAgent;
  /** What requests go by; undefined: straight to the source. */
  readonly #proxy: OutgoingProxy | undefined;

  constructor(options: PrometheusOptions, limits: PrometheusLimits, monotonic: () => number) {
    this.#base = new URL(options.url);
    this.#limits = limits;
    this.#credentials = new Credentials(options, monotonic);
    const { proxy } = options;
    this.#proxy = proxy?.isFor(this.#base.hostname) === true ? proxy : undefined;
    const openWithinMs = Math.ceil(limits.timeoutMs * shareToConnect);
    const by = this.#proxy === undefined ? undefined : { proxy: this.#proxy, openWithinMs };
    this.#agent = new KeepAliveAgent(options.url, options.tls, monotonic, by);
  }

  /** Who answers, for people: over plain HTTP a proxy may do so in the source's place. */
  get place(): string {
    return this.#isTunnel ? this.#target : this.#wayToTarget;
  }

  /** Where requests go, without credentials and query string. */
  get #target(): string {
    return `${this.#base.origin}${this.#base.pathname.replace(/\/+$/, '')}`;
  }

  get #wayToTarget(): string {
    return this.#proxy === undefined ? this.#target : `${this.#target} by way of ${this.#proxy.name}`;
  }

  get #isTunnel(): boolean {
    return this.#base.protocol === 'https:';
  }

  /** Sends a form that is encoded already: in the body, or in the URL where an endpoint answers only GET. */
  async send(
    path: string,
    form: string,
    signal: AbortSignal,
    { method, encoding }: Exchange,
  ): Promise<HttpAnswer | Failed> {
    const fixed = this.#base.search;
    const query = method === 'POST' ? fixed : `${fixed === '' ? '?' : `${fixed}&`}${form}`;
    const credentials = await this.#credentials.headers();
    if (credentials.kind === 'failed') return credentials;
    const lent = await this.#agent.lend();
    if (lent.kind === 'failed') return lent;
    const deadline = attemptDeadline(signal, this.#limits.timeoutMs);
    try {
      const response = await fetch(`${this.#target}${path}${query}`, {
        method,
        agent: lent.agent,
        redirect: 'manual',
        // Decompressed here, where the size is known before and after.
        compress: false,
        headers: {
          'user-agent': 'andon',
          accept: 'application/json',
          'accept-encoding': encoding,
          ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
          ...credentials.headers,
        },
        ...(method === 'POST' ? { body: form } : {}),
        signal: deadline.signal,
      });
      const answer = await this.#readAnswer(response);
      const refusal = this.#isTunnel ? undefined : this.#proxy?.refusalIn(response.status, this.#target);
      return refusal === undefined ? answer : afterProxyFailure(refusal);
    } catch (error) {
      const failure = deadline.passed()
        ? this.#late()
        : signal.aborted
          ? failed('timeout', `${this.#wayToTarget} had not answered when the time for this poll was up`)
          : this.#failureOf(error);
      return withDetail(failure, withoutSecrets(failure.failure.detail, credentials.secrets));
    } finally {
      deadline.clear();
      lent.done();
    }
  }

  /** Cuts secrets out of a server's message. */
  async clean(text: string): Promise<string> {
    const credentials = await this.#credentials.headers();
    const own = credentials.kind === 'ok' ? credentials.secrets : [];
    return oneLine(withoutSecrets(text, [...own, ...(this.#proxy?.secrets ?? [])]));
  }

  close(): void {
    this.#agent.close();
  }

  #late(): Failed {
    const within = `within ${this.#limits.timeoutMs} ms`;
    // A tunnel has its own, shorter time to be opened, so that here the source behind it is late.
    const detail =
      this.#proxy === undefined || this.#isTunnel
        ? `no full answer from ${this.#wayToTarget} ${within}`
        : `${this.#proxy.name} had no full answer from ${this.#target} ${within}`;
    return failed('timeout', detail, { retriable: true });
  }

  #failureOf(error: unknown): Failed {
    const failure = this.#proxy?.failureOf(error, this.#target);
    return failure === undefined ? networkFailure(error, this.#wayToTarget) : afterProxyFailure(failure);
  }

  async #readAnswer(response: Response): Promise<HttpAnswer | Failed> {
    const { maxResponseBytes } = this.#limits;
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      const buffer = chunk as Buffer;
      bytes += buffer.length;
      // Leaving the loop destroys the body, and with it the connection.
      if (bytes > maxResponseBytes) return this.#tooLarge();
      chunks.push(buffer);
    }
    let body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
    if (response.headers.get('content-encoding') === 'gzip') {
      const unzipped = await this.#unzip(body);
      if ('kind' in unzipped) return unzipped;
      body = unzipped;
    }
    const retryAfterMs = readRetryAfter(response.headers.get('retry-after'));
    return {
      kind: 'ok',
      status: response.status,
      body: body.toString('utf8'),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
  }

  async #unzip(body: Buffer): Promise<Buffer | Failed> {
    try {
      return await unzip(body, { maxOutputLength: this.#limits.maxResponseBytes });
    } catch (error) {
      if (codeOf(error) !== 'ERR_BUFFER_TOO_LARGE') {
        return failed('bad-response', `${this.place} sent a body that is not whole gzip`);
      }
      if (this.#limits.maxResponseBytes > body.length * bombRatio) {
        return failed(
          'bad-response',
          `${this.place} sent ${body.length} bytes that unpack to more than ${bombRatio} times as much`,
        );
      }
      return this.#tooLarge();
    }
  }

  #tooLarge(): Failed {
    return failed(
      'too-expensive',
      `the answer of ${this.place} is larger than ${this.#limits.maxResponseBytes} bytes`,
      {
        scope: 'query',
      },
    );
  }
}

function withDetail(failure: Failed, detail: string): Failed {
  return { ...failure, failure: { ...failure.failure, detail } };
}

interface AttemptDeadline {
  readonly signal: AbortSignal;
  passed(): boolean;
  clear(): void;
}

/** Aborts with the caller or after `timeoutMs`; unlike `AbortSignal.any` it leaves nothing on the caller's signal. */
function attemptDeadline(caller: AbortSignal, timeoutMs: number): AttemptDeadline {
  const controller = new AbortController();
  let passed = false;
  const stop = (): void => controller.abort();
  const timer = setTimeout(() => {
    passed = true;
    stop();
  }, timeoutMs);
  if (caller.aborted) stop();
  else caller.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    passed: () => passed,
    clear() {
      clearTimeout(timer);
      caller.removeEventListener('abort', stop);
    },
  };
}

function readRetryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
