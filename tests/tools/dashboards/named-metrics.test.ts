import { describe, expect, test } from '@jest/globals';
import { catalogue, type MetricSpec } from '../../../src/adapters/metrics/catalogue.ts';
import { aTelemetry } from '../../adapters/metrics/telemetry-bench.ts';
import { filledIn, wordsOf } from './promql-words.ts';
import { queriesOf, shipped, type ShippedQuery } from './shipped.ts';

/** Labels that a scrape adds. */
const scraped = ['instance', 'job'];

/** The labels of each series by its name, as Andon exports it. */
const labels = new Map(
  Object.values<MetricSpec>(catalogue).flatMap(({ name, type, labels }): [string, readonly string[]][] =>
    type === 'histogram'
      ? [
          [`${name}_bucket`, [...labels, 'le']],
          [`${name}_sum`, labels],
          [`${name}_count`, labels],
        ]
      : [[name, labels]],
  ),
);
/** What Node.js's own metrics are called. */
const ofProcess = new Set(
  [...(await aTelemetry().scrape()).body.matchAll(/^# TYPE ((?:process|nodejs)_\w+) /gm)].map(([, name = '']) => name),
);

const durations = { __range_s: '60', __range: '1m', __rate_interval: '10s' };
const all = shipped();

describe.each(all.flatMap(queriesOf).map((query): [string, ShippedQuery] => [query.where, query]))('%s', (_, query) => {
  const words = wordsOf(filledIn(query.expr, durations));

  test('parses as PromQL', () => {
    expect(words.faults).toEqual([]);
    expect(words.metrics.length).toBeGreaterThan(0);
  });

  test('names metrics that Andon exports, with labels that they have', () => {
    expect(words.metrics.filter((name) => !labels.has(name) && !ofProcess.has(name))).toEqual([]);
    const known = new Set([...words.metrics.flatMap((name) => labels.get(name) ?? []), ...scraped]);
    expect(words.labels.filter((label) => !known.has(label))).toEqual([]);
  });

  test('names its series by labels that the answer has', () => {
    const named = [...query.legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
    const kept = [...query.expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, */));
    expect(named.filter((label) => !kept.includes(label))).toEqual([]);
  });
});

test('variables are made of labels of metrics that Andon exports', () => {
  const queried = all.flatMap(({ dashboard }) =>
    (dashboard.templating.list ?? []).flatMap(({ definition }) => definition ?? []),
  );
  expect(queried.length).toBeGreaterThan(5);
  for (const definition of queried) {
    const [, series = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? [];
    const { metrics, labels: matched, faults } = wordsOf(series);
    expect(faults).toEqual([]);
    const known = [...metrics.flatMap((name) => labels.get(name) ?? []), ...scraped];
    expect([label, ...matched].filter((each) => !known.includes(each))).toEqual([]);
  }
});
