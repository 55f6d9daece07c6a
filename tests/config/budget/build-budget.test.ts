import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { loadRules } from '../../../src/config/load-rules.ts';
import { createLedger } from '../../../src/domain/budget/ledger.ts';
import { periodBounds } from '../../../src/domain/budget/period.ts';

const path = fileURLToPath(new URL('../../golden/check/good/error-budgets.yaml', import.meta.url));
const text = readFileSync(path, 'utf8');
const hour = 3_600_000;
const day = 24 * hour;

function load(content: string) {
  return loadRules([{ path: 'shop.yaml', content: new TextEncoder().encode(content) }]);
}

function serviceIn(content: string) {
  const { services, diagnostics } = load(content);
  expect(diagnostics).toEqual([]);
  const [service] = services;
  if (service === undefined) throw new Error('no service');
  return service;
}

/** A service with one budget on `success_rate`, written as a flow mapping. */
function withBudget(budget: string): string {
  const [before = '', after = ''] = text.split(/  errorBudgets:\n(?:    .*\n)*/);
  return `${before}  errorBudgets:\n    - { ${budget} }\n${after.replace(/    - { name: (month|gone).*\n/g, '')}`;
}

describe('error budgets of a rule file', () => {
  const { budgets, rules } = serviceIn(text);

  test('have what was declared', () => {
    expect(budgets[1]).toEqual({
      name: 'monthly',
      signal: 'success_rate',
      objective: 0.999,
      period: { kind: 'calendar', unit: 'month', timeZone: 'Europe/Berlin', offsetAt: expect.any(Function) },
      method: { kind: 'timeslices', sliceMs: 60_000, target: 0.95 },
      minimumBad: 10,
      tiers: [
        { severity: 'ticket', share: 0.1, longMs: day, shortMs: 2 * hour, factor: 3 },
        { severity: 'ticket', share: 0.1, longMs: 3 * day, shortMs: 6 * hour, factor: 1 },
        { severity: 'page', share: 0.02, longMs: hour, shortMs: 300_000, factor: 14.4 },
        { severity: 'page', share: 0.05, longMs: 6 * hour, shortMs: 1_800_000, factor: 6 },
      ],
      exclusions: [
        {
          kind: 'once',
          from: Date.UTC(2026, 10, 1, 22),
          to: Date.UTC(2026, 10, 2),
          because: 'database upgrade',
        },
        {
          kind: 'once',
          from: Date.UTC(2026, 10, 1, 22, 30),
          to: Date.UTC(2026, 10, 2, 0, 30, 0, 500),
          because: 'with an offset',
        },
        {
          kind: 'weekly',
          days: [6],
          startMinute: 120,
          endMinute: 240,
          timeZone: 'Europe/Berlin',
          offsetAt: expect.any(Function),
          because: 'weekly maintenance',
        },
        {
          kind: 'weekly',
          days: [0, 2],
          startMinute: 1320,
          endMinute: 120,
          timeZone: 'UTC',
          offsetAt: expect.any(Function),
          because: 'over midnight',
        },
      ],
    });
  });

  test('have defaults for what was left out', () => {
    expect(budgets[2]).toEqual({
      name: 'latency',
      signal: 'latency',
      objective: 0.99,
      period: { kind: 'calendar', unit: 'quarter', timeZone: 'UTC', offsetAt: expect.any(Function) },
      method: { kind: 'ratio-timeslices', sliceMs: 300_000 },
      minimumBad: 1,
      tiers: [],
      exclusions: [],
    });
    expect(budgets[0]).toMatchObject({ period: { kind: 'rolling', ms: 30 * day }, method: { kind: 'occurrences' } });
  });

  test('make rules beside those that were declared', () => {
    expect(rules.map(({ name, severity }) => `${name} ${severity}`)).toEqual([
      'payments-failing page',
      'month-nearly-spent ticket',
      'gone-by-tomorrow page',
      'monthly-budget-page page',
      'monthly-budget-ticket ticket',
      'quick-budget-page page',
      'quick-budget-ticket ticket',
      'success-rate-budget-page page',
      'success-rate-budget-ticket ticket',
    ]);
  });

  test.each([
    ['1', '12h', ['whole-budget']],
    ['1.0', '12h', ['whole-budget']],
    ['100%', '12h', []],
    ['1', '30d', []],
  ])('are doubted where a tier asks for all of one, as %s over %s', (share, over, codes) => {
    const tier = `{ severity: ticket, budget: ${share}, over: ${over} }`;
    const { diagnostics } = load(
      withBudget(`signal: success_rate, objective: 99%, period: 30d, burnRates: [${tier}], minimumBad: 10`),
    );
    expect(diagnostics.map(({ code }) => code).filter((code) => code === 'whole-budget')).toEqual(codes);
  });

  test('say what is said at any item of a severity, a preset or a tier', () => {
    const preset = '{ severity: page, labels: { team: pay }, runbook: "https://runbooks.example.com/pay" }';
    const tier = '{ severity: page, budget: 10%, over: 12h, labels: { tier: "1" }, summary: Payments fail }';
    const one = serviceIn(
      withBudget(`signal: success_rate, objective: 99.9%, period: 30d, burnRates: [${preset}, ${tier}, ticket]`),
    );
    expect(one.budgets[0]?.tiers.map(({ severity, longMs }) => `${severity} ${longMs / hour}`)).toEqual([
      'page 1',
      'page 6',
      'page 12',
      'ticket 24',
      'ticket 72',
    ]);
    expect(one.budgets[0]?.ruleWords).toEqual({
      page: {
        labels: { team: 'pay', tier: '1' },
        summary: 'Payments fail',
        runbook: 'https://runbooks.example.com/pay',
      },
    });
    const plain = serviceIn(
      withBudget(
        'signal: success_rate, objective: 99.9%, period: 30d, ' +
          'burnRates: [page, { severity: page, budget: 10%, over: 12h }, ticket]',
      ),
    );
    expect(plain.budgets[0]).not.toHaveProperty('ruleWords');
    // Who is told, and in which words, is no other goalpost.
    expect(one.revision).toBe(plain.revision);
  });

  test('are whole for the domain: a calendar month of Berlin begins at its own midnight', () => {
    const [, monthly] = budgets;
    if (monthly === undefined) throw new Error('no budget');
    expect(periodBounds(monthly.period, Date.UTC(2026, 6, 31, 23))).toEqual({
      from: Date.UTC(2026, 6, 31, 22),
      to: Date.UTC(2026, 7, 31, 22),
    });
    expect(() => createLedger(monthly)).not.toThrow();
  });

  test.each([
    ['2%', 0.02, 14.4],
    ['0.02', 0.02, 14.4],
    ['5%', 0.05, 36],
  ])('give a tier of %s in 1h its factor', (written, share, factor) => {
    const budget = `signal: success_rate, objective: 99.9%, period: 30d, burnRates: [{ severity: page, budget: ${written}, over: 1h }]`;
    expect(serviceIn(withBudget(budget)).budgets[0]?.tiers).toEqual([
      { severity: 'page', share, longMs: hour, shortMs: 300_000, factor },
    ]);
  });

  test('count as use of their signal', () => {
    const used = 'signal: latency, objective: 99%, period: 30d';
    const noTarget = withBudget(used).replace(/      - { signal: latency.*\n/, '');
    expect(load(noTarget).diagnostics).toEqual([]);
    const notUsed = withBudget('signal: success_rate, objective: 99%, period: 30d').replace(
      /      - { signal: latency.*\n/,
      '',
    );
    expect(load(notUsed).diagnostics.map(({ code }) => code)).toEqual(['unused-signal']);
  });

  test('keep a service without rules of its own from paging nobody', () => {
    const noRules = (budget: string) => withBudget(budget).replace(/  stopTheLine:\n(    .*\n)*/, '');
    const codes = (budget: string) => load(noRules(budget)).diagnostics.map(({ code }) => code);
    expect(codes('signal: success_rate, objective: 99%, period: 30d, burnRates: [ticket]')).toEqual([]);
    expect(codes('signal: success_rate, objective: 99%, period: 30d')).toEqual(['no-rules']);
  });
});

describe('a revision', () => {
  const revisionOf = (content: string): string => serviceIn(content).revision;
  const before = revisionOf(text);

  test.each([
    ['an objective', 'objective: 99.9%', 'objective: 99.5%'],
    ['a period', 'period: 30d, burnRates', 'period: 28d, burnRates'],
    ['a calendar unit', 'calendar: quarter', 'calendar: year'],
    ['a time zone', 'calendar: month, timeZone: Europe/Berlin', 'calendar: month, timeZone: Europe/London'],
    ['a method', 'target: 95%', 'target: 96%'],
    ['tiers', 'burnRates: [page, ticket] }\n    - signal', 'burnRates: [page] }\n    - signal'],
    ['a minimum', 'minimumBad: 10', 'minimumBad: 11'],
    ['an exclusion', 'to: 2026-11-02T00:00:00Z', 'to: 2026-11-02T00:10:00Z'],
    ['the zone of an exclusion', "'04:00', timeZone: Europe/Berlin", "'04:00', timeZone: Europe/London"],
  ])('changes with %s', (_, old, changed) => {
    expect(text).toContain(old);
    expect(revisionOf(text.replace(old, changed))).not.toBe(before);
  });

  test.each([
    ['another spelling of an objective', 'objective: 0.999', 'objective: 99.9%'],
    ['another spelling of a period', 'period: 30d, burnRates', 'period: 720h, burnRates'],
    ['the reason of an exclusion', 'database upgrade', 'upgrade of the database'],
  ])('does not change with %s', (_, old, same) => {
    expect(text).toContain(old);
    expect(revisionOf(text.replace(old, same))).toBe(before);
  });

  test('does not change with the order of budgets', () => {
    const lines =
      /(    - { signal: latency, objective: 99%, period: { calendar.*\n)(    - { signal: latency, name: quick.*\n)/;
    expect(text).toMatch(lines);
    expect(revisionOf(text.replace(lines, '$2$1'))).toBe(before);
  });

  test('of a service without budgets is what it was before there were any', () => {
    const minimal = readFileSync(
      fileURLToPath(new URL('../../golden/check/good/minimal.yaml', import.meta.url)),
      'utf8',
    );
    expect(revisionOf(minimal)).toBe(
      revisionOf(minimal.replace('  stopTheLine:', '  errorBudgets: []\n  stopTheLine:')),
    );
  });
});
