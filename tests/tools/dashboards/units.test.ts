import { expect, test } from '@jest/globals';
import { drawnQueries, type DrawnQuery } from './drawn-queries.ts';

/** What a query answers in, by how it is written: the first that fits. The names of metrics end in their units. */
const laws: readonly (readonly [query: RegExp, unit: RegExp])[] = [
  // Grafana takes instants in ms.
  [/_seconds\b.* \* 1000(?: and on |$)/, /^dateTime/],
  [/state="|bool time\(\)/, /^short$/],
  [/^\(?count\b/, /^short$/],
  [/\$__range_s$/, /^short$/],
  // How many seconds each.
  [/_seconds_sum\b.* \/ .*_seconds_count\b/, /^s$/],
  [/ \/ /, /^percentunit$/],
  [/^histogram_quantile\(.*_seconds_bucket\b/, /^s$/],
  [/\brate\(\w+_seconds_total\b/, /^percentunit$/],
  [/\bincrease\(\w+_seconds_total\b/, /^s$/],
  [/\brate\(\w+_total\b/, /^ops$/],
  [/\bincrease\(\w+_(?:total|count|bucket)\b/, /^short$/],
  [/_ratio\b/, /^percentunit$/],
  [/_bytes\b/, /^bytes$/],
  [/_seconds\b/, /^s$/],
  [/andon_(?:reading_value|target_bound)\b.*signal=~"\$share"/, /^percentunit$/],
  [/andon_(?:reading_value|target_bound)\b.*signal=~"\$gauge"/, /^short$/],
  // A count, a rate of burning, or a yes and no.
  [/andon_\w+\{/, /^short$/],
];

test.each(drawnQueries.map((query): [string, DrawnQuery] => [`${query.where} ${query.target.refId}`, query]))(
  '%s is shown in the unit of what it asks for',
  (_, { target, look }) => {
    const [, unit = /nothing fits/] = laws.find(([query]) => query.test(target.expr)) ?? [];
    expect(look.unit).toMatch(unit);
  },
);

test('each law is of use', () => {
  const used = drawnQueries.map(({ target }) => laws.find(([query]) => query.test(target.expr)));
  expect(laws.filter((law) => !used.includes(law))).toEqual([]);
});
