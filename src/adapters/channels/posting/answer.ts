import type { SendResult } from '../../../app/ports/channel.ts';
import { errorCode } from './error-code.ts';

/** What a receiver's answer means. `where` is scheme and host; `now` is ms since the epoch. */
export function judgeAnswer(
  status: number,
  header: (name: string) => string | null,
  where: string,
  now: number,
): SendResult {
  const detail = `${where} answered HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  if (status >= 300 && status < 400) {
    return {
      kind: 'refused',
      reason: 'redirected',
      detail: `${detail}: redirects are not followed, so configure the URL it leads to`,
    };
  }
  if (status === 410) return { kind: 'gone', detail };
  const asked = retryAfterMs(header('retry-after'), header('date'), now);
  const retryAfter = asked === undefined ? {} : { retryAfterMs: asked };
  if (status === 429) return { kind: 'retry', reason: 'throttled', detail, ...retryAfter };
  if (status === 408) return { kind: 'retry', reason: 'timeout', detail, ...retryAfter };
  // 425 Too Early: the receiver wants the same request once more (RFC 8470).
  if (status >= 500 || status === 425) return { kind: 'retry', reason: 'server-error', detail, ...retryAfter };
  return { kind: 'refused', reason: 'rejected', detail };
}

/** Reads Retry-After: seconds, or a date, which is held against the receiver's own clock if it tells it. */
export function retryAfterMs(value: string | null, date: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  // An HTTP date has the names of day and month; Date.parse alone would take `-1` for a year.
  const at = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) return undefined;
  const theirs = date === null ? Number.NaN : Date.parse(date);
  return Math.max(0, at - (Number.isNaN(theirs) ? now : theirs));
}

const meanings: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection cut off',
  EPIPE: 'connection cut off',
  ERR_STREAM_PREMATURE_CLOSE: 'connection cut off',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name cannot be resolved just now',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'connection timed out',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate chain is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate chain is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** What a failure to get any answer means. Only the error's code is used: its message may hold the whole URL. */
export function judgeFailure(error: unknown, where: string): SendResult {
  const code = errorCode(error);
  if (code === 'EFORBIDDENADDRESS') return forbidden(where);
  const meaning = code === undefined ? 'the exchange broke off' : (meanings[code] ?? 'the exchange broke off');
  return {
    kind: 'retry',
    reason: 'unreachable',
    detail: `cannot reach ${where}: ${meaning}${code === undefined ? '' : ` (${code})`}`,
  };
}

export function forbidden(where: string): SendResult {
  return {
    kind: 'refused',
    reason: 'forbidden-address',
    detail: `${where} leads to an address that may not be called: allow it explicitly if that is meant`,
  };
}
