import { describe, expect, test } from '@jest/globals';
import { counterTerms } from '../../src/config/promql/counter-terms.ts';
import { gaugeQuery } from '../../src/config/promql/gauge-query.ts';
import { histogramTerms } from '../../src/config/promql/histogram-terms.ts';

describe('a counter expression', () => {
  test.each([
    ['a', [[1, 'a']]],
    [
      'a{x="1"} + b',
      [
        [1, 'a{x="1"}'],
        [1, 'b'],
      ],
    ],
    [
      'a - b - c',
      [
        [1, 'a'],
        [-1, 'b'],
        [-1, 'c'],
      ],
    ],
    [
      'a - (b - c)',
      [
        [1, 'a'],
        [-1, 'b'],
        [1, 'c'],
      ],
    ],
    [
      '-a + b',
      [
        [-1, 'a'],
        [1, 'b'],
      ],
    ],
    ['+a', [[1, 'a']]],
    [
      'sum(a) - sum(b + c)',
      [
        [1, 'a'],
        [-1, 'b'],
        [-1, 'c'],
      ],
    ],
    [
      '# why\na # what\n + b',
      [
        [1, 'a'],
        [1, 'b'],
      ],
    ],
    ['{__name__="a", x=~"b|c"}', [[1, '{__name__="a", x=~"b|c"}']]],
  ])('%j counts each selector with its sign', (text, expected) => {
    const { terms, problems } = counterTerms(text, []);
    expect(problems).toEqual([]);
    expect(terms.map(({ sign, selector }) => [sign, selector])).toEqual(expected);
    for (const { selector, at } of terms) expect(at.join(' offset 5s')).toBe(`${selector} offset 5s`);
  });

  test('may be grouped as the signal is, and not otherwise', () => {
    expect(counterTerms('sum by (b, a) (x) + y', ['a', 'b']).problems).toEqual([]);
    expect(counterTerms('sum(x) by (a)', ['a']).problems).toEqual([]);
    expect(counterTerms('sum by (a) (x)', []).problems).toHaveLength(1);
    expect(counterTerms('sum by (a) (x)', ['a', 'b']).problems).toHaveLength(1);
  });

  test.each([
    'rate(a[5m])',
    'a[5m]',
    'a offset 5m',
    'a @ end()',
    'a * 2',
    'a / b',
    '1',
    '"a"',
    'max(a)',
    'a or b',
    '-a',
    'a and b',
    'vector(1)',
    'a[5m:1m]',
    'a == bool b',
    'a + on (x) b',
    '{}',
    'a{',
    '',
    '   ',
  ])('%j is refused with a place', (text) => {
    const { problems } = counterTerms(text, []);
    expect(problems.length).toBeGreaterThan(0);
    for (const { within } of problems) expect(within.from).toBeLessThanOrEqual(text.length);
  });
});

describe('a histogram', () => {
  const ats = (text: string, seconds: number, native: boolean) => {
    const { terms, problems } = histogramTerms(text, seconds, native);
    expect(problems).toEqual([]);
    return [terms?.numerator.at.join('~'), terms?.total.at.join('~')];
  };

  test('of the classic kind is read from its bucket and its count', () => {
    const le = 'le=~"0?[.]30*|3([.]0*)?[eE]-0*1"';
    expect(ats('h{job="x"}', 0.3, false)).toEqual([`h_bucket{job="x",${le}}~`, 'h_count{job="x"}~']);
    expect(ats('(h)', 0.3, false)).toEqual([`h_bucket{${le}}~`, 'h_count~']);
    expect(ats('{__name__="h",a!="b"}', 0.3, false)).toEqual([`h_bucket{a!="b",${le}}~`, 'h_count{a!="b"}~']);
    expect(ats('{"h.x",a="b"}', 0.3, false)).toEqual([`{"h.x_bucket",a="b",${le}}~`, '{"h.x_count",a="b"}~']);
  });

  test('of the native kind is read from itself, with room for an offset wherever it stands', () => {
    expect(ats('h{job="x"}', 0.3, true)).toEqual([
      '((histogram_fraction(-Inf, 0.3, h{job="x"}~) * histogram_count(h{job="x"}~)) >= 0)',
      'histogram_count(h{job="x"}~)',
    ]);
  });

  test.each(['h_bucket', 'h_count{a="b"}', 'h{le="1"}', 'rate(h[5m])', '{__name__=~"h.*"}', 'sum(h)', 'h +'])(
    '%j is refused',
    (text) => {
      expect(histogramTerms(text, 0.3, false).problems.length).toBeGreaterThan(0);
    },
  );
});

describe('the query of a gauge', () => {
  test.each([
    ['max(a{x="y"})', ['a{x="y"}'], undefined],
    ['time() - max(a offset 1m)', ['a'], undefined],
    ['rate(a[5m]) / rate(a[10m] offset 1h) + b', ['a', 'b'], 600_000],
    ['max_over_time(rate(a[5m])[1h:1m])', ['a'], 3_900_000],
    ['scalar(a)', ['a'], undefined],
    ['topk(1, a)', ['a'], undefined],
    ['histogram_quantile(0.9, sum by (le) (rate(h_bucket[5m])))', ['h_bucket'], 300_000],
    ['absent(a)', ['a'], undefined],
    ['label_replace(a, "x", "$1", "y", "(.*)")', ['a'], undefined],
  ])('%s is one number from %j', (text, selectors, smearMs) => {
    expect(gaugeQuery(text, [])).toEqual({
      query: { selectors, ...(smearMs === undefined ? {} : { smearMs }) },
      problems: [],
    });
  });

  test.each(['a[5m]', '"text"', '5', 'time()', 'rate(a)', 'abs(a[5m])', 'max(a', 'a{b=c}', 'a{b=~"("}', '{}'])(
    '%s is refused',
    (text) => {
      const { query, problems } = gaugeQuery(text, []);
      expect(query).toBeUndefined();
      expect(problems.length).toBeGreaterThan(0);
    },
  );

  test.each([
    ['max by (region) (a)', true],
    ['max(a) by (region, zone)', true],
    ['max without (pod) (a)', true],
    ['topk(1, a)', true],
    ['a', true],
    ['max(a)', false],
    ['max by (zone) (a)', false],
    ['(max without (region) (a))', false],
  ])('%s split by region: %s', (text, fine) => {
    expect(gaugeQuery(text, ['region']).problems.length === 0).toBe(fine);
  });
});
