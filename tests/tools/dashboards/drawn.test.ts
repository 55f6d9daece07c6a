import { expect, test } from '@jest/globals';
import { catalogue, type MetricSpec } from '../../../src/adapters/metrics/catalogue.ts';
import { filledIn, wordsOf } from './promql-words.ts';
import { queriesOf, shipped } from './shipped.ts';

test('every metric that Andon exports is drawn somewhere', () => {
  const durations = { __range_s: '60', __range: '1m', __rate_interval: '10s' };
  const drawn = new Set(
    shipped()
      .flatMap(queriesOf)
      .flatMap(({ expr }) => wordsOf(filledIn(expr, durations)).metrics),
  );
  const suffixes = ['', '_bucket', '_sum', '_count'];
  const missing = Object.values<MetricSpec>(catalogue)
    .map(({ name }) => name)
    .filter((name) => !suffixes.some((suffix) => drawn.has(`${name}${suffix}`)));
  // Draw it on the dashboard that it fits, or have a list here of what nobody needs to see, with the reasons.
  expect(missing).toEqual([]);
});
