import { describe, expect, test } from '@jest/globals';
import { FreezesWire, FreezeWire, GatesWire, GateWire, OverrideWire } from '../../../src/adapters/http/wire/gate.ts';
import { anOpenIncident } from '../../support/gate-bench.ts';
import { aWorld } from './http-world.ts';
import { problemOf } from './problem-of.ts';

const words = { by: 'ada', reason: 'the database is being moved' };

describe('the gate', () => {
  test('answers with an object in which everything that a condition may ask for is there', async () => {
    await using world = await aWorld();
    const response = await world.get('/api/v1/gate/checkout');
    expect(response.status).toBe(200);
    expect(GateWire.parse(await response.json())).toMatchObject({
      service: 'checkout',
      state: 'pass',
      action: 'go',
      ok: true,
      reason: 'end-state-holds',
      words: 'checkout is in its end state, and nothing holds it back',
      readings: [{ group: {}, target: { signal: 'success_rate', verdict: 'held' }, ageSeconds: 0 }],
      dataAgeSeconds: 0,
    });
  });

  test.each([
    'nobody',
    '..%2F..%2Fetc',
    '%00',
    encodeURIComponent('🙂'),
    'a'.repeat(2_000),
    'checkouts?change=',
    'checkouts?change=a&change=b',
    'checkouts?nonsense=1',
  ])('is never an error status, whoever is asked for (%s)', async (name) => {
    await using world = await aWorld();
    const response = await world.get(`/api/v1/gate/${name}`);
    expect(response.status).toBe(200);
    expect(GateWire.parse(await response.json())).toMatchObject({
      state: 'unknown',
      ok: false,
      reason: 'unknown-service',
    });
  });

  test('says stop with the incident while one is open', async () => {
    await using world = await aWorld();
    world.gates.poll('checkout', 0.5, { incident: anOpenIncident(world.gates.clock.now() - 60_000) });
    const gate = GateWire.parse(await (await world.get('/api/v1/gate/checkout')).json());
    expect(gate).toMatchObject({ state: 'stop', action: 'abort', ok: false, reason: 'incident-open' });
    expect(gate.findings[0]?.incidentId).toBe('checkout-20260822T020711Z');
    expect(GatesWire.parse(await (await world.get('/api/v1/gate')).json()).gates).toEqual([gate]);
  });
});

describe('the cord', () => {
  test('is pulled and lifted over the API', async () => {
    await using world = await aWorld();
    const freeze = FreezeWire.parse(
      await (
        await world.post('/api/v1/gate/checkout/freeze', { ...words, for: '2h', liftsWhen: 'end-state-held' })
      ).json(),
    );
    expect(freeze).toMatchObject({ service: 'checkout', ...words, liftsWhen: 'end-state-held' });
    expect(Date.parse(freeze.until ?? '') - Date.parse(freeze.since)).toBe(7_200_000);
    expect(FreezesWire.parse(await (await world.get('/api/v1/freezes')).json()).freezes).toEqual([freeze]);
    expect(GateWire.parse(await (await world.get('/api/v1/gate/checkout')).json())).toMatchObject({
      state: 'stop',
      reason: 'frozen',
      until: freeze.until,
    });

    const path = `/api/v1/freezes/${freeze.id}/lift`;
    expect((await world.post(path, { by: 'ada', reason: 'moved' })).status).toBe(200);
    expect(await problemOf(await world.post(path, { by: 'ada', reason: 'moved' }))).toMatchObject({
      status: 404,
      reason: 'unknown-freeze',
    });
    expect(GateWire.parse(await (await world.get('/api/v1/gate/checkout')).json()).state).toBe('pass');
  });

  test.each([
    ['without a reason', { by: 'ada' }, 400, 'body.reason: is missing'],
    ['with a blank reason', { by: 'ada', reason: ' ' }, 422, 'the reason is empty'],
    ['with what is no duration', { ...words, for: 'soon' }, 400, 'body.for: must be a duration such as 30m or 2h'],
    ['with a field nobody knows', { ...words, until: 1 }, 400, 'body: does not take "until"'],
    [
      'with too long a reason',
      { by: 'ada', reason: 'x'.repeat(4001) },
      400,
      'body.reason: must have at most 4000 characters',
    ],
  ])('is not pulled %s', async (_, body, status, detail) => {
    await using world = await aWorld();
    expect(await problemOf(await world.post('/api/v1/gate/checkout/freeze', body))).toMatchObject({ status, detail });
    expect(world.gates.written).toEqual([]);
  });

  test('is not pulled for a service that nobody watches', async () => {
    await using world = await aWorld();
    expect(await problemOf(await world.post('/api/v1/gate/chekout/freeze', words))).toMatchObject({
      status: 404,
      reason: 'unknown-service',
    });
  });
});

describe('an override', () => {
  test('is given and ended over the API', async () => {
    await using world = await aWorld();
    await world.post('/api/v1/gate/checkout/freeze', words);
    const answer = await world.post('/api/v1/gate/checkout/override', { ...words, for: '30m', change: 'deploy-42' });
    const override = OverrideWire.parse(await answer.json());
    expect(GateWire.parse(await (await world.get('/api/v1/gate/checkout?change=deploy-42')).json())).toMatchObject({
      state: 'pass',
      reason: 'overridden',
      passage: { kind: 'overridden', by: 'ada', until: override.until },
    });
    expect(GateWire.parse(await (await world.get('/api/v1/gate/checkout')).json()).state).toBe('stop');
    expect((await world.post(`/api/v1/overrides/${override.id}/end`, words)).status).toBe(200);
    expect(await problemOf(await world.post(`/api/v1/overrides/${override.id}/end`, words))).toMatchObject({
      reason: 'unknown-override',
    });
  });
});
