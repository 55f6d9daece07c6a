import type { Agent } from 'node:http';
import type { SendResult } from '../../../app/ports/channel.ts';

/** Why a post got no further than the proxy. */
export interface ProxyFailure {
  readonly kind: 'away' | 'late' | 'rejected';
  /** For people; names the proxy. */
  readonly detail: string;
}

/** A forward proxy that posts may go by. */
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
  agent(scheme: 'http:' | 'https:', wishes: { readonly openWithinMs: number; readonly idleMs: number }): Agent;
  /** Why a request to `where` got no further than the proxy; undefined when that is not what failed. */
  failureOf(error: unknown, where: string): ProxyFailure | undefined;
  /** What an answer over plain HTTP means that only a proxy gives; undefined when the receiver may have given it. */
  refusalIn(status: number, where: string): ProxyFailure | undefined;
}

/** Never `refused`: the proxy has not judged the post, and another answer of it may save the page. */
export function afterProxyFailure({ kind, detail }: ProxyFailure): SendResult {
  const reason = { away: 'unreachable', late: 'timeout', rejected: 'rejected' } as const;
  return { kind: 'retry', reason: reason[kind], detail };
}
