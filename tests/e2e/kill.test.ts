import { beforeAll, describe, expect, test } from '@jest/globals';
import { breachesOf, laws, type Breach } from './campaign-laws.ts';
import { runCampaign, type Campaign } from './kill-campaign.ts';

const kills = 25;
const shops = 4;

/** The short form of `npm run test:chaos`. */
describe(`${kills} kills, at random instants and in the middle of pages, while services fail and heal`, () => {
  let campaign: Campaign;
  let breaches: readonly Breach[];
  beforeAll(async () => {
    campaign = await runCampaign({ kills, shops });
    breaches = breachesOf(campaign);
  }, 150_000);

  test('hit incidents of every service', () => {
    expect([...campaign.modes.values()].reduce((sum, count) => sum + count, 0)).toBe(kills);
    expect(campaign.faults.length).toBeGreaterThanOrEqual(shops);
    expect(campaign.records.length).toBeGreaterThanOrEqual(shops);
  });

  test.each(laws)('%s', (law) => {
    expect(breaches.filter((breach) => breach.law === law).map(({ detail }) => detail)).toEqual([]);
  });

  test('leave no error in the log', () => {
    expect(campaign.errors).toEqual([]);
  });
});
