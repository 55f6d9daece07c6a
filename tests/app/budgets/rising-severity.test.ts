import { expect, test } from '@jest/globals';
import { budgetRules } from '../../../src/config/budget/budget-rule.ts';
import { tierOf } from '../../../src/domain/budget/burn-tiers.ts';
import { aBudget, hour, minute } from '../../domain/budget/budgets.ts';
import { DaemonHarness } from '../../support/daemon-harness.ts';
import { aRatio, aService, type Traffic } from '../../support/simulation.ts';

const period = 3 * hour;
const windows = { longMs: 10 * minute, shortMs: minute };
/** Above 7.2 and above 14.4 times too fast. */
const tiers = [
  tierOf('ticket', { share: 0.4, ...windows }, period),
  tierOf('page', { share: 0.8, ...windows }, period),
];
const budget = aBudget({
  name: aRatio.name,
  signal: aRatio.name,
  objective: 0.99,
  period: { kind: 'rolling', ms: period },
  tiers,
});
const services = [
  aService({
    budgets: [budget],
    rules: budgetRules([budget]),
    endState: {
      ...aService().endState,
      targets: [{ signal: aRatio.name, bound: 'atLeast', value: 0.99, overMs: minute }],
    },
  }),
];
const fault = 4 * hour;

test('tiers of a budget that fire one after the other are one incident whose severity rises, and each page says how it stands', async () => {
  // Ten times too fast is worth a ticket; from the ninth minute on it is forty times, which is worth a page.
  const traffic: Traffic = {
    perSecond: () => 50,
    badShare: (t) => (t < fault || t >= fault + 12 * minute ? 0 : t < fault + 9 * minute ? 0.1 : 0.4),
  };
  await using harness = await new DaemonHarness({ traffic, startsAt: fault - minute, services }).start();
  await harness.advance(9 * minute);
  expect(harness.incidents()).toMatchObject([{ severity: 'ticket', rules: ['success-rate-budget-ticket'] }]);
  await harness.advance(5 * minute);
  expect(harness.incidents()).toMatchObject([
    { severity: 'page', rules: ['success-rate-budget-ticket', 'success-rate-budget-page'] },
  ]);
  await harness.advance(20 * minute);
  expect(harness.kinds()).toEqual(['firing', 'escalated', 'resolved']);

  const [firing, escalated] = harness.channel.sent.map(({ page }) => page.summary);
  // Of 1.8 minutes of total failure that three hours allow, 7.2 minutes at a tenth are 40 %.
  expect(firing).toMatch(
    /burns at 7\.\d+x over 10m and 10x over 1m \(fires above 7\.2x\); this incident has spent 40\.?\d*% of it; (60|59\.\d)% is left; at this rate it is gone in \d+m$/,
  );
  // And 1.8 minutes at four tenths are as much again, after 9 at one.
  expect(escalated).toMatch(
    /burns at 14\.\d+x over 10m and 40x over 1m \(fires above 14\.4x\); 14\.\d+x over 10m and 40x over 1m \(fires above 7\.2x\); this incident has spent 8\d\.?\d*% of it; 1\d\.?\d*% is left; at this rate it is gone in \d+m$/,
  );
}, 30_000);
