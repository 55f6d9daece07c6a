import type { OutgoingProxy } from './outgoing-proxy.ts';

/** How to reach one Prometheus-compatible API and how much to ask of it. Secrets are named by file, never by value. */
export interface PrometheusOptions {
  readonly name: string;
  /** Base URL; a path prefix and a query string are kept. */
  readonly url: string;
  /** For one attempt at one request; default 10,000. The caller's signal bounds the whole. */
  readonly timeoutMs?: number | undefined;
  /** Requests under way at once; default 4. */
  readonly concurrency?: number | undefined;
  /** Of one answer, before and after decompression; default 32 MiB. */
  readonly maxResponseBytes?: number | undefined;
  readonly basicAuth?: { readonly username: string; readonly passwordFile: string } | undefined;
  readonly bearerTokenFile?: string | undefined;
  /** Sent as they are, such as `X-Scope-OrgID`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Header values that are read from files. */
  readonly headerFiles?: Readonly<Record<string, string>> | undefined;
  readonly tls?: TlsOptions | undefined;
  /** What requests go by, unless it leaves the host out; absent: straight to the source. */
  readonly proxy?: OutgoingProxy | undefined;
  /** What an answer with warnings (partial data) is worth: nothing, or as good as any. Default `unknown`. */
  readonly onWarnings?: 'unknown' | 'ignore' | undefined;
  /** How far back a series that came back is looked for, ms; default 6 h. */
  readonly returnWindowMs?: number | undefined;
}

export interface TlsOptions {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly serverName?: string | undefined;
  readonly insecureSkipVerify?: boolean | undefined;
}

/** Options with every limit set. */
export interface PrometheusLimits {
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly maxResponseBytes: number;
  readonly onWarnings: 'unknown' | 'ignore';
  readonly returnWindowMs: number;
}

export const defaultLimits: PrometheusLimits = {
  timeoutMs: 10_000,
  concurrency: 4,
  maxResponseBytes: 32 * 1024 * 1024,
  onWarnings: 'unknown',
  returnWindowMs: 6 * 3_600_000,
};

export function limitsOf(options: PrometheusOptions): PrometheusLimits {
  return {
    timeoutMs: options.timeoutMs ?? defaultLimits.timeoutMs,
    concurrency: options.concurrency ?? defaultLimits.concurrency,
    maxResponseBytes: options.maxResponseBytes ?? defaultLimits.maxResponseBytes,
    onWarnings: options.onWarnings ?? defaultLimits.onWarnings,
    returnWindowMs: options.returnWindowMs ?? defaultLimits.returnWindowMs,
  };
}
