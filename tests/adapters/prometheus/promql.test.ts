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

  const credible = (now: string, before: string): string =>
    `(((${now} and ${before}) or (up and up offset 15000ms)) unless on (job, instance) (${before} unless ${now})` +
    ' or (process_start_time_seconds >= time() - 315))';

  test('takes back what came back, and what is not known to have begun in the step', () => {
    const newcomer = '(c{job="a"} unless c{job="a"} offset 15000ms)';
    const seen = 'last_over_time(c{job="a"}[3600000ms] offset 15000ms)';
    expect(countedBefore(plain, [plain], [], { from: 15_000, to: 0 }, 3_600_000)).toBe(
      `sum (((${seen}) <= ${newcomer}) or ` +
        `(${newcomer} unless ${seen} unless on (job, instance) ${credible('c{job="a"}', 'c{job="a"} offset 15000ms')}))`,
    );
  });

  test('wraps the selector inside a native histogram', () => {
    const newcomer = '((histogram_count(h)) unless (histogram_count(h offset 15000ms)))';
    const seen = 'last_over_time(h[60000ms] offset 15000ms)';
    expect(native && countedBefore(native, [native], [], { from: 15_000, to: 0 }, 60_000)).toBe(
      `sum (((histogram_count(${seen})) <= ${newcomer}) or ` +
        `(${newcomer} and ${seen} unless (histogram_count(${seen}))) or ` +
        `(${newcomer} unless ${seen} unless on (job, instance) ` +
        `${credible('(histogram_count(h))', '(histogram_count(h offset 15000ms))')}))`,
    );
  });

  test('does not look back where the selector cannot be found, but still asks whether a series began', () => {
    const text = countedBefore({ sign: 1, selector: 'h', at: ['f(h ', ')'] }, [plain], [], step, 60_000);
    expect(text).toContain('unless on (job, instance)');
    expect(text).not.toContain('<=');
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
