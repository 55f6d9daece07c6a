import { describe, expect, test } from '@jest/globals';
import { DeliveryWire } from '../../../src/adapters/http/wire/delivery.ts';
import { ChangeBook } from '../../../src/app/changes/change-book.ts';
import { DeliveryBook } from '../../../src/app/changes/delivery-book.ts';
import type { ChangeReport } from '../../../src/domain/change/change-event.ts';
import { storyStart } from '../../support/incident-story.ts';
import { aWorld } from './http-world.ts';
import { problemOf } from './problem-of.ts';

/** Deployments of two services, each reported and watched to its end. */
function aDeliveryBook(): DeliveryBook {
  const delivery = new DeliveryBook(() => undefined);
  delivery.knownFrom(storyStart + 600_000 - 5 * 86_400_000);
  const changes = new ChangeBook();
  changes.listen((change) => {
    delivery.changed(change);
  });
  let seq = 0;
  const deploy = (service: string, change: string, facts: Partial<ChangeReport> = {}): void => {
    const at = storyStart - 3_600_000;
    const report = { service, change, startedAt: at, ...facts };
    const told = { type: 'change-reported', service, at, origin: 'api', report } as const;
    const over = {
      type: 'bake-finished',
      service,
      change,
      at: storyStart,
      verdict: 'unharmed',
      lookedUntil: at,
      comparisons: [],
    } as const;
    changes.apply([
      { ...told, seq: (seq += 1), recordedAt: at },
      { ...over, seq: (seq += 1), recordedAt: at },
    ]);
  };
  deploy('checkout', 'd1');
  deploy('checkout', 'd2', { outcome: 'rolled-back' });
  deploy('search', 'd1');
  return delivery;
}

describe('GET /api/v1/delivery', () => {
  test.each([
    [
      '?service=checkout&days=10',
      {
        service: 'checkout',
        days: 10,
        deployments: 2,
        failed: 1,
        changeFailureRate: 0.5,
        deploymentsPerDay: 0.4,
        knownDays: 5,
      },
    ],
    ['', { days: 30, deployments: 3, failed: 1, unharmed: 2, unknown: 0, changeFailureRate: 1 / 3, reworkRate: 0 }],
    ['?service=checkout&days=2', { days: 2, deploymentsPerDay: 1, knownDays: 2 }],
  ])('answers %s', async (query, expected) => {
    await using world = await aWorld({ parts: { delivery: aDeliveryBook() } });
    const answer = await world.get(`/api/v1/delivery${query}`);
    const body: unknown = await answer.json();
    expect(answer.status).toBe(200);
    expect(DeliveryWire.parse(body)).toMatchObject(expected);
    expect(body).toMatchObject({ failedDeploymentRecovery: { count: 0, p50Seconds: null } });
  });

  test('knows a service without deployments from one that nobody watches', async () => {
    await using world = await aWorld({ parts: { delivery: new DeliveryBook(() => undefined) } });
    expect(await (await world.get('/api/v1/delivery?service=checkout')).json()).toMatchObject({
      service: 'checkout',
      deployments: 0,
      changeFailureRate: null,
      reworkRate: null,
    });
    expect(await problemOf(await world.get('/api/v1/delivery?service=chekout'))).toMatchObject({
      status: 404,
      reason: 'unknown-service',
      detail: 'no service named "chekout" is watched; did you mean checkout?',
    });
  });

  test.each(['days=0', 'days=many', 'days=1000', 'since=yesterday'])('refuses %s', async (query) => {
    await using world = await aWorld({ parts: { delivery: aDeliveryBook() } });
    expect((await world.get(`/api/v1/delivery?${query}`)).status).toBe(400);
  });
});
