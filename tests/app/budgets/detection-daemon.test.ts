import { expect, test } from '@jest/globals';
import { budgetRules } from '../../../src/config/budget/budget-rule.ts';
import { presetTiers } from '../../../src/domain/budget/burn-tiers.ts';
import { aBudget, day, hour, minute, second } from '../../domain/budget/budgets.ts';
import { DaemonHarness } from '../../support/daemon-harness.ts';
import { aRatio, aService, start, type Traffic } from '../../support/simulation.ts';

const tiers = presetTiers('page', 30 * day).slice(0, 1);
const budget = aBudget({ signal: aRatio.name, name: aRatio.name, objective: 0.999, tiers });
const services = [aService({ budgets: [budget], rules: budgetRules([budget]) })];
const fault = 2 * hour;
const pollMs = 5 * second;

test.each([
  [1, 52],
  [0.15, 346],
  [0.1, 518],
  [0.05, 1_037],
])(
  'a running daemon pages for steady errors of %d after %d s, as the workbook says, within one poll',
  async (badShare, seconds) => {
    const traffic: Traffic = { perSecond: () => 50, badShare: (t) => (t < fault ? 0 : badShare) };
    await using harness = await new DaemonHarness({
      traffic,
      startsAt: fault - minute,
      services,
      scrapeMs: pollMs,
    }).start();
    await harness.advance(minute + seconds * second - pollMs / 2);
    expect(harness.incidents()).toEqual([]);
    await harness.advance(3 * pollMs);
    const [incident] = harness.incidents();
    const after = (incident?.detectedAt ?? NaN) - start - fault;
    expect(after).toBeGreaterThanOrEqual((seconds - 1) * second);
    // What happened since the newest scrape is not to be seen yet, and a poll follows a scrape at once.
    expect(after).toBeLessThanOrEqual(seconds * second + pollMs + second);
  },
  30_000,
);
