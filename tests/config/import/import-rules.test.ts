import { describe, expect, test } from '@jest/globals';
import type { Dialect } from '../../../src/config/import/dialect.ts';
import { importRules } from '../../../src/config/import/import-rules.ts';
import { loadRules } from '../../../src/config/load-rules.ts';

const dayMs = 86_400_000;

function imported(dialect: Dialect, text: string, options: { periodMs?: number; service?: string } = {}) {
  const file = { path: 'in.yaml', content: Buffer.from(text) };
  const { files, diagnostics } = importRules(dialect, [file], { periodMs: 30 * dayMs, ...options });
  const outputs = files.map((each) => ({ path: each.service, content: Buffer.from(each.text) }));
  return { text: files.map((each) => each.text).join('---\n'), diagnostics, services: loadRules(outputs).services };
}

const said = (dialect: Dialect, text: string): readonly string[] =>
  imported(dialect, text).diagnostics.map(({ line, code, message }) => `${line} ${code} ${message}`);

/** An OpenSLO objective with what a case changes about it. */
function openSlo({
  query = ['x_total{code!~"5.."}', 'x_total'],
  window = '[{ duration: 30d, isRolling: true }]',
  objective = '{ target: 0.99 }',
  method = 'Occurrences',
  policies = 'null',
  apiVersion = 'openslo/v1',
  counter = true,
} = {}): string {
  const metric = (text: string | undefined): string =>
    `{ metricSource: { type: Prometheus, spec: { query: '${text ?? ''}' } } }`;
  return `apiVersion: ${apiVersion}
kind: SLO
metadata: { name: slo }
spec:
  service: shop
  indicator: { metadata: { name: sli }, spec: { ratioMetric: { counter: ${counter}, good: ${metric(query[0])}, total: ${metric(query[1])} } } }
  timeWindow: ${window}
  budgetingMethod: ${method}
  objectives: [${objective}]
  alertPolicies: ${policies}
`;
}

const policy = (condition: string, more = ''): string =>
  `[{ kind: AlertPolicy, metadata: { name: fast }, spec: { ${more} conditions: [{ kind: AlertCondition, metadata: { name: c }, spec: { severity: page, condition: { kind: burnrate, ${condition} } } }] } }]`;

describe('the traps of OpenSLO', () => {
  test('a: bare counters stay bare, and a range is taken off with a word', () => {
    expect(imported('openslo', openSlo()).diagnostics).toEqual([]);
    const { text, diagnostics } = imported('openslo', openSlo({ query: ['sum(rate(g[5m]))', 'sum(rate(t[5m]))'] }));
    expect(text).toContain('good: g\n        total: t\n');
    expect(diagnostics.map(({ code }) => code)).toEqual(['carried-over-changed']);
    expect(said('openslo', openSlo({ counter: false }))).toEqual([expect.stringContaining('without `counter: true`')]);
  });

  test('b: good and total are carried over as such, so nothing is divided by no traffic', () => {
    const [service] = imported('openslo', openSlo()).services;
    expect(service?.signals[0]).toMatchObject({ kind: 'ratio', numerator: 'good' });
  });

  test.each([
    ['gt', '>', 0],
    ['gte', '>=', 0],
    ['lte', '>=', 1],
    ['lt', '>=', 1],
  ])('c: a burn rate that is %s a threshold alerts above it', (op, operator, warnings) => {
    const { text, diagnostics } = imported(
      'openslo',
      openSlo({ policies: policy(`op: ${op}, threshold: 2, lookbackWindow: 1h, alertAfter: 5m`) }),
    );
    expect(text).toContain(`when: slo.burnRate("1h") ${operator} 2.0\n      for: 5m\n`);
    expect(diagnostics.map(({ code }) => code)).toEqual(Array.from({ length: warnings }, () => 'suspicious'));
  });

  test.each([
    ['[{ duration: 1m, isRolling: true }]', '30d', ['suspicious', 'carried-over-changed']],
    ['[{ duration: 12m, isRolling: true }]', '360d', ['suspicious', 'carried-over-changed']],
    ['[{ duration: 1M, isRolling: true }]', '30d', ['carried-over-changed']],
    ['[{ duration: 1Q, isRolling: true }]', '90d', ['carried-over-changed']],
    ['[{ duration: 1Y, isRolling: true }]', '365d', ['carried-over-changed']],
    ['[{ duration: 4w, isRolling: true }]', '28d', []],
    ['[{ duration: 168h }]', '7d', ['carried-over-changed']],
  ])('d, j: the period %s is %s', (window, period, codes) => {
    const { text, diagnostics } = imported('openslo', openSlo({ window }));
    expect(text).toContain(`period: ${period}\n`);
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
  });

  test('e: an operator on a ratio is without effect', () => {
    expect(said('openslo', openSlo({ objective: '{ op: gt, value: 1, target: 0.99 }' }))).toEqual([
      expect.stringContaining('without-effect'),
      expect.stringContaining('without-effect'),
    ]);
  });

  test.each([
    ['1w', '2026-11-23 00:00:00', 'week', []],
    ['1w', '2026-11-22 00:00:00', 'week', ['not-carried-over']],
    ['1M', '2026-11-01 00:00:00', 'month', []],
    ['1M', '2026-11-01 06:00:00', 'month', ['not-carried-over']],
    ['1Q', '2026-04-01 00:00:00', 'quarter', []],
    ['1Q', '2026-05-01 00:00:00', 'quarter', ['not-carried-over']],
    ['1Y', '2026-01-01', 'year', []],
    ['1Y', '2026-07-01', 'year', ['not-carried-over']],
  ])('f, j: a calendar %s from %s is a %s', (duration, startTime, unit, codes) => {
    const calendar = `{ startTime: "${startTime}", timeZone: Europe/Berlin }`;
    const window = `[{ duration: ${duration}, isRolling: false, calendar: ${calendar} }]`;
    const { text, diagnostics } = imported('openslo', openSlo({ window }));
    expect(text).toContain(`period: { calendar: ${unit}, timeZone: Europe/Berlin }`);
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
  });

  test('f: a window that neither rolls nor has a calendar is named', () => {
    const window = '[{ duration: 30d, isRolling: false }]';
    expect(said('openslo', openSlo({ window }))).toEqual([
      '7 not-carried-over a window that does not roll needs a calendar; it was carried over as a rolling one',
    ]);
  });

  test('g: a target in quotes is a number all the same', () => {
    const { text, diagnostics } = imported('openslo', openSlo({ objective: '{ target: "0.995" }' }));
    expect(text).toContain('objective: 99.5%');
    expect(diagnostics.map(({ code }) => code)).toEqual(['carried-over-changed']);
  });

  test('h: the group of osko is read, another version is named', () => {
    expect(imported('openslo', openSlo({ apiVersion: 'openslo.com/v1' })).services).toHaveLength(1);
    const other = imported('openslo', openSlo({ apiVersion: 'openslo.com/v2alpha' }));
    expect(other.services).toEqual([]);
    expect(other.diagnostics).toHaveLength(1);
  });

  test('i: policies that are null are none', () => {
    expect(imported('openslo', openSlo({ policies: '' })).diagnostics).toEqual([]);
  });
});

describe('objectives of OpenSLO', () => {
  test.each([
    ['{ target: 99 }', 'did you mean targetPercent: 99, which is target: 0.99?'],
    ['{ target: 0 }', undefined],
    ['{ targetPercent: 101 }', undefined],
    ['{ displayName: x }', undefined],
  ])('%s is refused', (objective, hint) => {
    const { services, diagnostics } = imported('openslo', openSlo({ objective }));
    expect(services).toEqual([]);
    expect(diagnostics[0]?.severity).toBe('error');
    expect(diagnostics[0]?.hint).toBe(hint);
  });

  test.each([
    ['Timeslices', '{ target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 1 }', '{ timeslices: 1m, target: 95% }'],
    ['Timeslices', '{ target: 0.99, timeSliceTarget: 1, timeSliceWindow: 5m }', '{ timeslices: 5m, target: 100% }'],
    ['RatioTimeslices', '{ target: 0.99, timeSliceWindow: 10m }', '{ ratioTimeslices: 10m }'],
  ])('%s become slices', (method, objective, written) => {
    expect(imported('openslo', openSlo({ method, objective })).text).toContain(`method: ${written}`);
  });

  test('slices without a target of theirs are named', () => {
    const text = openSlo({ method: 'Timeslices', objective: '{ target: 0.99, timeSliceWindow: 1m }' });
    expect(imported('openslo', text).services).toEqual([]);
    expect(said('openslo', text)).toEqual([expect.stringContaining('need a timeSliceTarget')]);
  });

  test('an alert when there is no data opens after a while', () => {
    const policies = policy('op: gt, threshold: 2, lookbackWindow: 1h', 'alertWhenNoData: true,');
    expect(imported('openslo', openSlo({ policies })).services[0]?.rules[0]?.onUnknown).toEqual({
      policy: 'open',
      afterMs: 600_000,
    });
  });
});

const sloth = (bad: string, total = 'sum(rate(t_total[{{.window}}]))', more = ''): string =>
  `version: prometheus/v1
service: shop
slos:
  - name: slo
    objective: 99.9
    sli: { events: { error_query: '${bad}', total_query: '${total}' } }
${more}`;

describe('Sloth', () => {
  test('both alerts are the presets of the workbook', () => {
    const [service] = imported('sloth', sloth('sum(rate(b_total[{{.window}}]))')).services;
    expect(service?.budgets[0]?.tiers.map(({ factor }) => factor)).toEqual([14.4, 6, 3, 1]);
  });

  test('the period is the one that was asked for', () => {
    const [service] = imported('sloth', sloth('sum(rate(b_total[{{.window}}]))'), { periodMs: 28 * dayMs }).services;
    expect(service?.budgets[0]?.period).toMatchObject({ ms: 28 * dayMs });
    expect(service?.budgets[0]?.tiers[0]?.factor).toBeCloseTo(13.44, 6);
  });

  test('an alert that is switched off is left out', () => {
    const more = '    alerting: { page_alert: { disable: true } }\n';
    const [service] = imported('sloth', sloth('sum(rate(b_total[{{.window}}]))', undefined, more)).services;
    expect(service?.rules.map(({ severity }) => severity)).toEqual(['ticket']);
  });

  test.each(['{{.window}}', '{{ .window }}', '{{.window }}', '{{-  .window -}}'])('%s is a window', (placeholder) => {
    const total = `sum(rate(t_total[${placeholder}]))`;
    expect(imported('sloth', sloth(`sum(rate(b_total[${placeholder}]))`, total)).diagnostics).toEqual([]);
  });

  test.each([
    ['le="0.3"', 300],
    ['le="1.0"', 1000],
    ['le=~"1|1.0"', 1000],
    ['le=~"2(\\\\.0)?"', 2000],
  ])('a bucket %s is a latency', (bound, thresholdMs) => {
    const text = sloth(
      `sum(rate(d_seconds_count{job="a"}[{{.window}}])) - sum(rate(d_seconds_bucket{job="a",${bound}}[{{.window}}]))`,
      'sum(rate(d_seconds_count{job="a"}[{{.window}}]))',
    );
    expect(imported('sloth', text).services[0]?.signals[0]).toMatchObject({
      kind: 'latency',
      histogram: 'd_seconds{job="a"}',
      thresholdSeconds: thresholdMs / 1000,
    });
  });

  test.each([
    ['another unit', 'd_ms', 'job="a"', 'le="300"'],
    ['other series', 'd_seconds', 'job="b"', 'le="0.3"'],
    ['less than a millisecond', 'd_seconds', 'job="a"', 'le="0.0005"'],
  ])('a histogram of %s stays a ratio', (_, name, matcher, bound) => {
    const text = sloth(
      `sum(rate(${name}_count{job="a"}[{{.window}}])) - sum(rate(${name}_bucket{${matcher},${bound}}[{{.window}}]))`,
      `sum(rate(${name}_count{job="a"}[{{.window}}]))`,
    );
    expect(imported('sloth', text).services[0]?.signals[0]?.kind).toBe('ratio');
  });

  test('a service in two documents is one rule file', () => {
    const one = sloth('sum(rate(b_total[{{.window}}]))');
    const two = one.replace('name: slo', 'name: other').replaceAll('b_total', 'c_total');
    const { services } = imported('sloth', `${one}---\n${two}`);
    expect(services.map(({ name, signals }) => [name, signals.length])).toEqual([['shop', 2]]);
  });

  test('signals that are split by other labels become a service beside it', () => {
    const split = (label: string): string =>
      sloth(`sum by (${label}) (rate(b_total[{{.window}}]))`, `sum by (${label}) (rate(t_total[{{.window}}]))`);
    const { services, diagnostics } = imported('sloth', `${split('path')}---\n${split('zone')}`);
    expect(services.map(({ name }) => name)).toEqual(['shop', 'shop-by-zone']);
    expect(diagnostics.map(({ code }) => code)).toEqual(['carried-over-changed']);
  });

  test('a name cannot end the comment that it stands in', () => {
    const text = sloth('sum(rate(b_total[{{.window}}]))').replace('name: slo', String.raw`name: "a\n\rspec: \u2028b"`);
    expect(imported('sloth', text).services).toHaveLength(1);
  });
});

describe('Pyrra', () => {
  const pyrra = (window: string, indicator: string, alerting = '{}'): string =>
    `apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: { name: slo }
spec: { target: "99", window: ${window}, indicator: ${indicator}, alerting: ${alerting} }
`;
  const ratio = '{ ratio: { errors: { metric: b_total }, total: { metric: t_total } } }';
  const minutes = (ms: number): number => ms / 60_000;

  test.each([
    ['4w', [60, 360, 1440, 5760], [5, 30, 120, 360]],
    ['30d', [64, 386, 1543, 6171], [5, 32, 129, 386]],
    ['7d', [15, 90, 360, 1440], [1, 8, 30, 90]],
  ])('the tiers of %s have its windows and factors', (window, long, short) => {
    const tiers = imported('pyrra', pyrra(window, ratio)).services[0]?.budgets[0]?.tiers ?? [];
    expect(tiers.map(({ longMs }) => minutes(longMs))).toEqual(long);
    expect(tiers.map(({ shortMs }) => minutes(shortMs))).toEqual(short);
    [14, 7, 2, 1].forEach((factor, index) => expect(tiers[index]?.factor).toBeCloseTo(factor, 3));
  });

  test.each([
    ['{ burnrates: false }', []],
    ['{ disabled: true }', []],
    ['{ severities: { slowBurn: critical, longTermBurn: critical } }', ['page']],
  ])('alerting %s pages with %j', (alerting, severities) => {
    const { services } = imported('pyrra', pyrra('4w', ratio, alerting));
    expect(services[0]?.rules.map(({ severity }) => severity)).toEqual(severities);
  });

  test('one service can hold all objectives', () => {
    const text = `${pyrra('4w', ratio)}---\n${pyrra('4w', ratio).replace('name: slo', 'name: b').replaceAll('b_total', 'c_total')}`;
    expect(imported('pyrra', text, { service: 'shop' }).services.map(({ name }) => name)).toEqual(['shop']);
    expect(imported('pyrra', text).services.map(({ name }) => name)).toEqual(['slo', 'b']);
  });
});

describe('files that are no objectives', () => {
  test.each([
    ['an empty file', ''],
    ['broken YAML', 'a: ['],
    [
      'a bomb of aliases',
      `a: &a [1]\n${Array.from({ length: 25 }, (_, i) => `${'bcdefghijklmnopqrstuvwxyz'[i]}: &${'bcdefghijklmnopqrstuvwxyz'[i]} [*${'abcdefghijklmnopqrstuvwxy'[i]}, *${'abcdefghijklmnopqrstuvwxy'[i]}]`).join('\n')}`,
    ],
    ['nesting without end', '['.repeat(50_000)],
    ['a file that is too large', '#'.repeat(1_048_577)],
    ['a list of nothing', '[null, 1, {}]'],
    ['another tool', 'apiVersion: v1\nkind: ConfigMap\n'],
  ])('%s is named, and nothing is written', (_, text) => {
    for (const dialect of ['sloth', 'pyrra', 'openslo'] as const) {
      const found = imported(dialect, text);
      expect(found.text).toBe('');
      expect(found.diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
    }
  });

  test('no line that may hold a password is shown', () => {
    const source =
      'apiVersion: openslo/v1\nkind: DataSource\nmetadata: { name: m }\nspec: { connectionDetails: { password: hunter2 } }\n';
    for (const dialect of ['sloth', 'pyrra', 'openslo'] as const)
      expect(JSON.stringify(imported(dialect, source).diagnostics)).not.toContain('hunter2');
    expect(
      JSON.stringify(imported('openslo', '{ apiVersion: openslo/v1, kind: X, spec: { token: hunter2 } }').diagnostics),
    ).not.toContain('hunter2');
  });
});

describe('what the file leaves open', () => {
  test('an objective without a period keeps its target only', () => {
    const { services, diagnostics } = imported('openslo', openSlo({ window: '[]' }));
    expect(services[0]?.budgets).toEqual([]);
    expect(services[0]?.endState.targets[0]?.value).toBe(0.99);
    expect(diagnostics.map(({ code }) => code)).toEqual(['not-carried-over', 'not-carried-over']);
  });

  test('two objectives on one indicator share its signal, and the tighter one is the target', () => {
    const text = openSlo({ objective: '{ displayName: a, target: 0.99 }, { displayName: b, target: 0.999 }' });
    const [service] = imported('openslo', text).services;
    expect(service?.signals.map(({ name }) => name)).toEqual(['slo']);
    expect(service?.budgets.map(({ name, objective }) => [name, objective])).toEqual([
      ['slo_a', 0.99],
      ['slo_b', 0.999],
    ]);
    expect(service?.endState.targets.map(({ value }) => value)).toEqual([0.999]);
  });

  test('labels of an objective that alerts about nothing are named', () => {
    const text = openSlo().replace('metadata: { name: slo }', 'metadata: { name: slo, labels: { area: x } }');
    const other = openSlo({ query: ['y_total{a="b"}', 'y_total'] }).replace('{ name: slo }', '{ name: other }');
    expect(said('openslo', `${text}---\n${other}`)).toEqual([
      expect.stringContaining('nobody hands on its labels (area)'),
    ]);
  });

  test('a service without an objective that could be carried over is named', () => {
    const service =
      'apiVersion: openslo/v1\nkind: Service\nmetadata: { name: lonely }\nspec: { description: Alone. }\n';
    expect(said('openslo', service)).toEqual([expect.stringContaining('no objective of `lonely` was carried over')]);
  });
});

describe('of an objective that is not carried over, only the reason is told', () => {
  test('Pyrra, in its own words', () => {
    const text = `apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: { name: shop, labels: { pyrra.dev/team-x: a } }
spec:
  target: "99"
  window: 1m
  alerting: { burnRateType: dynamic }
  indicator: { ratio: { errors: { metric: 'x_total{code="500"}' }, total: { metric: x_total } } }
`;
    const { diagnostics } = imported('pyrra', text);
    expect(diagnostics.map(({ line, message, hint }) => `${line} ${message}: ${hint}`)).toEqual([
      '6 a window is at least 1h, and this is 1m, so this objective was not carried over: `m` is minutes: write 30d or 4w for a month',
    ]);
  });

  test('what the loader refuses says nothing of what else was in it', () => {
    const objective = '{ target: 0.99, compositeWeight: 2 }';
    const text = openSlo({ window: '[{ duration: 800d, isRolling: true }]', objective }).replace(
      'metadata: { name: slo }',
      'metadata: { name: slo, labels: { team-x: a } }',
    );
    expect(said('openslo', text)).toEqual([
      '1 not-carried-over what this becomes is refused: a period is at most 366d; so it was not carried over',
    ]);
  });
});

test('a period of thirty minutes was meant in days, and is not read as months', () => {
  const { diagnostics } = imported('openslo', openSlo({ window: '[{ duration: 30m, isRolling: true }]' }));
  const first = diagnostics.find(({ code }) => code === 'not-carried-over');
  expect(first?.message).toContain('`30m` is a period of minutes');
  expect(first?.hint).toBe('did you mean 30d?');
  expect(diagnostics.map(({ message }) => message).join()).not.toContain('900d');
});
