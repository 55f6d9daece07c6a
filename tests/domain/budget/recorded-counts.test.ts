import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { budgetEvidence } from '../../../src/domain/budget/budget-evidence.ts';
import { burnRate, type BurnReading } from '../../../src/domain/budget/burn-rate.ts';
import { presetTiers } from '../../../src/domain/budget/burn-tiers.ts';
import { exhaustedIn } from '../../../src/domain/budget/exhaustion.ts';
import { judgeTier } from '../../../src/domain/budget/judge-tier.ts';
import { newestEnd, type BudgetLedger } from '../../../src/domain/budget/ledger.ts';
import type { ErrorBudget } from '../../../src/domain/budget/objective.ts';
import { budgetAt, type BudgetReading } from '../../../src/domain/budget/read-budget.ts';
import { countRecorded, type RecordedCounts, type WindowSum } from '../../../src/domain/budget/recorded-counts.ts';
import { countWindow } from '../../../src/domain/budget/count-window.ts';
import type { BudgetUse } from '../../../src/domain/service/condition.ts';
import type { Step } from '../../../src/domain/reading/observation.ts';
import { aBudget, day, filled, hour, minute, monday, second, steady } from './budgets.ts';

const tiers = [...presetTiers('page', 7 * day), ...presetTiers('ticket', 7 * day)];
const week = aBudget({ objective: 0.99, period: { kind: 'rolling', ms: 7 * day }, tiers });
const now = monday + 7 * day;
const windowsOf = (budget: ErrorBudget): readonly number[] => {
  const periodMs = budget.period.kind === 'rolling' ? budget.period.ms : NaN;
  const windows = new Set([...budget.tiers.flatMap(({ longMs, shortMs }) => [longMs, shortMs]), periodMs]);
  return [...windows].sort((a, b) => a - b);
};

/** What rules would have recorded of the steps, whose edges lie on those of the windows. */
function recordedOf(steps: readonly Step[], windowsMs: readonly number[], at = now): RecordedCounts {
  const windows = windowsMs.flatMap((windowMs): WindowSum[] => {
    const inside = steps.filter(({ from, to }) => from >= at - windowMs && to <= at);
    if (inside.length === 0) return [];
    const total = inside.reduce((sum, step) => sum + step.total, 0);
    const good = inside.reduce((sum, step) => sum + step.good, 0);
    const coveredMs = inside.reduce((sum, { from, to }) => sum + to - from, 0);
    return [{ windowMs, total, bad: total - good, coveredMs }];
  });
  return { at, windows };
}

function closeTo(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(a), Math.abs(b));
}

function sameBurn(a: BurnReading, b: BurnReading): boolean {
  if (a.kind === 'unknown' || b.kind === 'unknown') return a.kind === b.kind && reasonOf(a) === reasonOf(b);
  return (
    closeTo(a.value, b.value) && closeTo(a.coverage, b.coverage) && closeTo(a.bad, b.bad) && a.sampleAt === b.sampleAt
  );
}

function reasonOf(reading: BurnReading | BudgetReading): string | undefined {
  return reading.kind === 'unknown' ? reading.reason : undefined;
}

type Spell = { readonly hour: number; readonly hours: number; readonly kind: 'failing' | 'down' | 'quiet' | 'gone' };

/** What happened at times in a week, and how many events there are in five minutes. */
const somePast = fc.tuple(
  fc.array(
    fc.record({
      hour: fc.integer({ min: 0, max: 167 }),
      hours: fc.integer({ min: 1, max: 30 }),
      kind: fc.constantFrom<Spell['kind']>('failing', 'down', 'quiet', 'gone'),
    }),
    { maxLength: 12 },
  ),
  fc.integer({ min: 0, max: 5_000 }),
);

/** Five-minute steps of the week. */
function stepsOf([spells, perStep]: readonly [readonly Spell[], number]): readonly Step[] {
  const steps: Step[] = [];
  for (let at = monday; at < now; at += 5 * minute) {
    const hours = (at - monday) / hour;
    const kinds = spells.filter((each) => hours >= each.hour && hours < each.hour + each.hours).map(({ kind }) => kind);
    // A newest count that is older makes the ledger's windows end there.
    if (kinds.includes('gone') && at < now - 5 * minute) continue;
    const total = kinds.includes('quiet') ? 0 : perStep;
    const bad = kinds.includes('down') ? total : kinds.includes('failing') ? Math.round(total / 25) : 0;
    steps.push({ from: at, to: at + 5 * minute, good: total - bad, total });
  }
  return steps;
}

describe('recorded counts and a ledger of the same events', () => {
  test('say the same of every window, tier and period', () => {
    fc.assert(
      fc.property(somePast, (past) => {
        const steps = stepsOf(past);
        const ledger = filled(week, steps);
        const recorded = recordedOf(steps, windowsOf(week));
        expect(newestEnd(ledger)).toBe(recorded.at);
        const burns = new Map(
          windowsOf(week).map((ms) => [
            ms,
            [burnRate(week, ledger, ms, now), burnRate(week, recorded, ms, now)] as const,
          ]),
        );
        for (const [a, b] of burns.values()) if (!sameBurn(a, b)) expect(b).toEqual(a);
        for (const tier of tiers) {
          const verdicts = [0, 1].map((index) => {
            const [long, short] = [tier.longMs, tier.shortMs].map((ms) => burns.get(ms)?.[index]);
            return long && short && judgeTier(tier, long, short, 10);
          });
          expect(verdicts[0]?.kind).toBe(verdicts[1]?.kind);
        }
        const [a, b] = [budgetAt(week, ledger, now), budgetAt(week, recorded, now)];
        expect(reasonOf(a)).toBe(reasonOf(b));
        expect(closeTo(a.bad, b.bad) && closeTo(a.total, b.total)).toBe(true);
        if (a.kind === 'value' && b.kind === 'value') {
          expect(closeTo(a.remaining, b.remaining)).toBe(true);
          expect(b).toMatchObject({ periodFrom: a.periodFrom, periodTo: a.periodTo, excludedMs: 0, impossibleMs: 0 });
        }
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  test('agree on any stretch where every hour is recorded', () => {
    fc.assert(
      fc.property(somePast, fc.integer({ min: 1, max: 168 }), fc.integer({ min: 0, max: 167 }), (past, from, to) => {
        const steps = stepsOf(past);
        const every = Array.from({ length: 168 }, (_, index) => (index + 1) * hour);
        const recorded = recordedOf(steps, every);
        const ledger = filled(week, steps);
        const [start, end] = [now - Math.max(from, to + 1) * hour, now - to * hour];
        const [a, b] = [countWindow(ledger, start, end), countRecorded(recorded, start, end)];
        expect([closeTo(a.bad, b.bad), closeTo(a.total, b.total), closeTo(a.coveredMs, b.coveredMs)]).toEqual([
          true,
          true,
          true,
        ]);
      }),
      { numRuns: 40 },
    );
  }, 30_000);
});

describe('a window', () => {
  const counts = recordedOf(steady(monday, now, 5 * minute, 10, 0.02), windowsOf(week));

  test('that no rule records is unknown, however well its neighbours are known', () => {
    expect(burnRate(week, counts, 45 * minute, now)).toMatchObject({ kind: 'unknown', reason: 'no-data' });
    expect(JSON.stringify(burnRate(week, counts, 45 * minute, now))).toContain('andon generate prometheus-rules');
    expect(burnRate(week, counts, 30 * minute, now)).toMatchObject({ kind: 'value', value: expect.closeTo(2) });
  });

  test('with more good events than events is impossible', () => {
    const odd: RecordedCounts = { at: now, windows: [{ windowMs: hour, total: 90, bad: -10, coveredMs: hour }] };
    expect(burnRate(week, odd, hour, now)).toMatchObject({ kind: 'unknown', reason: 'impossible' });
  });

  test('is not read while the counts as a whole cannot be', () => {
    const stale: RecordedCounts = { ...counts, unreadable: { reason: 'stale', detail: 'the ruler is down' } };
    expect(burnRate(week, stale, hour, now)).toMatchObject({
      kind: 'unknown',
      reason: 'stale',
      detail: 'availability: the ruler is down',
    });
    expect(budgetAt(week, stale, now)).toMatchObject({ kind: 'unknown', reason: 'stale', periodTo: now });
  });

  test('ends when the rules counted, though that is a minute ago', () => {
    expect(burnRate(week, counts, hour, now + minute)).toMatchObject({ kind: 'value', sampleAt: now });
    expect(budgetAt(week, counts, now + minute)).toMatchObject({ kind: 'value', periodTo: now });
  });
});

test('between two recorded windows events count as spread evenly, and nothing is known beyond the longest', () => {
  const counts: RecordedCounts = {
    at: now,
    windows: [
      { windowMs: hour, total: 100, bad: 10, coveredMs: hour },
      { windowMs: 3 * hour, total: 500, bad: 10, coveredMs: 2 * hour },
    ],
  };
  const between = (from: number, to: number) => countRecorded(counts, now - from * hour, now - to * hour);
  expect(between(2, 0)).toMatchObject({ total: 300, bad: 10, coveredMs: 1.5 * hour });
  expect(between(0.5, 0)).toMatchObject({ total: 50, bad: 5 });
  expect(between(3, 1)).toMatchObject({ total: 400, bad: 0, good: 400 });
  expect(between(9, 0)).toMatchObject({ total: 500, coveredMs: 2 * hour });
  expect(between(9, 4)).toMatchObject({ total: 0, bad: 0, coveredMs: 0 });
  expect(countRecorded({ at: -Infinity, windows: [] }, now - hour, now)).toMatchObject({ total: 0, coveredMs: 0 });
});

describe('what an incident spent, and how long the budget lasts', () => {
  const budget = aBudget({ objective: 0.99, tiers: presetTiers('page', 30 * day) });
  const begun = now - 30 * minute;
  const steps = [...steady(now - 30 * day, begun, 5 * minute, 10, 0.001), ...steady(begun, now, 10 * second, 10, 0.4)];
  const ledger: BudgetLedger = filled(budget, steps);
  const recorded = recordedOf(steps, windowsOf(budget));
  const use = (windowMs: number): BudgetUse => ({
    signal: 'requests',
    fold: 'burn-rate',
    windowMs,
    budget: budget.name,
  });
  const uses = [hour, 5 * minute].map(use);

  test('is exact over a recorded window, and about so much over others', () => {
    expect(budgetEvidence(budget, recorded, uses, { since: begun, now })).toBe(
      'Error budget availability: burns at 20.1x over 1h and 40x over 5m (fires above 14.4x); ' +
        'this incident has spent 2.78% of it; 87.2% is left; at this rate it is gone in about 1d7h29m',
    );
    // Of the newest twenty minutes 40 % failed all along: it lies between the 5 and the 30 minutes.
    expect(budgetEvidence(budget, recorded, uses, { since: now - 20 * minute, now })).toContain(
      'this incident has spent about 1.85% of it',
    );
  });

  test('lasts as long as by a ledger where little is won back meanwhile', () => {
    for (const windowMs of [hour, 6 * hour, 5 * minute]) {
      const [a, b] = [ledger, recorded].map((counts) => exhaustedIn(budget, counts, now, windowMs));
      if (a?.kind !== 'in' || b?.kind !== 'in') throw new Error('it is gone at some time');
      expect(Math.abs(a.ms - b.ms)).toBeLessThan(0.02 * a.ms);
    }
  });
});
