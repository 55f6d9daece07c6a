import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import type { BudgetView } from '../../../src/app/budgets/budget-view.ts';
import { evaluateOnce } from '../../../src/app/polling/evaluate-once.ts';
import { budgetRules } from '../../../src/config/budget/budget-rule.ts';
import { tierOf } from '../../../src/domain/budget/burn-tiers.ts';
import type { StopRule } from '../../../src/domain/service/service.ts';
import { aBudget, day, hour, minute } from '../../domain/budget/budgets.ts';
import { DaemonHarness, type HarnessOptions } from '../../support/daemon-harness.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { SimulatedSource } from '../../support/simulated-source.ts';
import { aRatio, aService, start, type Traffic } from '../../support/simulation.ts';

const periodMs = 2 * hour;
const startsAt = 3 * hour;
/** 20 events a second, of which 2 % are bad from ten minutes after the start on, for ten minutes. */
const traffic: Traffic = {
  perSecond: () => 20,
  badShare: (t) => (t >= startsAt + 10 * minute && t < startsAt + 20 * minute ? 0.02 : 0),
};
const budget = aBudget({
  name: 'payments',
  signal: 'payments',
  period: { kind: 'rolling', ms: periodMs },
  tiers: [tierOf('page', { share: 0.1, longMs: 15 * minute, shortMs: 75_000 }, periodMs)],
});
/** The target looks at another signal than the budget, as a service may that leaves counting to its ruler. */
const recorded = aService({
  signals: [aRatio, { ...aRatio, name: 'payments' }],
  endState: {
    summary: 'Customers can pay',
    holdMs: minute,
    watchMs: 5 * minute,
    targets: [{ signal: aRatio.name, bound: 'atLeast', value: 0.9, overMs: minute }],
  },
  budgets: [budget],
  budgetsFrom: 'recording-rules',
  rules: budgetRules([budget]),
  revision: 'recorded',
});
const { budgetsFrom: _recorded, ...others } = recorded;
const counted = { ...others, revision: 'counted' };

async function started(options: Partial<HarnessOptions> = {}, rulesEveryMs = 30_000): Promise<DaemonHarness> {
  const harness = new DaemonHarness({ traffic, startsAt, services: [recorded], ...options });
  harness.source.rulesEveryMs = rulesEveryMs;
  return await harness.start();
}

function view(harness: DaemonHarness): BudgetView {
  const [found] = harness.daemon.views()[0]?.budgets ?? [];
  if (found === undefined) throw new Error('there is no budget to see');
  return found;
}

function problems(harness: DaemonHarness): readonly string[] {
  return harness.daemon.views()[0]?.problems.map(({ reason }) => reason) ?? [];
}

describe('error budgets that come from recording rules', () => {
  test('are known from the first poll on, and the counters of a signal that only they use are never read', async () => {
    await using harness = await started();
    const pasts = new Set<string>();
    harness.source.historyFault = (signal) => void pasts.add(signal) as undefined;
    await harness.advance(5_000);

    expect(view(harness)).toMatchObject({ known: 1, reading: { kind: 'value', remaining: 1, coverage: 1 } });
    expect(view(harness).burnRates).toMatchObject([
      { windowMs: 75_000, reading: { kind: 'value', value: 0 } },
      { windowMs: 15 * minute, reading: { kind: 'value', value: 0 } },
    ]);
    expect(problems(harness)).toEqual([]);
    // One of the two signals at each poll.
    expect(new Set(harness.source.readSizes)).toEqual(new Set([1]));
    expect(harness.source.recordedReads).toBe(harness.source.reads);
    expect([...pasts]).not.toContain('payments');
    expect([...(await ledgersOf(harness.store))]).toEqual([]);
  });

  test('are read as often as the rules count, and not at every poll', async () => {
    await using harness = await started({}, minute);
    await harness.advance(5 * minute);
    const [reads, polls] = [harness.source.recordedReads, harness.source.reads];
    await harness.advance(24 * minute);
    expect(harness.source.reads - polls).toBeGreaterThan(24 * 10);
    // Twenty-four counts, and now and then a minute of looking at every poll how often they come.
    expect(harness.source.recordedReads - reads).toBeLessThan(24 + 3 * 13);
    expect(harness.kinds()).toEqual(['firing', 'resolved']);
  }, 30_000);

  test('page for what burns, with evidence, and resolve as those of ledgers do, at the next evaluation of the rules', async () => {
    const tell = async (service: typeof recorded) => {
      await using harness = await started({ services: [service] });
      await harness.advance(45 * minute);
      const [incident] = harness.incidents();
      if (incident === undefined) throw new Error('nothing stopped the line');
      return { incident, pages: harness.channel.sent.map(({ page }) => page.summary), kinds: harness.kinds() };
    };
    const byRules = await tell(recorded);
    const byLedger = await tell(counted);

    expect(byRules.kinds).toEqual(['firing', 'resolved']);
    expect(byLedger.kinds).toEqual(['firing', 'resolved']);
    const later = byRules.incident.detectedAt - byLedger.incident.detectedAt;
    expect(later).toBeGreaterThanOrEqual(-5_000);
    expect(later).toBeLessThanOrEqual(35_000);
    expect(Math.abs((byRules.incident.resolvedAt ?? 0) - (byLedger.incident.resolvedAt ?? 0))).toBeLessThan(45_000);
    expect(byRules.pages[0]).toMatch(
      /\. Error budget payments: burns at [\d.]+x over 15m and [\d.]+x over 1m15s \(fires/,
    );
    expect(byRules.pages[0]).toMatch(/% is left; at this rate it is gone in about/);
  }, 30_000);

  test('that nobody records are unknown and never page, and say what to do', async () => {
    await using harness = await started({}, 0);
    await harness.advance(45 * minute);

    expect(harness.incidents()).toEqual([]);
    expect(problems(harness)).toEqual(['budget-records-missing']);
    expect(view(harness)).toMatchObject({
      known: 0,
      reading: { kind: 'unknown', reason: 'no-data', bad: 0, total: 0 },
    });
    expect(JSON.stringify(view(harness).reading)).toContain('andon generate prometheus-rules');
  }, 20_000);

  test('go stale when the ruler goes down, which closes nothing and opens nothing, and are back with it', async () => {
    await using harness = await started();
    const now = (): number => harness.clock.now();
    await harness.advance(15 * minute);
    expect(harness.incidents()).toMatchObject([{ phase: 'open' }]);

    harness.source.ruled = { from: -Infinity, to: now() };
    await harness.advance(2 * minute);
    expect(view(harness).reading.kind).toBe('value');
    await harness.advance(2 * minute);
    expect(view(harness).reading).toMatchObject({ kind: 'unknown', reason: 'stale' });
    expect(problems(harness)).toEqual(['budget-records-stale']);
    // Their series are no longer there at all, and the errors have ended.
    await harness.advance(20 * minute);
    expect(view(harness).reading).toMatchObject({ kind: 'unknown', reason: 'stale' });
    expect(harness.incidents()).toMatchObject([{ phase: 'open', blind: true }]);

    harness.source.ruled = { from: -Infinity, to: Infinity };
    await harness.advance(5 * minute);
    expect(problems(harness)).toEqual([]);
    expect(harness.incidents()).toMatchObject([{ phase: 'watching' }]);
  }, 30_000);

  test('that are young are short of history, and do not page', async () => {
    await using harness = new DaemonHarness({ traffic, startsAt, services: [recorded] });
    harness.source.rulesEveryMs = 30_000;
    harness.source.ruled = { from: harness.clock.now() + 10 * minute, to: Infinity };
    await harness.start();
    await harness.advance(20 * minute);

    expect(harness.incidents()).toEqual([]);
    expect(view(harness).reading).toMatchObject({ kind: 'unknown', reason: 'short-history' });
    expect(view(harness).burnRates).toMatchObject([
      { windowMs: 75_000, reading: { kind: 'value' } },
      { windowMs: 15 * minute, reading: { kind: 'unknown', reason: 'short-history' } },
    ]);
  }, 20_000);

  test('keep what they knew while the source does not answer for them, until that is stale', async () => {
    await using harness = await started();
    await harness.advance(minute);
    const answers = harness.source.recorded.bind(harness.source);
    harness.source.recorded = async (reads) =>
      await Promise.resolve(
        reads.map(() => ({ kind: 'failed', failure: { reason: 'too-expensive', detail: 'too many samples' } })),
      );
    await harness.advance(minute);
    expect(view(harness).reading.kind).toBe('value');
    expect(problems(harness)).toEqual(['budget-records-too-expensive']);
    await harness.advance(3 * minute);
    expect(view(harness).reading).toMatchObject({ kind: 'unknown', reason: 'stale' });
    expect(JSON.stringify(view(harness).reading)).toContain('too many samples');
    harness.source.recorded = answers;
    await harness.advance(10_000);
    expect(view(harness).reading.kind).toBe('value');
  });
});

describe('after Andon was away', () => {
  test.each([
    ['', 0],
    [', though the source was not there at first', 3],
  ])(
    'what the rules recorded meanwhile is judged, and an open incident is not blind%s',
    async (_name, absences) => {
      const store = new MemoryStore();
      const first = await started({ store });
      await first.advance(5 * minute);
      await first.stop();

      await using second = new DaemonHarness({
        traffic,
        services: [recorded],
        store,
        startsAt: startsAt + 16 * minute,
      });
      second.source.rulesEveryMs = 30_000;
      let left = absences;
      second.source.historyFault = (signal) => {
        if (signal !== 'recorded' || left === 0) return undefined;
        left -= 1;
        return { reason: 'unavailable', detail: 'connection refused' };
      };
      await second.start();
      await second.advance(minute);
      expect(left).toBe(0);
      const [incident] = second.incidents();
      expect(incident).toMatchObject({ phase: 'open', blind: false });
      // Of the errors that began after ten minutes, and not when Andon was back after sixteen.
      const detectedAfterMs = (incident?.detectedAt ?? NaN) - start - startsAt;
      expect(detectedAfterMs).toBeGreaterThan(10 * minute);
      expect(detectedAfterMs).toBeLessThan(13 * minute);
    },
    20_000,
  );

  test('a past that cannot be read opens nothing, not even by a rule that minds the unknown', async () => {
    const [rule] = budgetRules([budget]);
    const minding: StopRule = { ...(rule as StopRule), onUnknown: { policy: 'open', afterMs: 2 * minute } };
    const services = [{ ...recorded, rules: [minding] }];
    const quiet: Traffic = { perSecond: () => 20, badShare: () => 0 };
    const store = new MemoryStore();
    const first = await started({ store, services, traffic: quiet });
    await first.advance(minute);
    await first.stop();

    await using second = new DaemonHarness({ store, services, traffic: quiet, startsAt: startsAt + 30 * minute });
    second.source.rulesEveryMs = 30_000;
    second.source.historyFault = (signal) =>
      signal === 'recorded' ? { reason: 'rejected', detail: 'the past is not for you' } : undefined;
    await second.start();
    await second.advance(minute);
    expect(second.incidents()).toEqual([]);
    expect(view(second).reading.kind).toBe('value');
  }, 20_000);
});

describe('a reload', () => {
  test('from counters to recording rules forgets the ledgers and keeps the incident, and back again', async () => {
    await using harness = await started({ services: [counted] });
    await harness.advance(15 * minute);
    expect(harness.incidents()).toMatchObject([{ phase: 'open' }]);
    expect([...(await ledgersOf(harness.store))]).toEqual(['payments']);

    harness.rules = { kind: 'loaded', services: [recorded], warnings: [] };
    await harness.daemon.reload();
    await harness.advance(90_000);
    expect(harness.incidents()).toMatchObject([{ phase: 'open', blind: false }]);
    expect(view(harness)).toMatchObject({ known: 1, reading: { kind: 'value' } });
    expect([...(await ledgersOf(harness.store))]).toEqual([]);

    harness.rules = { kind: 'loaded', services: [counted], warnings: [] };
    await harness.daemon.reload();
    await harness.advance(90_000);
    expect(harness.incidents()).toMatchObject([{ phase: 'open', blind: false }]);
    expect(view(harness)).toMatchObject({ known: 1, reading: { kind: 'value' } });
    expect([...(await ledgersOf(harness.store))]).toEqual(['payments']);

    await harness.advance(30 * minute);
    expect(harness.kinds()).toEqual(['firing', 'resolved']);
  }, 40_000);
});

test('andon evaluate sees them at once, with the problem where there are none', async () => {
  const manual = new ManualClock(start + startsAt + 15 * minute);
  const clock = {
    now: () => manual.now(),
    monotonic: () => manual.monotonic(),
    sleep: async () => await Promise.resolve(),
  };
  const source = new SimulatedSource(clock, traffic, start, start + 6 * hour, 5_000);
  const look = async () => (await evaluateOnce(source, clock, [recorded], new AbortController().signal))[0];

  expect(await look()).toMatchObject({ problems: [{ reason: 'budget-records-missing' }] });
  source.rulesEveryMs = 30_000;
  expect(await look()).toMatchObject({
    problems: [],
    budgets: [{ known: 1, reading: { kind: 'value', coverage: 1 } }],
    scopes: [{ rules: [{ rule: 'payments-budget-page', state: 'firing' }] }],
  });
});

async function ledgersOf(store: DaemonHarness['store']): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for await (const { budget: name } of store.ledgers('checkout')) names.add(name);
  return names;
}

describe('an incident of a budget that rules count', () => {
  // It is held throughout.
  const target = { signal: aRatio.name, bound: 'atLeast', value: 0.01, overMs: minute } as const;
  const tiers = [tierOf('page', { share: 0.02, longMs: hour, shortMs: 5 * minute }, 30 * day)];
  const fast = aBudget({ name: 'payments', signal: 'payments', objective: 0.999, tiers });
  const onlyBudget = aService({
    signals: [aRatio, { ...aRatio, name: 'payments' }],
    endState: { ...recorded.endState, targets: [target] },
    budgets: [fast],
    budgetsFrom: 'recording-rules',
    rules: budgetRules([fast]),
  });
  const fault = startsAt + 10 * minute;
  const healed = fault + 8 * minute;
  const failing: Traffic = { perSecond: () => 20, badShare: (t) => (t >= fault && t < healed ? 0.9 : 0) };
  const lost = 8 * 60 * 20 * 0.9;

  test('has its onset, recovery and impact from what they recorded', async () => {
    await using harness = await started({ services: [onlyBudget], traffic: failing });
    await harness.advance(40 * minute);

    const [incident] = harness.incidents();
    expect(incident?.onset).toMatchObject({ method: 'change-point', signal: 'payments' });
    expect(Math.abs((incident?.onset.at ?? 0) - start - fault)).toBeLessThan(2 * minute);
    expect(incident?.onset.earliest).toBeLessThanOrEqual(start + fault);
    expect(incident?.onset.latest).toBeGreaterThanOrEqual(start + fault);
    expect(incident?.recovery?.earliest).toBeLessThanOrEqual(start + healed);
    expect(incident?.recovery?.latest).toBeGreaterThanOrEqual(start + healed);
    expect(incident?.impact).toMatchObject({ signal: 'payments', about: true });
    expect(Math.abs((incident?.impact?.badEvents ?? 0) / lost - 1)).toBeLessThan(0.05);
    expect(incident?.impact?.peakBadRatio).toBeGreaterThan(0.2);
  }, 30_000);

  test('begins and costs apart from those that are closed before it', async () => {
    const faults = [10, 24, 38].map((minutes) => startsAt + minutes * minute);
    const lasts = 3 * minute;
    await using harness = await started({
      traffic: {
        perSecond: () => 20,
        badShare: (t) => (faults.some((from) => t >= from && t < from + lasts) ? 0.3 : 0),
      },
    });
    await harness.advance(60 * minute);
    const incidents = harness.incidents();
    expect(incidents).toHaveLength(faults.length);
    const lost = 0.3 * 20 * (lasts / 1000);
    for (const [index, after] of faults.entries()) {
      const from = start + after;
      const incident = incidents.find(({ detectedAt }) => detectedAt >= from && detectedAt < from + 10 * minute);
      const closed = incidents.flatMap(({ detectedAt, recovery }) =>
        detectedAt < from && recovery ? [recovery.at] : [],
      );
      expect({ index, found: incident !== undefined }).toEqual({ index, found: true });
      if (incident === undefined) continue;
      const { onset, impact } = incident;
      expect(onset.earliest).toBeLessThanOrEqual(from);
      expect(onset.latest).toBeGreaterThanOrEqual(from);
      expect(onset.at).toBeGreaterThanOrEqual(Math.max(-Infinity, ...closed));
      expect(impact?.badEvents).toBeGreaterThan(lost / 2);
      expect(impact?.badEvents).toBeLessThan(lost * 1.6);
    }
  }, 60_000);

  test('that nobody could see end is not said to have ended when they were back', async () => {
    await using harness = await started({ services: [onlyBudget], traffic: failing });
    await harness.advance(16 * minute);
    expect(harness.incidents()).toMatchObject([{ phase: 'open' }]);
    harness.source.ruled = { from: -Infinity, to: harness.clock.now() };
    await harness.advance(14 * minute);
    expect(harness.incidents()).toMatchObject([{ phase: 'open', blind: true }]);
    harness.source.ruled = { from: -Infinity, to: Infinity };
    await harness.advance(10 * minute);

    const [incident] = harness.incidents();
    expect(incident?.recovery?.earliest).toBeLessThanOrEqual(start + healed);
    expect(incident?.impact?.badEvents).not.toBe(0);
  }, 30_000);

  test('costs an unknown amount, and not nothing, where the rules are gone when it is over', async () => {
    const shown = { ...onlyBudget, endState: { ...onlyBudget.endState, holdMs: 1_000 } };
    await using harness = await started({ services: [shown], traffic: failing });
    await harness.advance(16 * minute);
    harness.source.recorded = async (reads) =>
      await Promise.resolve(
        reads.map(() => ({
          kind: 'recorded',
          groups: [
            {
              budget: 'payments',
              group: {},
              countedAt: harness.clock.now(),
              // Rules that were made anew after it had ended.
              windows: [5 * minute, hour].map((windowMs) => ({ windowMs, total: 20, good: 20, coveredMs: 5 * minute })),
            },
          ],
        })),
      );
    await harness.advance(minute);

    const [incident] = harness.incidents();
    expect(incident).toMatchObject({ phase: 'watching' });
    expect(incident?.impact).toBeUndefined();
  }, 30_000);
});
