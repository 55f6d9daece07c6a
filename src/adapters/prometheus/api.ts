import pLimit from 'p-limit';
import { classifyError, classifyStatus } from './classify.ts';
import { failed, oneLine } from './failure.ts';
import type { Failed } from './failure.ts';
import { HttpClient } from './http-client.ts';
import type { Exchange, HttpAnswer } from './http-client.ts';
import { limitsOf } from './options.ts';
import type { PrometheusLimits, PrometheusOptions } from './options.ts';
import { withRetries } from './retry.ts';
import { EnvelopeWire } from './wire.ts';

export type ApiAnswer = { readonly kind: 'ok'; readonly data: unknown } | Failed;

/** What a test may want to hold still. */
export interface ApiTools {
  /** 0 to 1, for the jitter of retries. */
  readonly random: () => number;
  /** ms, for how long files and failures are remembered. */
  readonly monotonic: () => number;
}

/** The Prometheus HTTP API as Andon uses it: sends forms, opens the envelope, classifies what went wrong. */
export class PrometheusApi {
  readonly limits: PrometheusLimits;
  readonly #http: HttpClient;
  readonly #limit: <T>(work: () => Promise<T>) => Promise<T>;
  readonly #random: () => number;

  constructor(options: PrometheusOptions, { random, monotonic }: ApiTools) {
    this.limits = limitsOf(options);
    this.#http = new HttpClient(options, this.limits, monotonic);
    this.#limit = pLimit(this.limits.concurrency);
    this.#random = random;
  }

  /** `form` makes the URL-encoded body, only when its turn has come: a fleet's questions are large. Retries inside the caller's deadline; the wait holds no place in the queue. */
  async call(
    path: string,
    form: () => string,
    signal: AbortSignal,
    { method = 'POST', encoding = 'gzip' }: Partial<Exchange> = {},
  ): Promise<ApiAnswer> {
    return withRetries(() => this.#limit(() => this.#once(path, form, signal, { method, encoding })), {
      signal,
      random: this.#random,
      longestWaitMs: this.limits.timeoutMs,
    });
  }

  close(): void {
    this.#http.close();
  }

  async #once(path: string, form: () => string, signal: AbortSignal, exchange: Exchange): Promise<ApiAnswer> {
    if (signal.aborted) return failed('timeout', `the time for this poll was up before ${this.#http.place} was asked`);
    const answer = await this.#http.send(path, form(), signal, exchange);
    if (answer.kind === 'failed') return answer;
    const opened = this.#open(answer);
    if (opened.kind === 'ok') return opened;
    const detail = await this.#http.clean(opened.failure.detail);
    return { ...opened, failure: { ...opened.failure, detail } };
  }

  #open(answer: HttpAnswer): ApiAnswer {
    const { place } = this.#http;
    const { status, body, retryAfterMs } = answer;
    const envelope = parseEnvelope(body);
    const later = retryAfterMs === undefined ? {} : { retryAfterMs };
    if (envelope?.status === 'error' && (status >= 400 || status === 200)) {
      const { errorType = '', error = '' } = envelope;
      return { ...classifyError(place, status, errorType, error), ...later };
    }
    if (status < 200 || status > 299) return { ...classifyStatus(place, status, body), ...later };
    if (envelope === undefined) return failed('bad-response', `${place} answered 200 with ${kindOfBody(body)}`);
    if (this.limits.onWarnings === 'unknown') {
      const warnings = (envelope.warnings ?? []).filter((text) => !text.startsWith('PromQL info'));
      if (envelope.isPartial === true) warnings.push('the result is partial');
      // Warnings about the expression itself blame one query; any other says that data is missing for all of them.
      const scope = warnings.every((text) => text.startsWith('PromQL warning')) ? 'query' : 'source';
      if (warnings.length > 0)
        return failed('bad-response', `${place} warns: ${oneLine(warnings.join('; '))}`, { scope });
    }
    return { kind: 'ok', data: envelope.data };
  }
}

function parseEnvelope(body: string): EnvelopeWire | undefined {
  try {
    const parsed = EnvelopeWire.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function kindOfBody(body: string): string {
  const start = body.trimStart();
  if (start === '') return 'an empty body';
  if (start.startsWith('<')) return 'a web page instead of JSON, as a login proxy does';
  return start.startsWith('{') ? "JSON that is cut short or not in the API's form" : 'something that is not JSON';
}
