import { describe, expect, test } from '@jest/globals';
import { createConditionCompiler } from '../../src/config/condition/compile-condition.ts';
import type { ReadingLookup } from '../../src/domain/service/condition.ts';
import { unknown } from '../../src/domain/reading/reading.ts';

const kinds = new Map([
  ['good', 'ratio'],
  ['fast', 'latency'],
  ['lag', 'gauge'],
] as const);
const compile = createConditionCompiler();

function conditionOf(text: string) {
  const { condition, problems } = compile(text, kinds);
  expect(problems).toEqual([]);
  if (condition === undefined) throw new Error('no condition');
  return condition;
}

/** Signals without a value here are unknown. */
function readings(values: Readonly<Record<string, number>>): ReadingLookup {
  return ({ signal }) => {
    const value = values[signal];
    return value === undefined ? unknown('no-data', `${signal} has no data`) : { kind: 'value', value, sampleAt: 0 };
  };
}

const missing = { kind: 'unknown', reason: 'no-data', detail: 'good has no data' };

describe('a condition is three-valued', () => {
  test.each([
    ['good.over("5m") < 0.9', { good: 0.5 }, { kind: 'true' }],
    ['good.over("5m") < 0.9', { good: 0.95 }, { kind: 'false' }],
    ['good.over("5m") < 0.9', {}, missing],
    ['!(good.over("5m") < 0.9)', {}, missing],
    ['good.over("5m") < 0.9 || fast.over("5m") < 0.9', { fast: 0.5 }, { kind: 'true' }],
    ['fast.over("5m") < 0.9 || good.over("5m") < 0.9', { fast: 0.5 }, { kind: 'true' }],
    ['good.over("5m") < 0.9 || fast.over("5m") < 0.9', { fast: 1 }, missing],
    ['fast.over("5m") < 0.9 || good.over("5m") < 0.9', { fast: 1 }, missing],
    ['good.over("5m") < 0.9 && fast.over("5m") < 0.9', { fast: 1 }, { kind: 'false' }],
    ['fast.over("5m") < 0.9 && good.over("5m") < 0.9', { fast: 1 }, { kind: 'false' }],
    ['good.over("5m") < 0.9 && fast.over("5m") < 0.9', { fast: 0.5 }, missing],
    ['good.over("5m") + fast.over("5m") > 1.0', { fast: 1 }, missing],
    ['lag.latest() > 5 ? good.over("5m") < 0.5 : fast.over("5m") < 0.5', { lag: 1, fast: 0 }, { kind: 'true' }],
    ['lag.latest() > 5 ? good.over("5m") < 0.5 : fast.over("5m") < 0.5', { lag: 9, fast: 0 }, missing],
    ['lag.latest() == 3.0', { lag: 3 }, { kind: 'true' }],
    ['lag.latest() >= 3', { lag: 3 }, { kind: 'true' }],
    ['-lag.latest() / 2.0 < -1.0', { lag: 3 }, { kind: 'true' }],
  ])('%s with %j is %j', (text, values, truth) => {
    expect(conditionOf(text).evaluate(readings(values))).toEqual(truth);
  });

  test('an error that is no missing reading is not swallowed', () => {
    const broken: ReadingLookup = () => {
      throw new Error('a bug');
    };
    expect(() => conditionOf('good.over("5m") < 0.9').evaluate(broken)).toThrow('a bug');
  });
});

describe('what a condition looks at', () => {
  test('is known without evaluating it, each use once', () => {
    const text =
      'good.over("1h30m") < 0.5 || lag.latest() > 1.0 && (lag.max("5m") > 2.0 || lag.min("5m") > 1.0) || good.over("90m") < 0.1';
    expect(conditionOf(text).uses).toEqual([
      { signal: 'good', fold: 'over', windowMs: 5_400_000 },
      { signal: 'lag', fold: 'latest' },
      { signal: 'lag', fold: 'max', windowMs: 300_000 },
      { signal: 'lag', fold: 'min', windowMs: 300_000 },
    ]);
  });

  test('is exactly what is looked up', () => {
    const condition = conditionOf(
      'lag.over("1m") > 1.0 || lag.max("2m") > 1.0 || lag.min("3m") > 1.0 || lag.latest() > 1.0',
    );
    const asked: unknown[] = [];
    condition.evaluate((use) => {
      asked.push(use);
      return { kind: 'value', value: 0, sampleAt: 0 };
    });
    expect(asked).toEqual(condition.uses);
  });
});

describe('a condition that is refused', () => {
  test.each([
    ['good.over("5m") <', 'cel-syntax'],
    ['good < 0.5', 'cel-type'],
    ['good.over("5m") < "x"', 'cel-type'],
    ['good.over("5m")', 'cel-type'],
    ['godo.over("5m") < 0.5', 'unknown-signal'],
    ['godo < 0.5', 'unknown-signal'],
    ['true', 'cel-no-signal'],
    ['good.over("soon") < 0.5', 'cel-window'],
    ['good.over("0s") < 0.5', 'window-out-of-range'],
    ['good.latest() < 0.5', 'unknown-method'],
    ['good.max("5m") < 0.5', 'unknown-method'],
    ['good.over("5m") < 97.0', 'ratio-out-of-range'],
    ['[good.over("5m")].exists(x, x < 0.5)', 'cel-unsupported'],
    ['good.over("5m") in [0.5]', 'cel-unsupported'],
    ['good.over("5m") % 2.0 < 1.0', 'cel-unsupported'],
    ['{"a": good.over("5m")}.a < 0.5', 'cel-unsupported'],
    ['double("x") < good.over("5m")', 'cel-unsupported'],
    ['cel.bind(x, good.over("5m"), x < 0.5)', 'unknown-signal'],
    ['null == null', 'cel-unsupported'],
    ['good.over("5m") / lag.latest() < 1.0', 'cel-division'],
    ['lag.latest() / 0.0 < 1.0', 'cel-division'],
    ['lag.latest() < 9223372036854775807 + 1', 'cel-number'],
    [`${'('.repeat(200)}good.over("5m") < 0.5${')'.repeat(200)}`, 'cel-syntax'],
  ])('%s gets %s', (text, code) => {
    const { condition, problems } = compile(text, kinds);
    expect(condition).toBeUndefined();
    expect(problems.map((problem) => problem.code)).toContain(code);
    for (const { within } of problems) {
      expect(within.from).toBeGreaterThanOrEqual(0);
      expect(within.to).toBeLessThanOrEqual(text.length + 1);
    }
  });
});

test('the same text is compiled once for signals of the same kinds', () => {
  expect(compile('good.over("5m") < 0.5', kinds)).toBe(compile('good.over("5m") < 0.5', new Map(kinds)));
  expect(compile('lag.over("5m") < 0.5', kinds)).not.toBe(compile('lag.over("5m") < 0.5', new Map([['lag', 'ratio']])));
});

describe('a condition on error budgets', () => {
  const budgets = new Map([
    ['good', { signal: 'good', objective: 0.999, periodMs: 2_592_000_000 }],
    ['monthly', { signal: 'fast', objective: 0.99 }],
    ['weekly', { signal: 'fast', objective: 0.95 }],
  ]);
  const text =
    'good.burnRate("1h") > 14.4 && fast.burnRate("5m", "weekly") > 1 || good.budgetRemaining() < 0.1 || ' +
    'fast.budgetRemaining("monthly") < 0.0 || good.budgetExhaustedIn("6h", "good") < 86400.0 || good.over("5m") < 0.5';
  const { condition, problems } = compile(text, kinds, budgets);

  test('names the budget that each reading is of', () => {
    expect(problems).toEqual([]);
    expect(condition?.uses).toEqual([
      { signal: 'good', fold: 'burn-rate', windowMs: 3_600_000, budget: 'good' },
      { signal: 'fast', fold: 'burn-rate', windowMs: 300_000, budget: 'weekly' },
      { signal: 'good', fold: 'budget-remaining', budget: 'good' },
      { signal: 'fast', fold: 'budget-remaining', budget: 'monthly' },
      { signal: 'good', fold: 'budget-exhausted-in', windowMs: 21_600_000, budget: 'good' },
      { signal: 'good', fold: 'over', windowMs: 300_000 },
    ]);
  });

  test('asks for exactly those readings', () => {
    const asked: unknown[] = [];
    condition?.evaluate((use) => {
      asked.push(use);
      const value = use.fold === 'over' || use.fold === 'budget-remaining' ? 1 : use.fold === 'burn-rate' ? 20 : 1e9;
      return { kind: 'value', value: use.budget === 'weekly' ? 0 : value, sampleAt: 0 };
    });
    expect(asked).toEqual(condition?.uses);
  });

  test('is three-valued as any other', () => {
    const burn = compile('good.burnRate("1h") > 14.4 || good.burnRate("6h") > 6.0', kinds, budgets).condition;
    const at = (long: number | undefined, short: number | undefined) =>
      burn?.evaluate(({ windowMs }) => {
        const value = windowMs === 3_600_000 ? short : long;
        return value === undefined ? unknown('short-history', 'not yet') : { kind: 'value', value, sampleAt: 0 };
      }).kind;
    expect([at(0, 15), at(undefined, 15), at(undefined, 1), at(1, 1)]).toEqual(['true', 'true', 'unknown', 'false']);
  });

  test('is another one where the budgets are others', () => {
    const one = compile('fast.burnRate("1h") > 1.0', kinds, new Map([['weekly', { signal: 'fast' }]]));
    const other = compile('fast.burnRate("1h") > 1.0', kinds, new Map([['monthly', { signal: 'fast' }]]));
    expect([one, other].map((each) => each.condition?.uses[0]?.budget)).toEqual(['weekly', 'monthly']);
    expect(compile('fast.burnRate("1h") > 1.0', kinds).problems).toMatchObject([{ code: 'no-budget' }]);
  });

  test('that asks for none is shared by services with any', () => {
    expect(compile('good.over("5m") < 0.5', kinds, budgets)).toBe(compile('good.over("5m") < 0.5', kinds));
  });

  test('is not blamed for budgets that nobody can tell', () => {
    const { condition: guessed, problems: found } = compile('fast.burnRate("1h", "any") > 1.0', kinds, 'unknown');
    expect(found).toEqual([]);
    expect(guessed?.uses).toEqual([{ signal: 'fast', fold: 'burn-rate', windowMs: 3_600_000, budget: 'any' }]);
  });
});
