import { describe, expect, test } from '@jest/globals';
import { checkLive } from '../../../src/app/live-check/check-live.ts';
import type { Inspector } from '../../../src/app/ports/inspector.ts';
import { loadRules } from '../../../src/config/load-rules.ts';

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
  stopTheLine:
    - name: failing
      when: success_rate.over("1m") < 0.9 || latency.over("1m") < 0.9
`;

type Series = readonly Readonly<Record<string, string>>[];

/** What the source says beyond its series. */
interface Facts {
  readonly types?: Readonly<Record<string, readonly string[]>>;
  readonly groups?: Readonly<Record<string, number>>;
  readonly values?: Readonly<Record<string, readonly number[]>>;
  /** Buckets of the histogram now: those of every series, then those of some. */
  readonly buckets?: readonly [readonly number[], readonly number[]] | 'down';
}

const down = { kind: 'failed', failure: { reason: 'unavailable', detail: 'connection refused' } } as const;

/** Answers for selectors that start with a text; others match nothing. A source without facts does not answer for them. */
function inspectorOf(
  answers: Readonly<Record<string, Series | 'down'>>,
  { types, groups, values, buckets = [[0.3], []] }: Facts,
): Inspector {
  return {
    async buckets(signals) {
      if (buckets === 'down') return await Promise.resolve([down]);
      const [bounds, ofSome] = buckets;
      const layout = { bounds, ofSome, isKnown: bounds.length + ofSome.length > 0 };
      return await Promise.resolve(signals.map(() => ({ kind: 'ok', layout })));
    },
    async values(query) {
      const known = values?.[query];
      return await Promise.resolve(known === undefined ? down : { kind: 'ok', values: known });
    },
    async metricTypes(metric) {
      return await Promise.resolve(types === undefined ? down : { kind: 'ok', types: types[metric] ?? [] });
    },
    async countGroups(query, by) {
      const count = groups?.[`${query} by ${by.join()}`];
      return await Promise.resolve(count === undefined ? down : { kind: 'ok', groups: count });
    },
    async series(selector, limit) {
      const key = Object.keys(answers).find((start) => selector.startsWith(start));
      const answer = key === undefined ? [] : (answers[key] ?? []);
      if (answer === 'down') return await Promise.resolve(down);
      return await Promise.resolve({ kind: 'ok', series: answer.slice(0, limit) });
    },
  };
}

const healthy = {
  'requests{code!~': [{ code: '200' }],
  requests: [{ code: '200' }, { code: '500' }],
  seconds_count: [{ job: 'shop' }],
  queue: [{}],
};

async function check(answers: Readonly<Record<string, Series | 'down'>>, text = rules, facts: Facts = {}) {
  const loaded = loadRules([{ path: 'shop.yaml', content: new TextEncoder().encode(text) }]);
  expect(loaded.diagnostics).toEqual([]);
  const found = await checkLive(loaded.services, inspectorOf(answers, facts), loaded.locate, AbortSignal.timeout(5000));
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

  test('are warned that a threshold between two buckets makes an interval of the share', async () => {
    const found = await check(healthy, rules, { buckets: [[0.0005, 0.05, 0.1, 1, 2.5], []] });
    expect(found).toEqual([
      {
        at: '12:63',
        severity: 'warning',
        code: 'live-between-buckets',
        message:
          'the threshold 300ms lies between the buckets 0.1 and 1; what the lower one counts is judged, and the share may be as good as what the upper one counts',
        hint: 'write threshold: 100ms or 1s; the buckets are 0.0005, 0.05, 0.1, 1, 2.5, +Inf',
      },
    ]);
  });

  test.each<[string, readonly [readonly number[], readonly number[]], object]>([
    [
      'above the highest',
      [[0.05, 0.1], []],
      {
        severity: 'warning',
        code: 'live-between-buckets',
        message: expect.stringMatching(/^the threshold 300ms lies above the highest bucket, 0.1; /),
        hint: 'write threshold: 100ms; the buckets are 0.05, 0.1, +Inf',
      },
    ],
    [
      'a bucket of some series only',
      [[0.25, 0.5], [0.3]],
      {
        severity: 'warning',
        message: expect.stringContaining('between the buckets 0.25 and 0.5, and is a bucket of some series only; '),
        hint: 'write threshold: 250ms or 500ms; the buckets are 0.25, 0.5, +Inf; only some series have 0.3',
      },
    ],
    [
      'below the lowest',
      [[0.5, 1], []],
      {
        severity: 'error',
        code: 'live-no-bucket',
        message: 'the threshold 300ms lies below the lowest bucket, 0.5, so no request can be shown to be fast enough',
        hint: 'write threshold: 500ms; the buckets are 0.5, 1, +Inf',
      },
    ],
  ])('are told of a threshold that is %s', async (_, buckets, expected) => {
    expect(await check(healthy, rules, { buckets })).toMatchObject([expected]);
  });

  test('are held against the buckets that there were lately, where there are none now', async () => {
    const lately = ['+Inf', '0.1', '1.0', '1.0'].map((le) => ({ le }));
    const answers = { ...healthy, 'seconds_bucket{job="shop",le!=""}': lately };
    expect(await check(answers, rules, { buckets: [[], []] })).toMatchObject([
      { code: 'live-between-buckets', hint: 'write threshold: 100ms or 1s; the buckets are 0.1, 1, +Inf' },
    ]);
  });

  test('learn that a histogram without buckets may be native', async () => {
    const found = await check(healthy, rules, { buckets: [[], []] });
    expect(found).toMatchObject([{ code: 'live-no-bucket', hint: expect.stringContaining('native: true') }]);
  });

  test('are not called checked where the source does not tell the buckets', async () => {
    expect(await check(healthy, rules, { buckets: 'down' })).toMatchObject([{ code: 'live-not-checked' }]);
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

  test('get one error, and no accusation, when the source does not answer', async () => {
    const found = await check({ requests: 'down', seconds: 'down', queue: 'down' });
    expect(found).toMatchObject([
      {
        severity: 'error',
        code: 'live-not-checked',
        message: 'could not be checked: connection refused (as 3 more)',
      },
    ]);
  });
});

describe('types of metrics, as the source tells them,', () => {
  const typed = (types: Readonly<Record<string, readonly string[]>>, text = rules) => check(healthy, text, { types });

  test('that fit their signals earn no word', async () => {
    expect(await typed({ requests: ['counter'], queue: ['gauge'], seconds: ['histogram'] })).toEqual([]);
    expect(await typed({})).toEqual([]);
  });

  test('that are contradictory, because targets disagree, are not believed', async () => {
    expect(await typed({ requests: ['gauge', 'counter'], queue: ['counter', 'unknown'] })).toEqual([]);
  });

  test('show a gauge that is a bare counter', async () => {
    expect(await typed({ queue: ['counter'] })).toMatchObject([
      {
        at: '14:23',
        severity: 'warning',
        code: 'live-gauge-of-a-counter',
        hint: expect.stringContaining('rate(queue[5m])'),
      },
    ]);
    expect(await typed({ queue: ['counter'] }, rules.replace('max(queue)', 'max(queue) * 2'))).toEqual([]);
  });

  test('show a ratio over gauges, on each side once', async () => {
    expect(await typed({ requests: ['gauge'] })).toMatchObject([
      { at: '9:15', severity: 'warning', code: 'live-ratio-of-a-gauge' },
      { at: '10:16', severity: 'warning', code: 'live-ratio-of-a-gauge' },
    ]);
  });

  test('are looked up by the name of the family too, which has no suffix', async () => {
    const text = rules.replaceAll(/requests\b/g, 'requests_total');
    const found = await check({ 'requests_total{code!~': [{ code: '200' }], ...healthy }, text, {
      types: { requests: ['gauge'] },
    });
    expect(found).toMatchObject([
      { code: 'live-ratio-of-a-gauge', message: expect.stringContaining('although it is named like a counter') },
      { code: 'live-ratio-of-a-gauge', hint: expect.stringContaining('TYPE counter') },
    ]);
  });
});

describe('series that count as good', () => {
  const apart = rules
    .replace('requests{code!~"5.."}', 'requests{code=~"2..",job="shop",}')
    .replace('total: requests', 'total: requests{service="shop"}');
  async function checkApart(both: Series, part: Series = [{ code: '200', job: 'shop' }]) {
    const loaded = loadRules([{ path: 'shop.yaml', content: new TextEncoder().encode(apart) }]);
    expect(loaded.diagnostics.map(({ code }) => code)).toEqual(['ratio-not-a-part']);
    const answers = {
      'requests{code=~"2..",job="shop",service="shop"}': both,
      'requests{code=~"2..",job="shop",}': part,
      ...healthy,
    };
    const found = await checkLive(loaded.services, inspectorOf(answers, {}), loaded.locate, AbortSignal.timeout(5000));
    return found.map(({ line, column, severity, code, message }) => ({
      at: `${line}:${column}`,
      severity,
      code,
      message,
    }));
  }

  test('and are none of the total are an error', async () => {
    expect(await checkApart([])).toEqual([
      {
        at: '9:15',
        severity: 'error',
        code: 'live-outside-total',
        message: 'no series of `good` is among those of `total`',
      },
    ]);
  });

  test('and are only in part among the total earn a warning that shows one', async () => {
    const [eu, us] = ['eu', 'us'].map((region) => ({ __name__: 'requests', code: '200', region }));
    if (eu === undefined || us === undefined) throw new Error('unreachable');
    expect(await checkApart([eu], [eu, us])).toEqual([
      {
        at: '9:15',
        severity: 'warning',
        code: 'live-outside-total',
        message: '1 of 2 series of `good` are not among those of `total`, such as {code="200", region="us"}',
      },
    ]);
    expect(await checkApart([eu, us], [us, eu])).toEqual([]);
  });

  test('are not compared when they are too many to be listed', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({ code: '200', pod: `p${index}` }));
    expect(await checkApart(many.slice(1), many)).toEqual([]);
  });

  test('under a name of their own are not compared', async () => {
    const named = rules.replace('good: requests{code!~"5.."}', 'good: answered');
    expect(await check({ ...healthy, answered: [{ job: 'a' }] }, named)).toEqual([]);
  });
});

describe('groups at the source', () => {
  const split = rules
    .replace('        total: requests\n', '        total: requests\n      by: [region]\n      maxGroups: 20\n')
    .replace('max(queue) }', 'max by (region) (queue) }\n      by: [region]');
  const grouped = (requests: number, queue: number) =>
    check(healthy, split, { groups: { 'requests by region': requests, 'max by (region) (queue) by region': queue } });

  test('within the limit earn no word', async () => {
    expect(await grouped(20, 50)).toEqual([]);
  });

  test('beyond the limit earn a warning with both numbers', async () => {
    const found = [...(await grouped(21, 1234))].sort((a, b) => (a.at < b.at ? -1 : 1));
    expect(found).toEqual([
      {
        at: '11:11',
        severity: 'warning',
        code: 'live-too-many-groups',
        message: 'split by region, `success_rate` has 21 groups, and maxGroups lets 20 of them be judged',
        hint: 'raise maxGroups to 21 or more, or split by fewer labels',
      },
      {
        at: '17:11',
        severity: 'warning',
        code: 'live-too-many-groups',
        message: 'split by region, `queue` has 1234 groups, and maxGroups lets 50 of them be judged',
        hint: 'split by fewer labels; maxGroups is at most 1000',
      },
    ]);
  });

  test('that the source cannot count are no reason for a word', async () => {
    expect(await check(healthy, split)).toEqual([]);
  });
});

describe('error budgets', () => {
  const withBudget = (budget: string) =>
    rules.replace('  stopTheLine:', `  errorBudgets:\n    - { ${budget} }\n  stopTheLine:`);
  const preset = 'signal: success_rate, objective: 99.9%, period: 30d, burnRates: [page]';
  const byRegion = (text: string) =>
    text.replace('        total: requests\n', '        total: requests\n      by: [region]\n');
  const rate = 'sum by () (rate(requests[1h]))';
  const budgetsIn = async (text: string, values: Facts['values']) =>
    (await check(healthy, text, { types: {}, groups: { 'requests by region': 2 }, ...(values && { values }) })).filter(
      ({ code }) => code === 'live-false-alarms',
    );

  test('of a quiet service are told how often chance alone fires them, and what helps', async () => {
    expect(await budgetsIn(withBudget(preset), { [rate]: [0.05] })).toEqual([
      {
        at: '20:73',
        severity: 'warning',
        code: 'live-false-alarms',
        message: expect.stringMatching(
          /^with 180 events an hour \(over the last hour\), chance alone fires these tiers up to [\d.e+]+ times a year while the objective of 99\.9% is kept$/,
        ),
        hint: expect.stringMatching(/^minimumBad: \d+ brings that to 0(\.\d+)? a year$/),
      },
    ]);
  });

  test('are quiet once the minimum that was proposed is set', async () => {
    const [found] = await budgetsIn(withBudget(preset), { [rate]: [0.05] });
    const minimum = /minimumBad: \d+/.exec(found?.hint ?? '')?.[0];
    expect(await budgetsIn(withBudget(`${preset}, ${minimum}`), { [rate]: [0.05] })).toEqual([]);
  });

  test.each([
    ['a busy service', preset, { [rate]: [1000] }],
    ['a service without events', preset, { [rate]: [0] }],
    ['a signal without series', preset, { [rate]: [] }],
    ['a source that does not answer', preset, undefined],
    ['a budget without tiers', 'signal: success_rate, objective: 99.9%, period: 30d', { [rate]: [0.05] }],
    ['a budget of slices', `${preset}, method: { timeslices: 1m, target: 95% }`, { [rate]: [0.05] }],
  ])('of %s get no warning', async (_, budget, values) => {
    expect(await budgetsIn(withBudget(budget), values)).toEqual([]);
  });

  test('of a split signal add up what each group would do', async () => {
    const [found] = await budgetsIn(byRegion(withBudget(preset)), {
      'sum by (region) (rate(requests[1h]))': [0.05, 0.05],
    });
    expect(found?.message).toContain('with 360 events an hour in 2 groups (over the last hour)');
  });
});
