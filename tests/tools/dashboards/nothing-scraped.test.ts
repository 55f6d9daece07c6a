import { describe, test } from '@jest/globals';
import { expectSaid, exprOf } from './promtool.ts';

describe.each([
  'fleet.json: Lines stopped A',
  'fleet.json: Not acknowledged A',
  'fleet.json: Targets unknown A',
  'fleet.json: Budgets spent A',
  'service.json: Targets missed A',
  'service.json: Targets unknown A',
])('%s', (where) => {
  test('says 0 of a service that is watched and well', async () => {
    await expectSaid(exprOf(where), { 'andon_service_info{service="shop"}': '1x30' }, { labels: '{}', value: '0' });
  });

  test('says nothing while no Andon is scraped, for 0 would be good news', async () => {
    await expectSaid(exprOf(where), { 'andon_service_info{service="shop"}': '1x8 stale' }, undefined);
  });
});
