import { describe, expect, test } from '@jest/globals';
import {
  increments,
  medianInterval,
  newestSample,
  sampleTimes,
  steadyIncrements,
  union,
} from '../../../src/adapters/prometheus/promql.ts';
import { aTerm } from '../../support/signals.ts';

const step = { from: 20_000, to: 5_000 };
const plain = aTerm('c{job="a"}');

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

  test('asks for sample times', () => {
    expect(newestSample('c', ['zone'])).toBe('max by (zone) (timestamp(c))');
    expect(sampleTimes('c')).toBe('count_values("ts", timestamp(c))');
    expect(medianInterval(['c', 'd'])).toContain(
      'label_replace(quantile(0.5, ((timestamp(c) - timestamp(c offset 8000ms)) / count_over_time(c[7999ms])) or ' +
        '((timestamp(d) - timestamp(d offset 8000ms)) / count_over_time(d[7999ms]))), "window", "8000", "", "") or ',
    );
  });

  test('numbers the parts of a union, in a tree that is not deeper than it must be', () => {
    expect(union(['a', 'b', 'c'])).toBe(
      '(label_replace(a, "andon_q", "0", "", "") or label_replace(b, "andon_q", "1", "", "")) or ' +
        '(label_replace(c, "andon_q", "2", "", ""))',
    );
  });
});
