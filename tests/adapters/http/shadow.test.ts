import { describe, expect, test } from '@jest/globals';
import { ShadowStopsWire } from '../../../src/adapters/http/wire/shadow.ts';
import { createPrometheusTelemetry } from '../../../src/adapters/metrics/prometheus-telemetry.ts';
import { ShadowBook } from '../../../src/app/shadow/shadow-book.ts';
import { storyStart } from '../../support/incident-story.ts';
import { aShadowClearing, aShadowFiring } from '../../support/shadow-events.ts';
import { aWorld, type World } from './http-world.ts';

async function stopsOf(world: World, query = ''): Promise<ShadowStopsWire['stops']> {
  const response = await world.get(`/api/v1/shadow${query}`);
  expect(response.status).toBe(200);
  return ShadowStopsWire.parse(await response.json()).stops;
}

describe('the list of what shadow rules would have stopped', () => {
  test('has the newest first, with the end state as it was', async () => {
    await using world = await aWorld();
    expect(await stopsOf(world)).toEqual([]);
    world.shadows.apply([
      aShadowFiring(1, { shadowId: 'a' }),
      aShadowClearing(61, { shadowId: 'a' }),
      aShadowFiring(62, { shadowId: 'b', service: 'search', group: { region: 'eu' } }),
    ]);
    const stops = await stopsOf(world);
    expect(stops).toMatchObject([
      { id: 'b', service: 'search', group: { region: 'eu' } },
      {
        id: 'a',
        service: 'checkout',
        rule: 'on-trial',
        severity: 'page',
        condition: 'success_rate.over("1m") < 0.97',
        because: 'condition-true',
        firedAt: '2026-08-22T02:00:01.000Z',
        clearedAt: '2026-08-22T02:01:01.000Z',
        clearedBecause: 'condition-false',
        verdicts: [{ signal: 'success_rate', verdict: 'missed' }],
      },
    ]);
    expect(stops[0]).not.toHaveProperty('clearedAt');
    expect((await stopsOf(world, '?service=checkout')).map(({ id }) => id)).toEqual(['a']);
    expect((await stopsOf(world, '?limit=1')).map(({ id }) => id)).toEqual(['b']);
  });

  test.each(['?limit=0', '?limit=501', '?rule=x'])('refuses %s', async (query) => {
    await using world = await aWorld();
    expect((await world.get(`/api/v1/shadow${query}`)).status).toBe(400);
  });
});

test('each is counted once, by service, rule and severity', async () => {
  const telemetry = createPrometheusTelemetry({ version: '0.1.0', nodeVersion: 'v24', now: () => storyStart });
  const book = new ShadowBook((stop) => {
    telemetry.shadowStopped(stop);
  });
  book.apply([aShadowFiring(1), aShadowClearing(2), aShadowFiring(3, { shadowId: 'again' })]);
  const { body } = await telemetry.scrape();
  expect(body).toContain('andon_shadow_stops_total{service="checkout",rule="on-trial",severity="page"} 2');
});

test('whoever is paged by the state of rules is not paged by one that only records', async () => {
  const telemetry = createPrometheusTelemetry({ version: '0.1.0', nodeVersion: 'v24', now: () => storyStart });
  const rule = { severity: 'page', condition: 'x', state: 'firing' } as const;
  telemetry.rules('checkout', {}, [
    { rule: 'live', ...rule },
    { rule: 'on-trial', ...rule, shadow: true },
  ]);
  const { body } = await telemetry.scrape();
  expect(body).toContain('rule="live",state="firing"} 1');
  expect(body).not.toContain('on-trial');
});
