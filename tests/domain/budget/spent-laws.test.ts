import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { budgetSpent, describeBudgetSpent } from '../../../src/domain/budget/budget-spent.ts';
import { countWindow } from '../../../src/domain/budget/count-window.ts';
import { addStep, createLedger, fill, type BudgetLedger } from '../../../src/domain/budget/ledger.ts';
import type { BudgetMethod, ErrorBudget, Period } from '../../../src/domain/budget/objective.ts';
import { budgetAt, spentBetween } from '../../../src/domain/budget/read-budget.ts';
import type { WindowCounts } from '../../../src/domain/budget/window-counts.ts';
import type { Step } from '../../../src/domain/reading/observation.ts';
import { aBudget, calendar, hour, minute, monday, second } from './budgets.ts';

const methods: readonly BudgetMethod[] = [
  { kind: 'occurrences' },
  { kind: 'timeslices', sliceMs: minute, target: 0.9 },
  { kind: 'timeslices', sliceMs: 5 * minute, target: 0.5 },
  { kind: 'ratio-timeslices', sliceMs: 2 * minute },
];
const periods: readonly Period[] = [
  { kind: 'rolling', ms: hour },
  { kind: 'rolling', ms: hour + 7 * second },
  calendar('week'),
];

interface SomeStep {
  readonly seconds: number;
  readonly total: number;
  readonly bad: number;
  readonly isMissing: boolean;
}

/** Steps of some seconds with any errors; a few are missing. */
const someSteps: fc.Arbitrary<readonly SomeStep[]> = fc.array(
  fc.record({
    seconds: fc.constantFrom(5, 10, 15, 15, 15, 47),
    total: fc.integer({ min: 0, max: 100 }),
    bad: fc.constantFrom(0, 0, 0, 0.02, 0.4, 1),
    isMissing: fc.constantFrom(...Array.from({ length: 79 }, () => false), true),
  }),
  { minLength: 380, maxLength: 420 },
);

const someCase = fc.record({
  steps: someSteps,
  method: fc.constantFrom(...methods),
  period: fc.constantFrom(...periods),
  begins: fc.constantFrom(monday - hour, monday - hour + 3_217, monday + 5 * minute),
  /** How many of the newest steps are read live, and not settled. */
  live: fc.integer({ min: 0, max: 30 }),
  backAgoMs: fc.integer({ min: 0, max: 20 * minute }),
  lastedMs: fc.integer({ min: 0, max: 40 * minute }),
  blurMs: fc.integer({ min: 0, max: minute }),
  nowLateMs: fc.integer({ min: 0, max: 20 * second }),
});

function stepsFrom(begins: number, some: readonly SomeStep[]): readonly Step[] {
  let at = begins;
  return some.flatMap(({ seconds, total, bad, isMissing }) => {
    const from = at;
    at += seconds * second;
    return isMissing ? [] : [{ from, to: at, total, good: total * (1 - bad) }];
  });
}

function ledgerOf(budget: ErrorBudget, steps: readonly Step[], live: number): BudgetLedger {
  const ledger = createLedger(budget);
  fill(ledger, steps.slice(0, steps.length - live));
  for (const step of steps.slice(steps.length - live)) addStep(ledger, step);
  return ledger;
}

function recordedOf(ledger: BudgetLedger, at: number): WindowCounts {
  const windows = [5 * minute, 30 * minute, hour].map((windowMs) => ({
    windowMs,
    ...countWindow(ledger, at - windowMs, at),
  }));
  return { at, windows };
}

describe('whatever was counted, at any instant', () => {
  test('what was spent since the period began and what is left are all of the budget', () => {
    fc.assert(
      fc.property(someCase, ({ steps: some, method, period, begins, live, nowLateMs }) => {
        const budget = aBudget({ method, period, objective: 0.9 });
        const steps = stepsFrom(begins, some);
        const ledger = ledgerOf(budget, steps, live);
        const now = (steps.at(-1)?.to ?? begins) + nowLateMs;
        const state = budgetAt(budget, ledger, now);
        if (state.kind === 'unknown') return;
        const spent = spentBetween(budget, ledger, state.periodFrom, now, now);
        expect(Number(spent) + state.remaining).toBeCloseTo(1, 9);
      }),
      { numRuns: 100 },
    );
  });

  test('what an incident spent and what was left are never more than all of it, and all where nothing went before', () => {
    let told = 0;
    fc.assert(
      fc.property(someCase, ({ steps: some, method, period, begins, live, backAgoMs, lastedMs, blurMs, nowLateMs }) => {
        const budget = aBudget({ method, period, objective: 0.9 });
        const steps = stepsFrom(begins, some);
        const now = (steps.at(-1)?.to ?? begins) + nowLateMs;
        const recoveredAt = now - backAgoMs;
        const onset = recoveredAt - lastedMs;
        // Nothing is bad before it.
        const quiet = steps.map((step) => (step.from >= onset ? step : { ...step, good: step.total }));
        const spell = { from: onset - blurMs, to: recoveredAt + blurMs, recoveredAt };
        for (const all of [steps, quiet]) {
          const ledger = ledgerOf(budget, all, live);
          const spent = budgetSpent(budget, ledger, spell, now);
          if (spent === undefined) continue;
          told += 1;
          expect(spent.spent + spent.remaining).toBeLessThan(1 + 1e-9);
          if (all === steps) continue;
          expect(spent.spent + spent.remaining).toBeCloseTo(1, 5);
          const [share, left] = [...describeBudgetSpent(spent).matchAll(/(overspent by )?([\d.]+)%/g)];
          const leftPercent = Number(left?.[2]) * (left?.[1] === undefined ? 1 : -1);
          expect(Number(share?.[2]) + leftPercent).toBeCloseTo(100, 6);
        }
      }),
      { numRuns: 100 },
    );
    expect(told).toBeGreaterThan(50);
  });

  test('of recorded windows too', () => {
    fc.assert(
      fc.property(someCase, ({ steps: some, begins, live, backAgoMs, lastedMs, nowLateMs }) => {
        const budget = aBudget({ period: { kind: 'rolling', ms: hour }, objective: 0.9 });
        const steps = stepsFrom(begins, some);
        const at = steps.at(-1)?.to ?? begins;
        const counts = recordedOf(ledgerOf(budget, steps, live), at);
        const recoveredAt = at - backAgoMs;
        const spell = { from: recoveredAt - lastedMs, to: recoveredAt, recoveredAt };
        const spent = budgetSpent(budget, counts, spell, at + nowLateMs);
        if (spent !== undefined) expect(spent.spent + spent.remaining).toBeLessThan(1 + 1e-9);
      }),
      { numRuns: 100 },
    );
  });
});
