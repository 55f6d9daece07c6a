import { describe, expect, test } from '@jest/globals';
import { checkLive } from '../../src/app/check-live.ts';
import type { Inspector } from '../../src/app/ports/inspector.ts';
import { loadRules } from '../../src/config/load-rules.ts';

const rules = `apiVersion: andon/v1
kind: Service
metadata:
  name: shop
spec:
  signals:
    success_rate:
      ratio:
        good: requests{code!~"5.."}
        total: requests
    latency:
      latency: { histogram: 'seconds{job="shop"}', threshold: 300ms }
    queue:
      gauge: { query: max(queue) }
  endState:
    summary: It works
    hold: 5m
    targets: [{ signal: queue, atMost: 1 }]
`;

type Series = readonly Readonly<Record<string, string>>[];

/** Answers for selectors that start with a text; others match nothing. */
function inspectorOf(answers: Readonly<Record<string, Series | 'down'>>): Inspector {
  return {
    async series(selector, limit) {
      const key = Object.keys(answers).find((start) => selector.startsWith(start));
      const answer = key === undefined ? [] : (answers[key] ?? []);
      if (answer === 'down') {
        return await Promise.resolve({
          kind: 'failed',
          failure: { reason: 'unavailable', detail: 'connection refused' },
        });
      }
      return await Promise.resolve({ kind: 'ok', series: answer.slice(0, limit) });
    },
  };
}

const healthy = {
  'requests{code!~': [{ code: '200' }],
  requests: [{ code: '200' }, { code: '500' }],
  'seconds_bucket{job="shop",le=~': [{ le: '0.3' }],
  seconds_count: [{ job: 'shop' }],
  queue: [{}],
};

async function check(answers: Readonly<Record<string, Series | 'down'>>, text = rules) {
  const loaded = loadRules([{ path: 'shop.yaml', content: new TextEncoder().encode(text) }]);
  expect(loaded.diagnostics).toEqual([]);
  const found = await checkLive(loaded.services, inspectorOf(answers), loaded.locate, AbortSignal.timeout(5000));
  return found.map(({ line, column, severity, code, message, hint }) => ({
    at: `${line}:${column}`,
    severity,
    code,
    message,
    hint,
  }));
}

describe('rules held against a live source', () => {
  test('that has everything are fine', async () => {
    expect(await check(healthy)).toEqual([]);
  });

  test('that has nothing are told so at each selector', async () => {
    const found = await check({});
    expect(found.map(({ at, code }) => `${at} ${code}`)).toEqual(
      expect.arrayContaining([
        '9:15 live-no-series',
        '10:16 live-no-series',
        '12:29 live-no-series',
        '14:23 live-no-series',
      ]),
    );
  });

  test('learn which buckets there are when theirs is missing', async () => {
    const buckets = ['+Inf', '1.0', '0.05', '0.1', '2.5', '0.0005', '1.0'].map((le) => ({ le }));
    const found = await check({
      ...healthy,
      'seconds_bucket{job="shop",le=~': [],
      'seconds_bucket{job="shop",le!=""}': buckets,
    });
    expect(found).toEqual([
      {
        at: '12:63',
        severity: 'error',
        code: 'live-no-bucket',
        message: 'the histogram has no bucket at 300ms',
        hint: 'take one of the buckets there are: 50ms, 100ms, 1s, 2s500ms',
      },
    ]);
  });

  test('learn that a histogram without buckets may be native', async () => {
    const found = await check({ ...healthy, 'seconds_bucket{job="shop",le=~': [] });
    expect(found).toMatchObject([{ code: 'live-no-bucket', hint: expect.stringContaining('native: true') }]);
  });

  test.each(['code', 'status', 'http_response_status_code'])(
    'are told that good counts failures by %s',
    async (label) => {
      const found = await check({ ...healthy, 'requests{code!~': [{ [label]: '200' }, { [label]: '503' }] });
      expect(found).toMatchObject([
        { at: '9:15', code: 'live-good-counts-failures', hint: `leave them out: ${label}!~"5.."` },
      ]);
    },
  );

  test('may take the failures out again with a minus', async () => {
    const subtracted = rules.replace('requests{code!~"5.."}', 'requests - requests{code=~"5.."}');
    expect(await check({ ...healthy, 'requests{code=~': [{ code: '500' }] }, subtracted)).toEqual([]);
  });

  test('may count failures that have not happened yet', async () => {
    const bad = rules.replace('good: requests{code!~"5.."}', 'bad: requests{code=~"5.."}');
    expect(await check({ ...healthy, 'requests{code=~': [] }, bad)).toEqual([]);
  });

  test('get a warning, and no accusation, when the source does not answer', async () => {
    const found = await check({ requests: 'down', seconds: 'down', queue: 'down' });
    expect(new Set(found.map(({ severity, code }) => `${severity} ${code}`))).toEqual(
      new Set(['warning live-not-checked']),
    );
    expect(found[0]?.message).toContain('connection refused');
  });
});
