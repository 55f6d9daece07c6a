import { describe, expect, test } from '@jest/globals';
import { anOpenIncident } from '../../support/gate-bench.ts';
import { aWorld, type World } from './http-world.ts';
import { problemOf } from './problem-of.ts';

const confirm = '/api/v1/gate/flagger/confirm';
const rollback = '/api/v1/gate/flagger/rollback';

/** As Flagger 1.x posts it; phases and fields of later versions must not matter. */
const hook = {
  name: 'checkout',
  namespace: 'shop',
  phase: 'WaitingPromotion',
  checksum: '85d557f47b',
  metadata: { type: 'bash' },
};

type Situation = 'good' | 'stopped' | 'warned' | 'unknown' | 'frozen';

async function bring(world: World, situation: Situation): Promise<void> {
  const { gates } = world;
  switch (situation) {
    case 'good':
      return;
    case 'stopped':
      gates.poll('checkout', 0.5, { incident: anOpenIncident(gates.clock.now() - 60_000) });
      return;
    case 'warned':
      gates.poll('checkout', 0.99);
      return;
    case 'unknown':
      await gates.clock.advance(600_000);
      return;
    case 'frozen':
      await gates.acts.freeze({ service: 'checkout', by: 'ada', reason: 'moving the database' });
  }
}

describe('the hooks of Flagger', () => {
  test.each<[Situation, number, number]>([
    ['good', 200, 403],
    ['warned', 200, 403],
    ['unknown', 403, 403],
    ['stopped', 403, 200],
    ['frozen', 403, 200],
  ])('say of a service that is %s: confirm %d, rollback %d', async (situation, confirmed, rolledBack) => {
    await using world = await aWorld();
    await bring(world, situation);
    expect((await world.post(confirm, hook)).status).toBe(confirmed);
    expect((await world.post(rollback, hook)).status).toBe(rolledBack);
  });

  test('say why in a line, which Flagger puts into its events', async () => {
    await using world = await aWorld();
    await bring(world, 'frozen');
    const response = await world.post(confirm, hook);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe(
      'checkout: stop (frozen): ada stopped the line of checkout: moving the database\n',
    );
  });

  test('neither let a canary on nor roll it back whose service nobody watches', async () => {
    await using world = await aWorld();
    const other = { ...hook, name: 'chekout' };
    expect((await world.post(confirm, other)).status).toBe(403);
    expect((await world.post(rollback, other)).status).toBe(403);
  });

  test('take the service that the metadata names, and the checksum for the change', async () => {
    await using world = await aWorld();
    await bring(world, 'stopped');
    const canary = { ...hook, name: 'checkout-canary', metadata: { service: 'checkout' } };
    expect((await world.post(confirm, canary)).status).toBe(403);
    const remedies = { incident: 'checkout-20260822T020711Z', by: 'ada', reason: 'reverts 41' };
    world.gates.report({ change: hook.checksum, service: 'checkout', remedies });
    expect((await world.post(confirm, canary)).status).toBe(200);
  });

  test('know a canary by the id under which its events tell of it, for the fix lane and for an override', async () => {
    await using world = await aWorld();
    await bring(world, 'stopped');
    const change = 'flagger-shop-checkout-85d557f47b';
    expect((await world.post(confirm, hook)).status).toBe(403);
    const remedies = { incident: 'checkout-20260822T020711Z', by: 'ada', reason: 'reverts 41' };
    world.gates.report({ change, service: 'checkout', remedies });
    expect((await world.post(confirm, hook)).status).toBe(200);
    expect((await world.post(rollback, hook)).status).toBe(403);

    const other = { ...hook, checksum: '5c9f7b8d44' };
    expect((await world.post(confirm, other)).status).toBe(403);
    await world.gates.acts.override({
      service: 'checkout',
      by: 'ada',
      reason: 'customs deadline',
      forMs: 60_000,
      change: 'flagger-shop-checkout-5c9f7b8d44',
    });
    expect((await world.post(confirm, other)).status).toBe(200);
    expect((await world.post(confirm, { ...other, metadata: { change: 'another' } })).status).toBe(403);
  });

  test('need no token, as they change nothing, and take phases that are new to us', async () => {
    await using world = await aWorld();
    const headers = { host: 'andon.andon.svc' };
    const unheard = { ...hook, phase: 'Contemplating', metadata: null, eventually: { a: 1 } };
    expect((await world.post(confirm, unheard, headers)).status).toBe(200);
  });

  test.each([
    ['no JSON', '{', 400],
    ['no object', '[]', 400],
    ['no name', JSON.stringify({ phase: 'Progressing' }), 400],
    ['too much', JSON.stringify({ ...hook, metadata: { note: 'x'.repeat(70_000) } }), 413],
  ])('refuse %s', async (_, body, status) => {
    await using world = await aWorld();
    expect(await problemOf(await world.post(confirm, body))).toMatchObject({ status });
  });
});
