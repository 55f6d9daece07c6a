import { describe, expect, test } from '@jest/globals';
import {
  countedBefore,
  increments,
  medianInterval,
  newestSample,
  sampleTimes,
  steadyIncrements,
  union,
} from '../../../src/adapters/prometheus/promql.ts';
import { aNativeLatency, aTerm } from '../../support/signals.ts';

const step = { from: 20_000, to: 5_000 };
const plain = aTerm('c{job="a"}');
const [native] = aNativeLatency('h', 0.3).totalTerms;

describe('the text of a query', () => {
  test('counts steady series, and marks those that are new or were reset with infinity', () => {
    expect(steadyIncrements(plain, ['zone', 'region'], step)).toBe(
      'sum by (zone, region) ((c{job="a"} offset 5000ms - c{job="a"} offset 20000ms >= 0) or ((c{job="a"} offset 5000ms >= 0) + Inf))',
    );
  });

  test('counts from zero what is new or was reset', () => {
    expect(increments(plain, [], { from: 15_000, to: 0 })).toBe(
      'sum ((c{job="a"} - c{job="a"} offset 15000ms >= 0) or c{job="a"} >= 0)',
    );
  });

  test('looks for the last value of a series that came back', () => {
    expect(countedBefore(plain, [], { from: 15_000, to: 0 }, 3_600_000)).toBe(
      'sum ((last_over_time(c{job="a"}[3600000ms] offset 15000ms)) <= (c{job="a"} unless c{job="a"} offset 15000ms))',
    );
  });

  test('wraps the selector inside a native histogram', () => {
    expect(native && countedBefore(native, [], { from: 15_000, to: 0 }, 60_000)).toBe(
      'sum (((histogram_count(last_over_time(h[60000ms] offset 15000ms))) <= ' +
        '((histogram_count(h)) unless (histogram_count(h offset 15000ms)))) or ' +
        '(((histogram_count(h)) unless (histogram_count(h offset 15000ms))) and ' +
        'last_over_time(h[60000ms] offset 15000ms) unless (histogram_count(last_over_time(h[60000ms] offset 15000ms)))))',
    );
  });

  test('does not look back where the selector cannot be found', () => {
    expect(countedBefore({ sign: 1, selector: 'h', at: ['f(h ', ')'] }, [], step, 60_000)).toBeUndefined();
  });

  test('asks for sample times', () => {
    expect(newestSample('c', ['zone'])).toBe('max by (zone) (timestamp(c))');
    expect(sampleTimes('c')).toBe('count_values("ts", timestamp(c))');
    expect(medianInterval(['c'])).toMatch(
      /^quantile\(0\.5, \(\(timestamp\(c\) - timestamp\(c offset 120000ms\)\) \/ count_over_time\(c\[119999ms\]\)\) or /,
    );
  });

  test('numbers the parts of a union, in a tree that is not deeper than it must be', () => {
    expect(union(['a', 'b', 'c'])).toBe(
      '(label_replace(a, "andon_q", "0", "", "") or label_replace(b, "andon_q", "1", "", "")) or ' +
        '(label_replace(c, "andon_q", "2", "", ""))',
    );
  });
});
