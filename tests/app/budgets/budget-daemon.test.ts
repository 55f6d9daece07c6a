import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import type { BudgetView } from '../../../src/app/budgets/budget-view.ts';
import type { StopRule } from '../../../src/domain/service/service.ts';
import { aBudget, hour, minute } from '../../domain/budget/budgets.ts';
import { DaemonHarness } from '../../support/daemon-harness.ts';
import { aRatio, aRule, aService, type Traffic } from '../../support/simulation.ts';

/** 20 events a second, of which 1 % are bad for ten minutes two hours after the start. */
const traffic: Traffic = {
  perSecond: () => 20,
  badShare: (t) => (t >= 2 * hour && t < 2 * hour + 10 * minute ? 0.01 : 0),
};
const startsAt = 3 * hour;
const period = { kind: 'rolling', ms: 2 * hour } as const;
const budget = aBudget({ signal: aRatio.name, period });
const service = aService({ budgets: [budget] });

function view(daemon: DaemonHarness): BudgetView {
  const [found] = daemon.daemon.views()[0]?.budgets ?? [];
  if (found === undefined) throw new Error('there is no budget to see');
  return found;
}

/** Fires on any burn above 1 over an hour. */
const burning: StopRule = aRule({
  name: 'burning',
  when: {
    text: 'success_rate.burnRate("1h") > 1',
    uses: [{ signal: aRatio.name, fold: 'burn-rate', windowMs: hour, budget: budget.name }],
    evaluate(lookup) {
      const reading = lookup({ signal: aRatio.name, fold: 'burn-rate', windowMs: hour, budget: budget.name });
      if (reading.kind === 'unknown') return { kind: 'unknown', reason: reading.reason, detail: reading.detail };
      return { kind: reading.value > 1 ? 'true' : 'false' };
    },
  },
});

describe('the error budgets of a running daemon', () => {
  test('are known from the past seconds after the first start, within 0.1 % of the truth', async () => {
    await using harness = await new DaemonHarness({ traffic, startsAt, services: [service] }).start();
    await harness.advance(15_000);

    const { reading, known, burnRates } = view(harness);
    expect(known).toBe(1);
    // 10 min of 120 at 1 %, of which 0.1 % is allowed: 10 ÷ 120 × 10 of the budget.
    expect(reading).toMatchObject({ kind: 'value', remaining: expect.closeTo(1 - 10 / 12, 3) });
    expect(burnRates).toMatchObject([{ windowMs: hour, reading: { kind: 'value' } }]);
    expect(harness.lines.filter(({ message }) => message.includes('error budget')).length).toBeGreaterThan(0);
  });

  test('are there again after a restart, without reading the period anew', async () => {
    const store = new MemoryStore();
    const first = await new DaemonHarness({ traffic, startsAt, services: [service], store }).start();
    await first.advance(90_000);
    const before = view(first);
    await first.stop();

    await using second = new DaemonHarness({ traffic, startsAt: startsAt + 5 * minute, services: [service], store });
    const asked: number[] = [];
    second.source.historyFault = (_signal, { from, to }) => {
      asked.push(to - from);
      return undefined;
    };
    await second.start();
    await second.advance(90_000);

    const { reading, known } = view(second);
    expect(known).toBe(1);
    expect(before.reading).toMatchObject({ remaining: expect.closeTo(1 - 10 / 12, 3) });
    expect(reading).toMatchObject({ kind: 'value', remaining: expect.closeTo(1 - 10 / 12, 3), coverage: 1 });
    // What is read is what the signal itself must remember, and the time that Andon was away for.
    expect(asked.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(hour);
  });

  test('page for what burns now, and not for a past that cannot be read', async () => {
    const burnsAtOnce: Traffic = { perSecond: () => 20, badShare: (t) => (t >= startsAt ? 0.005 : 0) };
    const services = [aService({ budgets: [budget], rules: [burning] })];
    await using harness = new DaemonHarness({ traffic: burnsAtOnce, startsAt, services });
    harness.source.historyFault = () => ({ reason: 'rejected', detail: 'the past is not for you' });
    await harness.start();
    await harness.advance(10 * minute);

    expect(view(harness).reading).toMatchObject({ kind: 'unknown', reason: 'short-history' });
    expect(harness.incidents()).toEqual([]);
    const problems = harness.daemon.views()[0]?.problems.map(({ reason }) => reason);
    expect(problems).toContain('budget-history-rejected');

    harness.source.historyFault = () => undefined;
    await harness.advance(70 * minute);
    expect(harness.incidents()).toMatchObject([{ rules: ['burning'] }]);
    const [page] = harness.channel.sent;
    expect(page?.page.summary).toBe('Error budget availability: burns at 5x over 1h');
  }, 30_000);

  test('are filled by a source that gives half an hour at once', async () => {
    await using harness = new DaemonHarness({ traffic, startsAt, services: [service] });
    harness.source.historyFault = (_signal, { from, to }) =>
      to - from > 30 * minute ? { reason: 'too-expensive', detail: 'too many samples' } : undefined;
    await harness.start();
    await harness.advance(30_000);

    expect(view(harness)).toMatchObject({ known: 1, reading: { remaining: expect.closeTo(1 - 10 / 12, 3) } });
  });

  test('keep their ledger when the objective changes, and fill another when the method does', async () => {
    await using harness = await new DaemonHarness({ traffic, startsAt, services: [service] }).start();
    await harness.advance(15_000);
    const asked = harness.source.histories;

    const stricter = aService({ revision: 'r2', budgets: [{ ...budget, objective: 0.9999 }] });
    harness.rules = { kind: 'loaded', services: [stricter], warnings: [] };
    await harness.daemon.reload();
    await harness.advance(10_000);
    expect(view(harness)).toMatchObject({ known: 1, reading: { remaining: expect.closeTo(1 - 100 / 12, 2) } });
    expect(harness.source.histories).toBe(asked);

    const slices = aService({
      revision: 'r3',
      budgets: [{ ...budget, method: { kind: 'timeslices', sliceMs: minute, target: 0.995 } }],
    });
    harness.rules = { kind: 'loaded', services: [slices], warnings: [] };
    await harness.daemon.reload();
    await harness.advance(60_000);
    // 10 or 11 minutes of 120 are bad, of which 0.12 are allowed.
    const { reading, known } = view(harness);
    expect(known).toBeGreaterThan(0.98);
    if (reading.kind === 'unknown') throw new Error(reading.detail);
    expect(reading.bad).toBeGreaterThanOrEqual(10);
    expect(reading.bad).toBeLessThanOrEqual(11);
  });
});
