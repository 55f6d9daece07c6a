import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fetch from 'node-fetch';
import { noFault, startShop, type Shop } from '../../demo/shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await startShop();
});
afterEach(() => shop.close());

async function buy(): Promise<number> {
  const response = await fetch(`${shop.url}/checkout`, { method: 'POST' });
  await response.arrayBuffer();
  return response.status;
}

async function metric(line: string): Promise<number> {
  const text = await (await fetch(`${shop.url}/metrics`)).text();
  const found = text.split('\n').find((each) => each.startsWith(`${line} `));
  return Number(found?.slice(line.length));
}

const failures = 'http_requests_total{route="/checkout",code="503"}';
const successes = 'http_requests_total{route="/checkout",code="200"}';
const fast = 'http_request_duration_seconds_bucket{le="0.3",route="/checkout"}';
const all = 'http_request_duration_seconds_count{route="/checkout"}';

describe('the shop', () => {
  test('counts successes, and shows failures as zero before the first one', async () => {
    expect(await buy()).toBe(200);
    expect([await metric(successes), await metric(failures)]).toEqual([1, 0]);
    expect([await metric(fast), await metric(all)]).toEqual([1, 1]);
  });

  test('fails exactly the share of requests it is told to, and none once it is healed', async () => {
    shop.setFault({ errorRatio: 0.2, delayMs: 0 });
    const codes: number[] = [];
    for (let sent = 0; sent < 10; sent += 1) codes.push(await buy());
    expect(codes.filter((code) => code === 503)).toHaveLength(2);
    shop.setFault(noFault);
    for (let sent = 0; sent < 5; sent += 1) expect(await buy()).toBe(200);
    expect(await metric(failures)).toBe(2);
  });

  test('is slow when it is told to', async () => {
    shop.setFault({ errorRatio: 0, delayMs: 310 });
    expect(await buy()).toBe(200);
    expect([await metric(fast), await metric(all)]).toEqual([0, 1]);
  });

  test('says how many are waiting', async () => {
    expect(await metric('shop_queue_depth')).toBe(0);
    shop.setFault({ errorRatio: 0, delayMs: 300 });
    const bought = buy();
    while ((await metric('shop_queue_depth')) !== 1) await metric(all);
    await bought;
    expect(await metric('shop_queue_depth')).toBe(0);
  });
});
