import { expect, test } from '@jest/globals';
import { createPrometheusSource } from '../../../src/adapters/prometheus/source.ts';
import { aRatio } from '../../support/signals.ts';
import { startStub } from '../../support/stub-server.ts';

test('reading the past leaves a place for what is read now', async () => {
  const held: (() => void)[] = [];
  let isHolding = true;
  await using stub = await startStub(({ path }, response) => {
    const answer = (resultType: string) => () =>
      response.end(JSON.stringify({ status: 'success', data: { resultType, result: [] } }));
    if (isHolding && path.endsWith('query_range')) held.push(answer('matrix'));
    else answer(path.endsWith('query_range') ? 'matrix' : 'vector')();
  });
  await using source = createPrometheusSource({ name: 'default', url: stub.url, concurrency: 2 });
  const { signal } = new AbortController();
  const ratio = aRatio({ good: 'good_total', total: 'all_total' });
  let past = 'under way';
  const histories = Array.from({ length: 4 }, async () => {
    await source.history([ratio], { from: 0, to: 60_000 }, 5_000, signal);
    past = 'read';
  });

  const [outcome] = await source.read([{ signal: ratio, steps: [{ from: 0, to: 5_000 }] }], 5_000, signal);

  expect([outcome?.kind, past]).toEqual(['counted', 'under way']);
  isHolding = false;
  for (const answer of held) answer();
  await Promise.all(histories);
});
