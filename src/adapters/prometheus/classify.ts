import { failed, oneLine } from './failure.ts';
import type { Failed } from './failure.ts';

/** Messages by which Prometheus, Thanos, Mimir and VictoriaMetrics say that a query costs too much. */
const tooExpensive = [
  /too many samples/i,
  /too many points/i,
  /exceeded maximum resolution/i,
  /too long query/i,
  /exceed(s|ed)? .*(limit|maximum|max)/i,
  /(limit|maximum|max).* exceed/i,
  /cannot (select|process) more than/i,
  /-search\.max/i,
  /err-mimir-max-/i,
  /expanded matching (posting|series)/i,
];
const tooSlow = /query timed out|timeout exceeded|deadline exceeded|took longer than|cannot complete .*within/i;
/** Waiting for a free place is the source's load, not the query's cost. */
const queued = /in query queue|couldn't start executing|too many (concurrent|outstanding) /i;

/** What an error in the API's own form means. */
export function classifyError(place: string, status: number, errorType: string, error: string): Failed {
  const detail = `${place} answered ${status} ${errorType}: ${oneLine(error)}`;
  if (status === 429 || queued.test(error)) return failed('unavailable', detail, { retriable: true });
  if (status === 401 || status === 403 || status === 404) return failed('rejected', detail);
  if (errorType === 'timeout' || tooSlow.test(error)) {
    return failed('too-expensive', detail, { scope: 'query', slow: true });
  }
  if (status === 413 || (status !== 503 && tooExpensive.some((pattern) => pattern.test(error)))) {
    return failed('too-expensive', detail, { scope: 'query' });
  }
  if (status >= 500) return failed('unavailable', detail, { retriable: true });
  return failed('rejected', detail, { scope: 'query' });
}

/** What a status without an answer in the API's form means. */
export function classifyStatus(place: string, status: number, body: string): Failed {
  const isPage = body.trimStart().startsWith('<');
  const detail = `${place} answered ${status}${isPage || body === '' ? '' : `: ${oneLine(body)}`}`;
  if (status >= 300 && status < 400) {
    return failed('bad-response', `${detail}; a redirect is never followed, so give the URL it leads to`);
  }
  if (status === 408) return failed('timeout', detail, { retriable: true });
  if (status === 413) return failed('too-expensive', detail, { scope: 'query' });
  if (status === 429 || status >= 500) return failed('unavailable', detail, { retriable: true });
  if (status === 400 || status === 422) return failed('rejected', detail, { scope: 'query' });
  if (status >= 400) return failed('rejected', detail);
  return failed('bad-response', detail);
}
