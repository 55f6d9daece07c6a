import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { presetTiers } from '../../../src/domain/budget/burn-tiers.ts';
import type { ErrorBudget } from '../../../src/domain/budget/objective.ts';
import { generateRules } from '../../../src/config/generate/generate-rules.ts';
import { prometheusDuration } from '../../../src/domain/text/prometheus-duration.ts';
import { renderManifests, renderRules } from '../../../src/config/generate/render-rules.ts';
import type { RuleGroup } from '../../../src/config/generate/rule-group.ts';
import { planWindows } from '../../../src/config/generate/window-plan.ts';
import { loadRules } from '../../../src/config/load-rules.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { aBudget, aService, dayMs, hourMs, minuteMs, promtool, rulesOf, run, successRate } from './rule-bench.ts';

const month = 30 * dayMs;
const allTiers = (periodMs: number) => [...presetTiers('page', periodMs), ...presetTiers('ticket', periodMs)];

function groupsOf(budget: ErrorBudget, signals = successRate, maxGroupSize = 20): readonly RuleGroup[] {
  const text = rulesOf([aService(signals, [budget])], maxGroupSize);
  return (parse(text) as { readonly groups: readonly RuleGroup[] }).groups;
}

describe('what promtool and vmalert say', () => {
  const signals = {
    ratio: successRate,
    good: `success_rate:\n  ratio: { good: 'requests_total{code!~"5.."}', total: requests_total }\n`,
    split: `success_rate:\n  by: [region, zone]\n  ratio: { bad: errors_total - excused_total, total: 'a_total + b_total' }\n`,
    latency: `success_rate:\n  latency: { histogram: 'latency_seconds{job=~"a|b"}', threshold: 300ms }\n`,
    native: `success_rate:\n  latency: { histogram: 'latency_seconds{job="a"}', threshold: 300ms, native: true }\n`,
  };
  const periods = { day: dayMs, week: 7 * dayMs, 'four weeks': 28 * dayMs, month, year: 365 * dayMs };
  const cases = Object.entries(signals).flatMap(([signal, text]) =>
    Object.entries(periods).map(([period, ms]) => [signal, period, text, ms] as const),
  );
  const rulesFor = (text: string, ms: number): string => {
    const budget = aBudget({ period: { kind: 'rolling', ms }, tiers: allTiers(ms), minimumBad: 5 });
    return rulesOf([
      aService(
        text,
        [budget, { ...budget, name: 'second', objective: 0.99 }],
        ', owner: "{{x}}", labels: { team: payments, template: "{{x}}" }',
      ),
    ]);
  };

  test.each(cases)('rules of a %s signal over a %s are sound', async (_signal, _period, text, ms) => {
    await using folder = await temporaryDirectory();
    const file = join(folder.path, 'rules.yml');
    const rules = rulesFor(text, ms);
    await writeFile(file, rules);
    const count = rules.match(/^ {6}- (?:record|alert):/gm)?.length ?? 0;
    const { stdout } = await run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', file]);
    expect(stdout).toContain(`SUCCESS: ${count} rules found`);
    // VictoriaMetrics knows no native histograms.
    if (text !== signals.native) await run('vmalert', [`-rule=${file}`, '-dryRun']);
    expect(rules.length).toBeLessThan(256 * 1024);
  });

  test('no expression is too long for VictoriaMetrics', () => {
    for (const [, , text, ms] of cases) {
      const { groups } = parse(rulesFor(text, ms)) as { readonly groups: readonly RuleGroup[] };
      for (const { rules } of groups) for (const { expr } of rules) expect(expr.length).toBeLessThan(16_000);
    }
  });
});

test('names, groups and labels are those of Sloth', () => {
  const groups = groupsOf(aBudget({ tiers: allTiers(month) }));
  expect(groups.map(({ name }) => name)).toEqual([
    'sloth-slo-sli-recordings-shop-success_rate',
    'sloth-slo-meta-recordings-shop-success_rate',
    'sloth-slo-alerts-shop-success_rate',
  ]);
  const records = groups.flatMap(({ rules }) => rules.flatMap((rule) => ('record' in rule ? rule.record : [])));
  expect(records.filter((record) => !record.startsWith('andon:'))).toEqual([
    ...['5m', '30m', '1h', '2h', '6h', '1d', '3d', '30d'].map((window) => `slo:sli_error:ratio_rate${window}`),
    'slo:objective:ratio',
    'slo:error_budget:ratio',
    'slo:time_period:days',
    'slo:current_burn_rate:ratio',
    'slo:period_burn_rate:ratio',
    'slo:period_error_budget_remaining:ratio',
    'sloth_slo_info',
  ]);
  const labels = { sloth_id: 'shop-success_rate', sloth_service: 'shop', sloth_slo: 'success_rate' };
  for (const { labels: own } of groups.flatMap(({ rules }) => rules)) expect(own).toMatchObject(labels);
  const alerts = groups[2]?.rules ?? [];
  expect(alerts.map((rule) => rule.labels['sloth_severity'])).toEqual(['page', 'ticket']);
  expect(groups[0]?.rules.at(-1)?.labels).toEqual({ ...labels, sloth_window: '30d' });
});

test('a budget without burn rates has no alerts', () => {
  expect(groupsOf(aBudget())).toHaveLength(2);
});

test('an alert hands on what was said about it', () => {
  const page = {
    labels: { team: 'checkout', region: 'eu', sloth_id: 'mine', note: '{{ $value }}' },
    summary: 'Payments fail at {{region}}',
    runbook: 'https://runbooks.example.com/payments',
  };
  const regional = successRate.replace('success_rate:', 'success_rate:\n  by: [region]');
  const budget = aBudget({ tiers: allTiers(month), ruleWords: { page } });
  const [paging, ticket] = groupsOf(budget, regional).at(-1)?.rules ?? [];
  expect(paging).toMatchObject({
    labels: { team: 'checkout', sloth_id: 'shop-success_rate', sloth_severity: 'page' },
    annotations: { summary: 'Payments fail at {{"{{"}}region}}', runbook_url: page.runbook },
  });
  expect(Object.keys(paging?.labels ?? {})).not.toContain('region');
  expect(Object.keys(paging?.labels ?? {})).not.toContain('note');
  expect(ticket?.labels).not.toHaveProperty('team');

  const left: string[] = [];
  generateRules([aService(regional, [budget])], (_, path) => void left.push(path.join('.')), {
    version: '0.0.0',
    maxGroupSize: 20,
  });
  expect(left).toEqual(Array.from({ length: 3 }, () => 'spec.errorBudgets.0.burnRates'));
});

test('groups are cut to the size that the ruler takes, in their order', () => {
  const whole = groupsOf(aBudget({ tiers: allTiers(month) }), successRate, 1000);
  const cut = groupsOf(aBudget({ tiers: allTiers(month) }), successRate, 7);
  expect(Math.max(...cut.map(({ rules }) => rules.length))).toBe(7);
  expect(new Set(cut.map(({ name }) => name)).size).toBe(cut.length);
  expect(cut.flatMap(({ rules }) => rules)).toEqual(whole.flatMap(({ rules }) => rules));
  expect(groupsOf(aBudget({ tiers: allTiers(month) })).every(({ rules }) => rules.length <= 20)).toBe(true);
});

test('a manifest for the operator holds the same groups', () => {
  const service = aService(successRate, [aBudget()]);
  const { services } = generateRules([service, { ...service, name: 'cart' }], () => undefined, {
    version: '0.0.0',
    maxGroupSize: 20,
  });
  const manifests = renderManifests(services, { namespace: 'monitoring', labels: { release: 'prometheus' } });
  const [first, second, ...more] = manifests.split('---\n').map((text) => parse(text) as unknown);
  const groups = services.map((each) => each.groups);
  expect(more).toEqual([]);
  expect(first).toEqual({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'andon-shop', namespace: 'monitoring', labels: { release: 'prometheus' } },
    spec: { groups: groups[0] },
  });
  expect(second).toMatchObject({ metadata: { name: 'andon-cart' }, spec: { groups: groups[1] } });
  expect(parse(renderManifests(services, { name: 'all', labels: {} }))).toMatchObject({
    metadata: { name: 'all' },
    spec: parse(renderRules(services)) as object,
  });
});

test('what rules cannot say is named with its place', () => {
  const text = `apiVersion: andon/v1
kind: Service
metadata: { name: shop, labels: { region: eu } }
spec:
  signals:
    success_rate:
      by: [region]
      ratio: { good: 'requests_total{code!~"5.."}', total: requests_total }
  endState: { summary: all is well, hold: 5m, targets: [{ signal: success_rate, atLeast: 99%, over: 5m }] }
  errorBudgets:
    - { signal: success_rate, objective: 99.9%, period: 30d, burnRates: [page, ticket] }
    - { signal: success_rate, name: monthly, objective: 99.9%, period: { calendar: month } }
    - { signal: success_rate, name: slices, objective: 99.9%, period: 30d, method: { timeslices: 1m, target: 95% } }
    - signal: success_rate
      name: upgrades
      objective: 99.9%
      period: 30d
      exclude: [{ from: 2026-11-01T22:00:00Z, to: 2026-11-02T00:00:00Z, because: database upgrade }]
  stopTheLine:
    - { name: failing, when: success_rate.over("1m") < 0.9 }
`;
  const { services, diagnostics, locate } = loadRules([{ path: 'shop.yaml', content: Buffer.from(text) }]);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const made = generateRules(services, locate, { version: '0.0.0', maxGroupSize: 20 });
  expect(made.left.map(({ file, line, column, severity }) => `${file}:${line}:${column} ${severity}`).sort()).toEqual([
    'shop.yaml:12:72 warning',
    'shop.yaml:13:84 warning',
    'shop.yaml:18:16 warning',
    'shop.yaml:20:7 warning',
    'shop.yaml:3:43 warning',
  ]);
  const ids = made.services.flatMap(({ groups }) =>
    groups.flatMap(({ rules }) => rules.map(({ labels }) => labels['sloth_id'])),
  );
  expect([...new Set(ids)]).toEqual(['shop-success_rate', 'shop-upgrades']);
});

describe('windows', () => {
  test.each([
    [30 * dayMs, '30d'],
    [28 * dayMs, '4w'],
    [7 * dayMs, '1w'],
    [24 * hourMs, '1d'],
    [72 * hourMs, '3d'],
    [365 * dayMs, '1y'],
    [90 * minuteMs, '1h30m'],
    [86_500, '1m26s500ms'],
    [0, '0s'],
  ])('of %d ms are named as Prometheus names them: %s', (ms, name) => {
    expect(prometheusDuration(ms)).toBe(name);
  });

  test.each([dayMs, 7 * dayMs, 28 * dayMs, month, 90 * dayMs, 365 * dayMs])(
    'of a period of %d ms are made of shorter ones that lie end to end, few of them',
    (periodMs) => {
      const windows = planWindows(
        allTiers(periodMs).flatMap(({ longMs, shortMs }) => [longMs, shortMs]),
        periodMs,
      );
      for (const [index, { ms, parts }] of windows.entries()) {
        if (parts === undefined) {
          expect(ms).toBeLessThanOrEqual(6 * hourMs);
          continue;
        }
        let end = 0;
        for (const { name, offsetMs } of parts) {
          expect(offsetMs).toBe(end);
          end += windows.slice(0, index).find((shorter) => shorter.name === name)?.ms ?? NaN;
        }
        expect(end - ms).toBeGreaterThanOrEqual(0);
        expect(end - ms).toBeLessThan(5 * minuteMs);
        expect(parts.length).toBeLessThanOrEqual(20);
      }
      expect(windows.map(({ ms }) => ms)).toContain(periodMs);
    },
  );
});
