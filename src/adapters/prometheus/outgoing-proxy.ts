import type { Agent } from 'node:http';
import type { ConnectionOptions } from 'node:tls';
import { failed } from './failure.ts';
import type { Failed } from './failure.ts';

/** Why a request got no further than the proxy. */
export interface ProxyFailure {
  readonly kind: 'away' | 'late' | 'rejected';
  /** For people; names the proxy. */
  readonly detail: string;
}

/** A forward proxy that requests to a source may go by. */
export interface OutgoingProxy {
  /** For people, such as `the proxy proxy.example.com:3128`. */
  readonly name: string;
  /** Texts that must not be told. */
  readonly secrets: readonly string[];
  /** Whether requests to a host go by it. */
  isFor(hostname: string): boolean;
  /** Reads its files again; to be called before each request. Says what is wrong with them, if anything. */
  ready(): Promise<string | undefined>;
  /** Once it has been made ready. */
  agent(
    scheme: 'http:' | 'https:',
    wishes: { readonly openWithinMs: number },
    target: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>,
  ): Agent;
  /** Why a request to `where` got no further than the proxy; undefined when that is not what failed. */
  failureOf(error: unknown, where: string): ProxyFailure | undefined;
  /** What an answer over plain HTTP means that only a proxy gives; undefined when the source may have given it. */
  refusalIn(status: number, where: string): ProxyFailure | undefined;
}

/** What a source that cannot be had for its proxy is worth. */
export function afterProxyFailure({ kind, detail }: ProxyFailure): Failed {
  switch (kind) {
    case 'away':
      return failed('unavailable', detail, { retriable: true });
    case 'late':
      return failed('timeout', detail, { retriable: true });
    case 'rejected':
      return failed('rejected', detail);
  }
}
