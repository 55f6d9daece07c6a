import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { budgetRules } from '../../../src/config/budget/budget-rule.ts';
import { createConditionCompiler } from '../../../src/config/condition/compile-condition.ts';
import { presetTiers, timeToFire } from '../../../src/domain/budget/burn-tiers.ts';
import { readBudgetUse } from '../../../src/domain/budget/budget-readings.ts';
import { addStep } from '../../../src/domain/budget/ledger.ts';
import type { ErrorBudget } from '../../../src/domain/budget/objective.ts';
import { isBudgetUse, type ReadingLookup } from '../../../src/domain/service/condition.ts';
import { unknown } from '../../../src/domain/reading/reading.ts';
import type { StopRule } from '../../../src/domain/service/service.ts';
import { aBudget, calendar, day, filled, hour, minute, monday, second, steady } from '../../domain/budget/budgets.ts';

const both = [...presetTiers('page', 30 * day), ...presetTiers('ticket', 30 * day)];
const budget = aBudget({ name: 'success_rate', signal: 'success_rate', tiers: both, minimumBad: 1 });

function ruleOf(changes: Partial<ErrorBudget> = {}): StopRule {
  const [rule] = budgetRules([{ ...budget, ...changes }]);
  if (rule === undefined) throw new Error('no rule');
  return rule;
}

/** Burn rates by window; one that is left out is unknown. */
function burns(byWindow: Readonly<Record<number, number>>, counts = { good: 0, total: 100 }): ReadingLookup {
  return ({ windowMs = 0 }) => {
    const value = byWindow[windowMs];
    return value === undefined
      ? unknown('short-history', `nothing is known of ${windowMs}`)
      : { kind: 'value', value, sampleAt: 0, ...counts };
  };
}

describe('the rules that a budget is made into', () => {
  test('are one for each severity that has a tier', () => {
    expect(budgetRules([budget]).map(({ name, severity, forMs }) => ({ name, severity, forMs }))).toEqual([
      { name: 'success-rate-budget-page', severity: 'page', forMs: 0 },
      { name: 'success-rate-budget-ticket', severity: 'ticket', forMs: 0 },
    ]);
    expect(budgetRules([aBudget()])).toEqual([]);
  });

  test('stand in one order, whatever that of the budgets is', () => {
    const other = { ...budget, name: 'Monthly' };
    const names = budgetRules([budget, other]).map(({ name }) => name);
    expect(names).toEqual(budgetRules([other, budget]).map(({ name }) => name));
    expect(names[0]).toBe('monthly-budget-page');
  });

  test.each([
    [{}, 'The error budget of success rate (99.9% over 30d) burns too fast: more than 2% of it in 1h, or 5% in 6h'],
    [
      { name: 'monthly', period: calendar('month') },
      'The error budget of success rate (99.9% over a calendar month, monthly) burns too fast: more than 2% of it in 1h, or 5% in 6h',
    ],
  ])('say in words what burns: %j', (changes, summary) => {
    expect(ruleOf(changes).summary).toBe(summary);
  });

  test('say what was said about them, and the others what they say by themselves', () => {
    const page = {
      labels: { team: 'checkout' },
      summary: 'Payments fail',
      runbook: 'https://runbooks.example.com/pay',
    };
    const rules = budgetRules([{ ...budget, ruleWords: { page } }]);
    expect(rules).toMatchObject([
      { severity: 'page', ...page },
      { severity: 'ticket', labels: {} },
    ]);
    expect(rules[1]?.summary).toContain('burns too fast');
    expect(rules[1]).not.toHaveProperty('runbook');
  });

  test.each<[Partial<ErrorBudget>, readonly ErrorBudget[], string]>([
    [
      {},
      [],
      '(success_rate.burnRate("1h") > 14.4 && success_rate.burnRate("5m") > 14.4) || ' +
        '(success_rate.burnRate("6h") > 6.0 && success_rate.burnRate("30m") > 6.0)',
    ],
    [
      { tiers: both.slice(1, 2) },
      [{ ...budget, name: 'other' }],
      'success_rate.burnRate("6h", "success_rate") > 6.0 && success_rate.burnRate("30m", "success_rate") > 6.0',
    ],
    [
      { tiers: both.slice(1, 2), minimumBad: 10 },
      [],
      'success_rate.burnRate("6h") > 6.0 && success_rate.burnRate("30m") > 6.0 // and at least 10 bad events in the long window',
    ],
  ])('read as a condition: %#', (changes, others, text) => {
    const rules = budgetRules([{ ...budget, ...changes }, ...others]);
    expect(rules.find(({ name }) => name === 'success-rate-budget-page')?.when.text).toBe(text);
  });

  test('decide as their text does', () => {
    const compile = createConditionCompiler();
    const { when } = ruleOf();
    const { condition, problems } = compile(
      when.text,
      new Map([['success_rate', 'ratio']]),
      new Map([['success_rate', { signal: 'success_rate' }]]),
    );
    expect(problems).toEqual([]);
    expect(condition?.uses).toEqual(when.uses);
    const burn = fc.option(fc.constantFrom(0, 1, 5.9, 6.1, 14.3, 14.5, 1000), { nil: undefined });
    fc.assert(
      fc.property(fc.tuple(burn, burn, burn, burn), ([a, b, c, d]) => {
        const known = [
          [hour, a],
          [5 * minute, b],
          [6 * hour, c],
          [30 * minute, d],
        ].filter(([, value]) => value !== undefined);
        const lookup = burns(Object.fromEntries(known) as Record<number, number>);
        expect(when.evaluate(lookup).kind).toBe(condition?.evaluate(lookup).kind);
      }),
    );
  });
});

describe('a condition made of tiers', () => {
  const { when } = ruleOf();

  test.each<[string, Readonly<Record<number, number>>, string]>([
    ['true while any tier fires, whatever the others are', { [hour]: 15, [5 * minute]: 15 }, 'true'],
    ['true for the slower tier too', { [hour]: 7, [5 * minute]: 0, [6 * hour]: 7, [30 * minute]: 7 }, 'true'],
    [
      'false once the short windows are calm',
      { [hour]: 15, [5 * minute]: 0, [6 * hour]: 7, [30 * minute]: 0 },
      'false',
    ],
    ['false at exactly the factor', { [hour]: 14.4, [5 * minute]: 14.4, [6 * hour]: 6, [30 * minute]: 6 }, 'false'],
    [
      'unknown when a tier cannot be judged and none fires',
      { [hour]: 1, [5 * minute]: 15, [30 * minute]: 15 },
      'unknown',
    ],
    ['unknown without any history', {}, 'unknown'],
  ])('is %s', (_, byWindow, kind) => {
    expect(when.evaluate(burns(byWindow)).kind).toBe(kind);
  });

  test('says why it cannot be judged', () => {
    expect(when.evaluate(burns({}))).toEqual({
      kind: 'unknown',
      reason: 'short-history',
      detail: 'nothing is known of 3600000',
    });
  });

  test('waits for the minimum of bad events', () => {
    const { when: strict } = ruleOf({ minimumBad: 10 });
    const fast = { [hour]: 1000, [5 * minute]: 1000, [6 * hour]: 1000, [30 * minute]: 1000 };
    expect(strict.evaluate(burns(fast, { good: 91, total: 100 })).kind).toBe('false');
    expect(strict.evaluate(burns(fast, { good: 90, total: 100 })).kind).toBe('true');
  });

  test('fires on a real ledger when the workbook says so, and never before the windows are covered', () => {
    const [tier] = budget.tiers;
    if (tier === undefined) throw new Error('no tier');
    const fast = ruleOf({ tiers: [tier] }).when;
    const from = monday - 2 * hour;
    const ledger = filled(budget, steady(from, monday, minute, 10, 0));
    const truthAt = (now: number): string =>
      fast.evaluate((use) => {
        if (!isBudgetUse(use)) throw new Error('no budget');
        return readBudgetUse(budget, ledger, use, now);
      }).kind;
    expect(truthAt(monday)).toBe('false');
    let firedAt = 0;
    for (let at = monday; firedAt === 0 && at < monday + hour; at += 10 * second) {
      for (const step of steady(at, at + 10 * second, 10 * second, 10, 0.1)) addStep(ledger, step);
      if (truthAt(at + 10 * second) === 'true') firedAt = at + 10 * second;
    }
    const expected = timeToFire(tier, budget.objective, 0.1);
    expect(expected).toBeCloseTo(518_400, 0);
    expect(Math.abs(firedAt - monday - Number(expected))).toBeLessThanOrEqual(10 * second);

    const young = filled(budget, steady(monday - 3 * minute, monday, minute, 10, 0.033));
    expect(
      fast.evaluate((use) => {
        if (!isBudgetUse(use)) throw new Error('no budget');
        return readBudgetUse(budget, young, use, monday);
      }),
    ).toMatchObject({ kind: 'unknown', reason: 'short-history' });
  });
});
