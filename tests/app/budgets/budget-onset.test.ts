import { describe, expect, test } from '@jest/globals';
import { budgetRules } from '../../../src/config/budget/budget-rule.ts';
import { tierOf } from '../../../src/domain/budget/burn-tiers.ts';
import type { ErrorBudget } from '../../../src/domain/budget/objective.ts';
import type { RatioSignal, Service } from '../../../src/domain/service/service.ts';
import { aBudget, day, hour, minute } from '../../domain/budget/budgets.ts';
import { DaemonHarness } from '../../support/daemon-harness.ts';
import { aRatio, aService, start, type Traffic } from '../../support/simulation.ts';

const scrapeMs = 5_000;
const fault = 2 * hour;
const browsing: RatioSignal = { ...aRatio, name: 'browsing' };
const otherTarget = { signal: browsing.name, bound: 'atLeast', value: 0.5, overMs: minute } as const;
const fast = tierOf('page', { share: 0.02, longMs: hour, shortMs: 5 * minute }, 30 * day);
const slow = tierOf('page', { share: 0.02, longMs: 3 * hour, shortMs: 15 * minute }, 30 * day);

/** 50 events a second, of which one in 5000 is always bad: that is within the budget. */
function failing(badShare: number, until = Infinity): Traffic {
  return { perSecond: () => 50, badShare: (t) => (t >= fault && t < until ? badShare : 0.0002) };
}

function watched(
  targets: Service['endState']['targets'],
  tier: typeof fast,
  changes: Partial<ErrorBudget> = {},
): Service {
  const budget = aBudget({ name: aRatio.name, signal: aRatio.name, tiers: [tier], ...changes });
  return aService({
    signals: [aRatio, browsing],
    endState: { ...aService().endState, targets },
    budgets: [budget],
    rules: budgetRules([budget]),
  });
}

describe('an incident of an error budget', () => {
  test.each([
    ['whose signal has no target', [otherTarget], {}],
    [
      'whose signal meets its target',
      [{ signal: aRatio.name, bound: 'atLeast', value: 0.9, overMs: minute } as const],
      {},
    ],
    [
      'that counts slices',
      [otherTarget],
      { method: { kind: 'timeslices', sliceMs: minute, target: 0.995 } as const, objective: 0.99 },
    ],
  ])('%s began when the errors did', async (_, targets, changes) => {
    const services = [watched(targets, fast, changes)];
    const traffic = failing(0.05);
    await using harness = await new DaemonHarness({
      traffic,
      startsAt: fault + 2 * minute,
      services,
      scrapeMs,
    }).start();
    await harness.advance(20 * minute);

    const [incident] = harness.incidents();
    expect(incident?.onset).toMatchObject({ signal: aRatio.name, method: 'change-point' });
    expect(Math.abs((incident?.onset.at ?? 0) - start - fault)).toBeLessThanOrEqual(scrapeMs);
    expect(incident?.onset.earliest).toBeGreaterThan(start + fault - 3 * scrapeMs);
    expect(incident?.detectedAt).toBeGreaterThan(start + fault + 5 * minute);
  });

  test('that burnt for longer than Andon remembers began when the errors did', async () => {
    // 1 % of errors burn ten times too fast, which is too fast over three hours after a good hour and a half.
    const services = [watched([otherTarget], { ...slow, factor: 5 })];
    await using harness = await new DaemonHarness({
      traffic: failing(0.01),
      startsAt: fault + 80 * minute,
      services,
      scrapeMs,
    }).start();
    await harness.advance(15 * minute);

    const [incident] = harness.incidents();
    expect((incident?.detectedAt ?? 0) - start - fault).toBeGreaterThan(80 * minute);
    expect(incident?.onset).toMatchObject({ signal: aRatio.name, method: 'change-point' });
    expect(Math.abs((incident?.onset.at ?? 0) - start - fault)).toBeLessThanOrEqual(2 * scrapeMs);
  });

  test('hands on what was said about it, and how many events were lost beyond what it promises', async () => {
    const until = fault + 25 * minute;
    const page = {
      labels: { team: 'payments' },
      summary: 'Payments fail',
      runbook: 'https://runbooks.example.com/pay',
    };
    const services = [watched([otherTarget], fast, { ruleWords: { page } })];
    await using harness = await new DaemonHarness({
      traffic: failing(0.05, until),
      startsAt: fault + 2 * minute,
      services,
      scrapeMs,
    }).start();
    await harness.advance(35 * minute);

    const [incident] = harness.incidents();
    expect(incident).toMatchObject({ ...page, title: page.summary });
    expect(incident?.phase).not.toBe('open');
    expect(incident?.impact?.signal).toBe(aRatio.name);
    // 25 min at 50/s and 5 %, less the 0.1 % that is promised.
    const lost = incident?.impact?.badEvents ?? 0;
    expect(Math.abs(lost / (25 * 60 * 50 * 0.049) - 1)).toBeLessThan(0.05);
  });
});
