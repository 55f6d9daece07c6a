import { describe, expect, test } from '@jest/globals';
import type { Dialect } from '../../../src/config/import/dialect.ts';
import { importRules } from '../../../src/config/import/import-rules.ts';
import { loadRules } from '../../../src/config/load-rules.ts';
import type { Service } from '../../../src/domain/service/service.ts';

/** What an import comes to: services, and what was said as `line code message`. */
function migrated(dialect: Dialect, text: string): { readonly services: readonly Service[]; said: readonly string[] } {
  const { files, diagnostics } = importRules(dialect, [{ path: 'in.yaml', content: Buffer.from(text) }], {
    periodMs: 30 * 86_400_000,
  });
  const outputs = files.map((file) => ({ path: file.service, content: Buffer.from(file.text) }));
  const loaded = loadRules(outputs);
  expect(loaded.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return {
    services: loaded.services,
    said: diagnostics.map(({ line, code, message }) => `${line} ${code} ${message}`),
  };
}

/** An objective of Sloth, with what a case adds to its service, to itself and to its alerting. */
function sloth({ service = '', slo = '', alerting = '{ name: OrdersFail }', bad = 'orders_total{state="lost"}' } = {}) {
  return `version: prometheus/v1
service: orders
labels: { owner: order-team, tier: "1" }
${service}
slos:
  - name: placed
    objective: 99.5
    ${slo}
    sli:
      events:
        error_query: sum(rate(${bad}[{{.window}}]))
        total_query: sum(rate(orders_total[{{.window}}]))
    alerting: ${alerting}
`;
}

describe('who comes from Sloth', () => {
  test('keeps what pages and tickets say, at the burn rates, and the owner', () => {
    const { services, said } = migrated(
      'sloth',
      sloth({
        alerting: `
      name: OrdersFail
      labels: { area: orders }
      annotations: { summary: Orders get lost }
      page_alert: { labels: { route: pager }, annotations: { runbook: "https://runbooks.example.com/lost" } }
      ticket_alert: { labels: { route: board } }`,
      }),
    );
    expect(said).toEqual([]);
    expect(services[0]).toMatchObject({
      owner: 'order-team',
      labels: { owner: 'order-team', tier: '1' },
      rules: [
        {
          name: 'placed-budget-page',
          labels: { area: 'orders', route: 'pager' },
          summary: 'Orders get lost',
          runbook: 'https://runbooks.example.com/lost',
        },
        { name: 'placed-budget-ticket', labels: { area: 'orders', route: 'board' }, summary: 'Orders get lost' },
      ],
    });
    expect(services[0]?.rules[1]).not.toHaveProperty('runbook');
  });

  test('finds labels of one alert at that alert, and not on everything that the service will ever page for', () => {
    const alerting = '{ page_alert: { labels: { route: pager } }, ticket_alert: { disable: true } }';
    const [service] = migrated('sloth', sloth({ alerting })).services;
    expect(service?.labels).toEqual({ owner: 'order-team', tier: '1' });
    expect(service?.rules).toMatchObject([{ severity: 'page', labels: { route: 'pager' } }]);
  });

  test.each([
    ['slo_plugins: { chain: [{ id: sloth.dev/contrib/alert_for/v1 }] }', '', 300_000, []],
    ['', 'plugins: { chain: [{ id: sloth.dev/contrib/alert_for/v1 }] }', 300_000, []],
    ['', '', 0, [expect.stringContaining('without-effect Sloth does nothing with `for`')]],
  ])('has alerts wait where a plugin had them wait: %j %j', (service, slo, forMs, expected) => {
    const alerting = '{ name: OrdersFail, page_alert: { for: 5m }, ticket_alert: { disable: true } }';
    const { services, said } = migrated('sloth', sloth({ service, slo, alerting }));
    expect(services[0]?.rules).toMatchObject([{ name: 'placed-budget-page', severity: 'page', forMs }]);
    expect(said).toEqual(expected);
  });

  test.each([
    ['sloth.dev/core/alert_rules/v1', []],
    ['sloth.dev/contrib/denominator_corrected_rules/v1', ['5 without-effect Andon weighs']],
    ['example.com/mine/v1', ['5 not-carried-over the plugin `example.com/mine/v1` changes']],
  ])('is told of the plugin %s', (id, expected) => {
    const service = `slo_plugins:\n  chain: [{ id: ${id}, config: { a: 1 } }]`;
    const { said } = migrated('sloth', sloth({ service }));
    expect(said).toEqual(expected.map((start) => expect.stringContaining(start)));
  });

  test('is told of windows that nothing uses', () => {
    const tier = (long: string): string => `{ errorBudgetPercent: 2, shortWindow: 5m, longWindow: ${long} }`;
    const pair = (first: string, second: string): string => `{ quick: ${tier(first)}, slow: ${tier(second)} }`;
    const windows = `apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec: { sloPeriod: 30d, page: ${pair('1h', '6h')}, ticket: ${pair('1d', '3d')} }
`;
    expect(migrated('sloth', windows).said).toEqual([
      expect.stringContaining('1 not-carried-over no objective in these files uses these windows'),
    ]);
    const { services, said } = migrated('sloth', [windows, windows, sloth()].join('---\n'));
    expect(services[0]?.budgets[0]?.tiers.map(({ shortMs }) => shortMs)).toEqual(
      Array.from({ length: 4 }, () => 300_000),
    );
    expect(said).toEqual([expect.stringContaining('not-carried-over there are other windows for this period')]);
  });

  test('is told what intervals and variables come to', () => {
    expect(migrated('sloth', sloth({ slo: 'interval: { all: 5m }' })).said).toEqual([
      expect.stringContaining('8 without-effect this is about the rules that Sloth generates'),
    ]);
    for (const variable of ['$cluster', '${cluster}']) {
      expect(migrated('sloth', sloth({ bad: `lost_total{cluster="${variable}"}` })).said).toEqual([
        expect.stringContaining(`suspicious \`${variable}\` is a variable`),
      ]);
    }
    expect(migrated('sloth', sloth({ bad: 'lost_total{path=~"/a$|/b$"}' })).said).toEqual([]);
  });

  test('is told which key a ratio that is one already needs, and what a gauge becomes', () => {
    const raw = sloth().replace(/events:[^]*?(?= {4}alerting)/, 'raw: { errorRatioQuery: up }\n');
    expect(migrated('sloth', raw).said).toContainEqual(expect.stringContaining('raw needs `error_ratio_query`'));
    const folded = sloth().replaceAll(/sum\(rate\((.*)\)\)/g, 'sum(sum_over_time(fit[{{.window}}]))');
    const { diagnostics } = importRules('sloth', [{ path: 'in.yaml', content: Buffer.from(folded) }], { periodMs: 1 });
    expect(diagnostics.map(({ hint = '' }) => hint)).toContainEqual(
      expect.stringContaining('folds samples of a gauge'),
    );
  });
});

describe('a latency', () => {
  const latency = (bad: string, total: string) => {
    const text = sloth()
      .replace(/error_query: .*/, `error_query: ${bad}`)
      .replace(/total_query: .*/, `total_query: ${total}`);
    return migrated('sloth', text);
  };
  const rate = (selector: string): string => `sum(rate(${selector}[{{.window}}]))`;
  const [all, infinite, fast] = [
    rate('pick_seconds_count{lane="a"}'),
    rate('pick_seconds_bucket{lane="a",le="+Inf"}'),
    rate('pick_seconds_bucket{le="0.3",lane="a"}'),
  ];

  test.each([
    [`${all} - ${fast}`, all],
    [`${infinite} - ${fast}`, infinite],
  ])('is what %s leaves of all events', (bad, total) => {
    const { services, said } = latency(bad, total);
    expect(services[0]?.signals[0]).toMatchObject({ kind: 'latency', thresholdSeconds: 0.3 });
    expect(services[0]?.signals[0]).toHaveProperty('histogram', 'pick_seconds{lane="a"}');
    expect(said).toEqual([]);
  });

  test.each([all, infinite])('is looked at again where the fast events are the bad ones: of %s', (total) => {
    const { services, said } = latency(fast, total);
    expect(services[0]?.signals[0]).toMatchObject({ kind: 'ratio', numerator: 'bad' });
    expect(said).toEqual([expect.stringContaining('11 suspicious a bucket holds the fast events')]);
  });
});

/** What a cluster adds to an object that it is asked for. */
const fromCluster = `creationTimestamp: "2026-01-02T03:04:05Z"
    generation: 3
    resourceVersion: "77"
    uid: 00000000-0000-4000-8000-000000000000
    managedFields: [{ manager: kubectl, operation: Update }]
    annotations: { kubectl.kubernetes.io/last-applied-configuration: "{}" }`;

describe('what a cluster gives', () => {
  test.each<[Dialect, string]>([
    [
      'sloth',
      `apiVersion: v1
kind: List
metadata: { resourceVersion: "" }
items:
- apiVersion: sloth.slok.dev/v1
  kind: PrometheusServiceLevel
  metadata:
    name: orders
    namespace: shop
    ${fromCluster}
  spec:
    service: orders
    slos:
    - name: placed
      objective: 99.5
      sli: { events: { errorQuery: 'sum(rate(lost_total[{{.window}}]))', totalQuery: 'sum(rate(orders_total[{{.window}}]))' } }
      alerting: { pageAlert: {}, ticketAlert: { disable: true } }
  status: { processedSLOs: 1, promOpRulesGenerated: true }
`,
    ],
    [
      'pyrra',
      `apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjectiveList
items:
- apiVersion: pyrra.dev/v1alpha1
  kind: ServiceLevelObjective
  metadata:
    name: orders
    namespace: shop
    ${fromCluster}
  spec:
    target: "99.5"
    window: 4w
    indicator: { ratio: { errors: { metric: lost_total }, total: { metric: orders_total } } }
  status: { type: PrometheusRule }
`,
    ],
  ])('is read as it is, and only what people declared is spoken of: %s', (dialect, text) => {
    const { services, said } = migrated(dialect, text);
    expect(services.map(({ name }) => name)).toEqual(['orders']);
    expect(said).toEqual([]);
  });

  test('is named where an item is no object', () => {
    expect(migrated('pyrra', 'kind: List\nitems: [7]\n').said).toEqual([
      expect.stringContaining('2 not-carried-over expected a mapping'),
    ]);
  });
});

describe('who comes from Pyrra', () => {
  const pyrra = (spec = '', metric = 'orders_total', labels = '{}'): string => `apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata:
  name: orders
  labels: ${labels}
spec:
  target: "99.5"
  window: 4w
  ${spec}
  indicator:
    ratio: { errors: { metric: '${metric.replace('orders', 'lost')}' }, total: { metric: '${metric}' } }
`;

  test('reads counters as of now', () => {
    const { services, said } = migrated('pyrra', pyrra('', 'orders_total{job="shop"} offset 2m'));
    expect(services[0]?.signals[0]).toMatchObject({ totalTerms: [{ selector: 'orders_total{job="shop"}' }] });
    expect(said).toEqual([
      expect.stringContaining('carried-over-changed `offset 2m` was taken off'),
      expect.stringContaining('carried-over-changed `offset 2m` was taken off'),
    ]);
  });

  test.each([
    ['alerting: { burnRateType: static }', []],
    ['alerting: { burnRateType: dynamic }', ['9 not-carried-over thresholds that follow the traffic']],
    ['partial_response_strategy: warn', ['9 without-effect this is about the rules that Pyrra generates']],
  ])('is told of %s', (spec, expected) => {
    expect(migrated('pyrra', pyrra(spec)).said).toEqual(expected.map((start) => expect.stringContaining(start)));
  });

  test('is told once of all labels that mean something to others', () => {
    const labels = '{ prometheus: main, role: alert-rules, pyrra.dev/team: order-team }';
    const { services, said } = migrated('pyrra', pyrra('', 'orders_total', labels));
    expect(services[0]).toMatchObject({ owner: 'order-team', labels: { team: 'order-team' } });
    expect(said).toEqual([expect.stringContaining('5 without-effect `prometheus`, `role`: Pyrra hands on')]);
  });
});

describe('who comes from OpenSLO v1alpha', () => {
  const alpha = (
    objectives: string,
    more = '',
    window = '{ unit: Day, count: 28, isRolling: true }',
  ) => `apiVersion: openslo/v1alpha
kind: SLO
metadata: { name: placed }
spec:
  service: orders
  budgetingMethod: Occurrences
  timeWindows: [${window}]
  objectives: ${objectives}
  ${more}
`;
  const counted = (query: string): string =>
    `{ source: main, queryType: promql, query: 'sum(rate(${query}[{{.window}}]))' }`;
  const ratio = (target: number, le: string): string =>
    `{ target: ${target}, ratioMetrics: { good: ${counted(`pick_seconds_bucket{le="${le}"}`)}, total: ${counted('pick_seconds_count')} } }`;

  test('finds what each objective counts, over the period that it had', () => {
    const { services, said } = migrated('openslo', alpha(`[${ratio(0.99, '0.4')}, ${ratio(0.999, '5')}]`));
    expect(said).toEqual([]);
    expect(services[0]).toMatchObject({
      name: 'orders',
      source: 'main',
      signals: [
        { kind: 'latency', thresholdSeconds: 0.4 },
        { kind: 'latency', thresholdSeconds: 5 },
      ],
      budgets: [
        { objective: 0.99, period: { kind: 'rolling', ms: 28 * 86_400_000 } },
        { objective: 0.999, period: { kind: 'rolling', ms: 28 * 86_400_000 } },
      ],
    });
  });

  test('finds thresholds and calendars too', () => {
    const indicator = "indicator: { thresholdMetric: { source: main, queryType: promql, query: 'max(queue_depth)' } }";
    const window =
      '{ unit: Month, count: 1, isRolling: false, calendar: { timeZone: Europe/Berlin, startTime: 2026-01-01 00:00:00 } }';
    const gauge = migrated('openslo', alpha('[{ op: lte, value: 100, target: 0.99 }]', indicator, window));
    expect(gauge.services[0]?.endState.targets).toMatchObject([{ bound: 'atMost', value: 100 }]);
    const { services } = migrated('openslo', alpha(`[${ratio(0.99, '0.4')}]`, '', window));
    expect(services[0]?.budgets).toMatchObject([{ period: { unit: 'month', timeZone: 'Europe/Berlin' } }]);
  });

  test.each([
    ['{ unit: Fortnight, count: 1 }', 'expected a unit such as Day'],
    ['{ unit: Day, count: 1.5 }', 'expected a unit such as Day'],
  ])('is told of the period %s', (window, message) => {
    expect(migrated('openslo', alpha(`[${ratio(0.99, '0.4')}]`, '', window)).said).toContainEqual(
      expect.stringContaining(message),
    );
  });

  test('is told of a query in another language', () => {
    const other =
      '[{ target: 0.99, ratioMetrics: { good: { queryType: sumo, query: a }, total: { queryType: sumo, query: b } } }]';
    expect(migrated('openslo', alpha(other)).said).toContainEqual(
      expect.stringContaining('`sumo` has another query language'),
    );
  });
});

test('who comes from OpenSLO is told where alerts that went to different targets now go to all of them', () => {
  const policy = (name: string, target: string): string =>
    `{ kind: AlertPolicy, metadata: { name: ${name} }, spec: { conditions: [{ kind: AlertCondition, metadata: { name: c }, ` +
    `spec: { severity: page, condition: { kind: burnrate, op: gt, threshold: 2, lookbackWindow: ${name === 'a' ? 1 : 6}h, alertAfter: 5m } } }], ` +
    `notificationTargets: [{ targetRef: ${target} }] } }`;
  const slo = (policies: readonly string[]): string => `apiVersion: openslo/v1
kind: SLO
metadata: { name: placed }
spec:
  service: orders
  indicator: { metadata: { name: i }, spec: { ratioMetric: { counter: true, bad: { metricSource: { spec: { query: lost_total } } }, total: { metricSource: { spec: { query: orders_total } } } } } }
  timeWindow: [{ duration: 30d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ target: 0.995 }]
  alertPolicies: [${policies.join(', ')}]
`;
  expect(migrated('openslo', slo([policy('a', 'pager'), policy('b', 'pager')])).said).toEqual([]);
  const { services, said } = migrated('openslo', slo([policy('a', 'pager'), policy('b', 'board')]));
  expect(services[0]?.notify).toEqual(['pager', 'board']);
  expect(said).toEqual([
    expect.stringContaining('alerts of `orders` go to different targets (pager / board), and a service tells all'),
  ]);
});
