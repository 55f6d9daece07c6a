import { expect, test } from '@jest/globals';
import { startShop } from '../../demo/shop.ts';
import { startTraffic } from '../../demo/traffic.ts';
import { eventually } from '../../demo/eventually.ts';

test('sends requests at the rate asked for, and none after it has stopped', async () => {
  const shop = await startShop();
  const startedAt = performance.now();
  const traffic = startTraffic(shop.url, 100);
  await eventually(async () => (traffic.answered() >= 40 ? true : undefined), {
    what: 'forty answers',
    withinMs: 10_000,
    unless: [],
    signal: new AbortController().signal,
  });
  const mostSent = (performance.now() - startedAt) / 10 + 1;
  expect(traffic.answered()).toBeLessThanOrEqual(mostSent);
  await traffic.stop();
  const before = traffic.answered();
  // Closing the shop would hang, were a customer still connected.
  await shop.close();
  expect(traffic.answered()).toBe(before);
});
