import { describe, expect, test } from '@jest/globals';
import { createConditionCompiler } from '../../src/config/condition/compile-condition.ts';
import type { ReadingLookup } from '../../src/domain/condition.ts';
import { unknown } from '../../src/domain/reading.ts';

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
