import type { Agent } from 'node:http';
import fetch from 'node-fetch';
import type { Response } from 'node-fetch';
import type { SendResult } from '../../../app/ports/channel.ts';
import { judgeAnswer, judgeFailure } from './answer.ts';
import { afterProxyFailure, type OutgoingProxy } from './outgoing-proxy.ts';

/** What a receiver answered. */
export interface Answered {
  readonly status: number;
  /** The beginning of the body, at most 2,000 bytes unless told otherwise; empty where none could be read in time. */
  readonly text: string;
  /** Scheme and host of the receiver, for people. */
  readonly where: string;
  /** What the status means everywhere. */
  readonly usual: SendResult;
}

export interface Exchange {
  readonly url: URL;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: Agent;
  /** What the agent goes by; absent: straight to the receiver. */
  readonly proxy?: OutgoingProxy | undefined;
  /** Until the receiver's status is known, ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Ms since the epoch. */
  readonly now: () => number;
  /** Looks at the answer where the receiver has ways of its own; undefined: what its status means everywhere. */
  readonly judge?: (answered: Answered) => SendResult | undefined;
  /** How much of the answer is kept to be judged, bytes; 2,000 unless told otherwise. */
  readonly keepBytes?: number;
}

/** What is read of an answer so that its socket can be used again. */
const drainLimitBytes = 65_536;
const drainLimitMs = 1_000;
/** What is kept of it to be judged, bytes. */
const keptBytes = 2_000;

/** Posts once. The status decides unless `judge` knows better; whatever else happens is a reason, never an exception. */
export async function exchange({
  url,
  body,
  headers,
  agent,
  proxy,
  timeoutMs,
  signal,
  now,
  judge,
  keepBytes = keptBytes,
}: Exchange): Promise<SendResult> {
  const target = url.origin;
  const throughProxy = proxy === undefined ? target : `${target} by way of ${proxy.name}`;
  // Whoever answers over TLS is the receiver; over plain HTTP it may be the proxy in its place.
  const isTunnel = proxy !== undefined && url.protocol === 'https:';
  const where = isTunnel ? target : throughProxy;
  const cutShort: SendResult = { kind: 'retry', reason: 'timeout', detail: `the post to ${where} was cut short` };
  // node-fetch throws where nobody can catch it when it is handed a signal that is already aborted.
  if (signal.aborted) return cutShort;
  const cut = new AbortController();
  const abort = (): void => cut.abort();
  signal.addEventListener('abort', abort, { once: true });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    cut.abort();
  }, timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { ...headers },
      agent,
      redirect: 'manual',
      compress: false,
      signal: cut.signal,
    });
    clearTimeout(timer);
    const usual = judgeAnswer(response.status, (name) => response.headers.get(name), where, now());
    const text = await drain(response, cut, keepBytes);
    const refusal = isTunnel ? undefined : proxy?.refusalIn(response.status, target);
    if (refusal !== undefined) return afterProxyFailure(refusal);
    return judge?.({ status: response.status, text, where, usual }) ?? usual;
  } catch (error) {
    if (timedOut) {
      // A tunnel has its own, shorter time to be opened, so that here the receiver behind it is late.
      const detail =
        proxy === undefined || isTunnel
          ? `${throughProxy} did not answer within ${timeoutMs} ms`
          : `${proxy.name} had no answer from ${target} within ${timeoutMs} ms`;
      return { kind: 'retry', reason: 'timeout', detail };
    }
    if (cut.signal.aborted) return cutShort;
    const failure = proxy?.failureOf(error, target);
    return failure === undefined ? judgeFailure(error, throughProxy) : afterProxyFailure(failure);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** Reads the rest of an answer, or gives its socket up when there is too much of it or it takes too long; returns its beginning. */
async function drain(response: Response, cut: AbortController, keepBytes: number): Promise<string> {
  const timer = setTimeout(() => cut.abort(), drainLimitMs);
  const kept: Buffer[] = [];
  try {
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      if (bytes < keepBytes) kept.push(Buffer.from(chunk).subarray(0, keepBytes - bytes));
      bytes += chunk.length;
      if (bytes <= Math.max(drainLimitBytes, keepBytes)) continue;
      cut.abort();
      break;
    }
  } catch {
    // The status is known: a body that breaks off, or is cut off here, changes nothing.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(kept).toString('utf8');
}
