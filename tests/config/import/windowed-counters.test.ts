import { describe, expect, test } from '@jest/globals';
import { parsePromql } from '../../../src/config/promql/parse-promql.ts';
import { windowedCounters } from '../../../src/config/promql/windowed-counters.ts';

function read(text: string) {
  const parsed = parsePromql(text);
  if ('problem' in parsed) throw new Error(parsed.problem.message);
  return windowedCounters(text, parsed.promql.expression);
}

describe('an expression over a window becomes bare counters', () => {
  test.each([
    ['a rate', 'rate(x[5m])', 'x', undefined],
    ['a sum of it', 'sum(rate(x{a="b"}[5m]))', 'x{a="b"}', []],
    ['an increase', 'sum(increase(x[5m]))', 'x', []],
    ['a split sum', 'sum by (a, b) (rate(x[5m]))', 'x', ['a', 'b']],
    ['a split sum with the labels behind', 'sum(rate(x[5m])) by (a)', 'x', ['a']],
    ['sums in sums', 'sum by (a) (sum by (a, b) (rate(x[5m])))', 'x', ['a']],
    ['addends', 'sum(rate(x[5m])) + sum(rate(y[5m]))', 'x + y', []],
    ['addends inside', 'sum(rate(x[5m]) + rate(y[5m]))', 'x + y', []],
    ['a difference', 'sum(rate(x[5m])) - sum(rate(y[5m]))', 'x - y', []],
    ['a difference of sums', 'sum(rate(x[5m])) - (sum(rate(y[5m])) + sum(rate(z[5m])))', 'x - (y + z)', []],
    ['a difference of an inner sum', 'sum(rate(x[5m])) - sum(rate(y[5m]) - rate(z[5m]))', 'x - (y - z)', []],
    ['parentheses', '((sum((rate((x[5m]))))))', undefined, undefined],
    ['a filler for missing series', 'sum(rate(x[5m])) or vector(0)', 'x', []],
    ['one with a modifier', 'sum(rate(x[5m])) or on() vector(0)', 'x', []],
    ['a tiny filler', '(sum(rate(x[5m])) or vector(0.00000001))', 'x', []],
    ['a product with nothing', 'sum(rate(x[5m])) or sum(rate(y[5m])) * 0', 'x', []],
    ['a guard against nothing', 'sum(rate(x[5m])) > 0', 'x', []],
    ['a modifier that changes nothing', 'sum by (a) (rate(x[5m])) - on (a) sum by (a) (rate(y[5m]))', 'x - y', ['a']],
    ['a bare counter', 'sum(x)', 'x', []],
  ])('%s', (_, text, counters, by) => {
    const found = read(text);
    if (counters === undefined) return expect('problems' in found).toBe(true);
    expect('counters' in found && [found.counters.text, found.counters.by]).toEqual([counters, by]);
  });
});

describe('what is no count of events is refused, with its place', () => {
  test.each([
    ['avg(rate(x[5m]))', 'only added up', 'avg(rate(x[5m]))'],
    ['max by (a) (rate(x[5m]))', 'only added up', 'max by (a) (rate(x[5m]))'],
    ['sum without (a) (rate(x[5m]))', '`without`', 'without (a)'],
    ['irate(x[5m])', 'irate()', 'irate(x[5m])'],
    ['sum(avg_over_time(x[5m]))', 'avg_over_time()', 'avg_over_time(x[5m])'],
    ['rate(sum(x)[5m:1m])', 'one selector over one range', 'sum(x)[5m:1m]'],
    ['rate(x[5m] offset 1h)', 'one selector over one range', 'x[5m] offset 1h'],
    ['sum(rate(x[5m])) * 100', 'only combined with + and -', 'sum(rate(x[5m])) * 100'],
    ['sum(rate(x[5m])) > 5', 'only combined with + and -', 'sum(rate(x[5m])) > 5'],
    ['sum(rate(x[5m])) or vector(1)', 'only combined with + and -', 'sum(rate(x[5m])) or vector(1)'],
    ['1 - sum(rate(x[5m]))', 'a constant is no counter', '1'],
    ['rate(x[5m]) - ignoring (le) rate(y[5m])', 'matched one by one', 'ignoring (le)'],
    ['sum by (a) (rate(x[5m])) + sum(rate(y[5m]))', 'different labels', 'sum by (a) (rate(x[5m])) + sum(rate(y[5m]))'],
    ['sum by (a) (sum by (b) (rate(x[5m])))', 'dropped this label', 'by (a)'],
    ['sum(rate(x[5m])) + sum(increase(y[5m]))', 'adds different things', 'sum(rate(x[5m])) + sum(increase(y[5m]))'],
    ['sum(rate(x{a=~"("}[5m]))', 'regular expression is broken', 'a=~"("'],
  ])('%s', (text, message, place) => {
    const found = read(text);
    const problems = 'problems' in found ? found.problems : [];
    expect(problems[0]?.message).toContain(message);
    expect(text.slice(problems[0]?.within.from, problems[0]?.within.to)).toBe(place);
  });
});
