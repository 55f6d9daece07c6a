import { describe, expect, test } from '@jest/globals';
import { classifyError } from '../../../src/adapters/prometheus/classify.ts';
import { oneLine } from '../../../src/adapters/prometheus/failure.ts';
import { describeFailure } from '../../../src/domain/reading/describe-failure.ts';
import type { SourceFailureReason } from '../../../src/domain/reading/observation.ts';

describe('what a source says in its error', () => {
  test.each<readonly [string, number, string, string, SourceFailureReason, boolean]>([
    ['Prometheus', 400, 'bad_data', 'invalid parameter "query": 1:4: parse error', 'rejected', false],
    [
      'Prometheus',
      400,
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries.',
      'too-expensive',
      false,
    ],
    ['Prometheus', 422, 'execution', 'found duplicate series for the match group {}', 'rejected', false],
    [
      'Prometheus',
      422,
      'execution',
      'query processing would load too many samples into memory',
      'too-expensive',
      false,
    ],
    ['Prometheus', 503, 'timeout', 'query timed out in expression evaluation', 'too-expensive', false],
    ['Prometheus', 503, 'timeout', 'query timed out in query queue', 'unavailable', true],
    ['Prometheus', 503, 'canceled', 'query was canceled in expression evaluation', 'unavailable', true],
    ['Prometheus', 500, 'internal', 'TSDB not ready', 'unavailable', true],
    ['Thanos', 422, 'execution', 'expanding series: exceeded series limit: rpc error', 'too-expensive', false],
    ['Thanos', 503, 'timeout', 'context deadline exceeded', 'too-expensive', false],
    [
      'Mimir',
      422,
      'execution',
      'the query exceeded the maximum number of chunks (limit: 2000000 chunks) (err-mimir-max-chunks-per-query)',
      'too-expensive',
      false,
    ],
    ['Mimir', 429, 'too_many_requests', 'too many outstanding requests', 'unavailable', true],
    ['Mimir', 401, 'unauthorized', 'no org id', 'rejected', false],
    [
      'VictoriaMetrics',
      422,
      '422',
      'cannot select more than -search.maxSamplesPerQuery=1000 samples',
      'too-expensive',
      false,
    ],
    [
      'VictoriaMetrics',
      422,
      '422',
      'the number of matching timeseries exceeds 300000; either narrow down the search or increase -search.maxUniqueTimeseries',
      'too-expensive',
      false,
    ],
    [
      'VictoriaMetrics',
      422,
      '422',
      "too long query; got 20000 bytes; mustn't exceed `-search.maxQueryLen=16384` bytes",
      'too-expensive',
      false,
    ],
    [
      'VictoriaMetrics',
      503,
      '503',
      "couldn't start executing the request in 10.000 seconds, since -search.maxConcurrentRequests=8 concurrent requests are executed",
      'unavailable',
      true,
    ],
  ])('%s: %i %s %s is "%s"', (_kind, status, type, error, reason, retriable) => {
    const failure = classifyError('http://source', status, type, error);
    expect([failure.failure.reason, failure.retriable]).toEqual([reason, retriable]);
  });
});

test('a failure is told in words that say what to do', () => {
  expect(describeFailure({ reason: 'rejected', detail: 'http://source answered 401' })).toBe(
    'The source refused the request, or Andon had no usable credentials for it; check credentials, URL and query: http://source answered 401',
  );
});

test("another program's text is made fit for one line", () => {
  expect(oneLine(' a\n\tb\u001b[31m \u0000c ')).toBe('a b [31m c');
  expect(oneLine('x'.repeat(1_000))).toHaveLength(300);
});
