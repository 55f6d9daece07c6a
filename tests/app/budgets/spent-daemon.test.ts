import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { budgetRules } from '../../../src/config/budget/budget-rule.ts';
import { tierOf } from '../../../src/domain/budget/burn-tiers.ts';
import type { RatioSignal, Service } from '../../../src/domain/service/service.ts';
import { aBudget, hour, minute } from '../../domain/budget/budgets.ts';
import { DaemonHarness } from '../../support/daemon-harness.ts';
import { aRatio, aRule, aService, start, type Traffic } from '../../support/simulation.ts';

const periodMs = 2 * hour;
const fault = 3 * hour;
const faultMs = 8 * minute;
/** 20 events a second, of which 5 % are bad for eight minutes, and 0.02 % at all other times. */
const traffic: Traffic = {
  perSecond: () => 20,
  badShare: (t) => (t >= fault && t < fault + faultMs ? 0.05 : 0.0002),
};
const period = { kind: 'rolling', ms: periodMs } as const;
const strict = aBudget({ name: aRatio.name, signal: aRatio.name, period });
const lenient = aBudget({ name: 'lenient', signal: aRatio.name, period, objective: 0.9 });

/** Stopped by a rule that looks at no budget. */
const service = aService({ budgets: [strict, lenient] });

async function started(services: readonly Service[], store = new MemoryStore()): Promise<DaemonHarness> {
  return await new DaemonHarness({ traffic, startsAt: fault - 5 * minute, services, store }).start();
}

describe('when an incident resolves, what it spent of the error budgets', () => {
  test('is told with its event, to whoever was paged, and after a restart', async () => {
    const store = new MemoryStore();
    const harness = await started([service], store);
    await harness.advance(30 * minute);

    const [incident] = harness.incidents();
    expect(incident?.rules).toEqual(['payments-failing']);
    expect(incident?.phase).not.toBe('open');
    // Eight of 120 minutes at fifty times the allowed rate, and the rest at a fifth of it; the lenient one kept its promise.
    const told = {
      budget: strict.name,
      spent: expect.closeTo((50 * 8) / 120, 1),
      remaining: expect.closeTo(1 - (50 * 8 + 0.2 * 112) / 120, 1),
    };
    expect(incident?.budgetsSpent).toEqual([told]);
    const share = incident?.budgetsSpent?.[0]?.spent ?? NaN;
    expect(Math.abs(share / ((50 * 8) / 120) - 1)).toBeLessThan(0.02);
    expect(harness.kinds()).toEqual(['firing', 'resolved']);
    const page = harness.channel.sent.at(-1)?.page;
    expect(page?.budgetsSpent).toEqual([told]);
    expect(page?.summary).toMatch(
      /^Error budget success rate: this incident spent 33\d% of it; it was overspent by 25\d% when service was back$/,
    );
    const events = await store.events(0, 100);
    expect(events.find(({ type }) => type === 'resolved')).toMatchObject({ budgetsSpent: [told] });
    await harness.stop();

    await using again = await started([service], store);
    expect(again.incidents()[0]?.budgetsSpent).toEqual(incident?.budgetsSpent);
  }, 30_000);

  test('is about so much where recording rules count', async () => {
    const payments: RatioSignal = { ...aRatio, name: 'payments' };
    const tiers = [tierOf('page', { share: 0.1, longMs: 15 * minute, shortMs: 75_000 }, periodMs)];
    const budget = aBudget({ name: 'payments', signal: 'payments', period, tiers });
    const recorded = aService({
      signals: [aRatio, payments],
      budgets: [budget],
      budgetsFrom: 'recording-rules',
      rules: [aRule(), ...budgetRules([budget])],
    });
    await using harness = new DaemonHarness({ traffic, startsAt: fault - 5 * minute, services: [recorded] });
    harness.source.rulesEveryMs = 30_000;
    await harness.start();
    await harness.advance(30 * minute);

    const [incident] = harness.incidents();
    expect(Math.abs((incident?.onset.at ?? 0) - start - fault)).toBeLessThan(minute);
    expect(incident?.budgetsSpent).toMatchObject([{ budget: 'payments', about: true }]);
    const share = incident?.budgetsSpent?.[0]?.spent ?? NaN;
    expect(Math.abs(share / ((50 * 8) / 120) - 1)).toBeLessThan(0.05);
    expect(harness.channel.sent.at(-1)?.page.summary).toMatch(/this incident spent about 3\d\d% of it/);
  }, 30_000);
});
