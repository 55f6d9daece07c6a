import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Step } from '../../../src/domain/reading/observation.ts';
import { countWindow } from '../../../src/domain/budget/count-window.ts';
import { addStep, createLedger, fill, missing, type BudgetLedger } from '../../../src/domain/budget/ledger.ts';
import { restoreLedger, takeChanges, type LedgerRow } from '../../../src/domain/budget/ledger-rows.ts';
import { aBudget, day, hour, minute, monday, second } from './budgets.ts';

const budget = aBudget();

/** Traffic a second and its share of errors, at an instant. */
type Load = (at: number) => { readonly perSecond: number; readonly badShare: number };

const loads: Record<string, Load> = {
  'day and night': (at) =>
    (at % day) / hour < 12 ? { perSecond: 1_000, badShare: 0.005 } : { perSecond: 10, badShare: 0 },
  'an hour a day': (at) =>
    Math.floor((at % day) / hour) === 9 ? { perSecond: 1_000, badShare: 0.01 } : { perSecond: 1, badShare: 0 },
  waves: (at) => ({
    perSecond: 500 * (1.01 + Math.sin((2 * Math.PI * at) / day)),
    badShare: 0.002 * (1 + Math.cos((2 * Math.PI * at) / (7 * day))),
  }),
};

function series(load: Load, from: number, to: number, stepMs: number): Step[] {
  const steps: Step[] = [];
  for (let at = from; at < to; at += stepMs) {
    const { perSecond, badShare } = load(at);
    const total = Math.round((perSecond * stepMs) / 1000);
    steps.push({ from: at, to: at + stepMs, good: total - Math.round(total * badShare), total });
  }
  return steps;
}

/** What the ledger should say of steps that follow each other, from the steps themselves. */
function truthOf(steps: readonly Step[]): (from: number, to: number) => { bad: number; total: number } {
  const sums = [{ bad: 0, total: 0 }];
  for (const { good, total } of steps) {
    const before = sums.at(-1) ?? { bad: 0, total: 0 };
    sums.push({ bad: before.bad + total - good, total: before.total + total });
  }
  const until = (at: number): { bad: number; total: number } => {
    let index = 0;
    for (let jump = 2 ** 20; jump >= 1; jump /= 2) if ((steps[index + jump - 1]?.to ?? Infinity) <= at) index += jump;
    const [step, sum] = [steps[index], sums[index] ?? { bad: NaN, total: NaN }];
    const share = step === undefined ? 0 : Math.max(0, at - step.from) / (step.to - step.from);
    const [bad, total] = step === undefined ? [0, 0] : [step.total - step.good, step.total];
    return { bad: sum.bad + bad * share, total: sum.total + total * share };
  };
  return (from, to) => ({ bad: until(to).bad - until(from).bad, total: until(to).total - until(from).total });
}

describe('over 30 days of uneven load', () => {
  for (const [name, load] of Object.entries(loads)) {
    const start = monday + 3 * second;
    const end = start + 30 * day;
    const old = series(load, start, end - 2 * hour, minute);
    const live = series(load, end - 2 * hour, end, 15 * second);
    const truth = truthOf([...old, ...live]);
    const ledger = createLedger(budget);
    fill(ledger, old.toReversed());
    for (const step of live) addStep(ledger, step);

    test(`${name}: every window that ends now is within 0.1 % of the truth`, () => {
      const lengths = [5 * minute, 30 * minute, hour, 2 * hour, 6 * hour, day, 3 * day, 7 * day, 28 * day, 30 * day];
      for (const length of lengths) {
        const counted = countWindow(ledger, end - length, end);
        const expected = truth(end - length, end);
        expect(Math.abs(counted.total - expected.total)).toBeLessThanOrEqual(0.001 * expected.total);
        expect(Math.abs(counted.bad - expected.bad)).toBeLessThanOrEqual(0.001 * expected.bad);
        expect(counted.coveredMs).toBe(length);
      }
    });

    test(`${name}: any window is off by what its cut slots hold at most, and its ratio by next to nothing`, () => {
      fc.assert(
        fc.property(fc.integer({ min: start, max: end }), fc.integer({ min: start, max: end }), (a, b) => {
          const [from, to] = [Math.min(a, b), Math.max(a, b)];
          const counted = countWindow(ledger, from, to);
          const expected = truth(from, to);
          const slotMs = 15 * minute;
          const cut = [from, to].reduce((sum, edge) => {
            const slot = Math.floor(edge / slotMs) * slotMs;
            return sum + truth(slot, slot + slotMs).total;
          }, 0);
          expect(Math.abs(counted.total - expected.total)).toBeLessThanOrEqual(0.25 * cut + 0.001 * expected.total);
          if (to - from > 7 * day)
            expect(Math.abs(counted.bad / counted.total - expected.bad / expected.total)).toBeLessThanOrEqual(
              (0.001 * expected.bad) / expected.total,
            );
        }),
        { numRuns: 100 },
      );
    });
  }
});

/** Steps of any length that follow each other, some left out, over about ten days. */
const someSteps = fc
  .array(
    fc.record({
      ms: fc.oneof(fc.integer({ min: 1, max: 120_000 }), fc.integer({ min: minute, max: 8 * hour })),
      total: fc.integer({ min: 0, max: 100_000 }),
      bad: fc.double({ min: 0, max: 1, noNaN: true }),
      isGap: fc.boolean(),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((rows) => {
    const steps: Step[] = [];
    let at = monday;
    for (const { ms, total, bad, isGap } of rows) {
      if (!isGap) steps.push({ from: at, to: at + ms, good: total - Math.round(total * bad), total });
      at += ms;
    }
    return steps;
  });

function expectAlike(a: BudgetLedger, b: BudgetLedger, windows: readonly number[]): void {
  expect(missing(a, monday - day, monday + 30 * day)).toEqual(missing(b, monday - day, monday + 30 * day));
  for (const share of windows) {
    const [from, to] = [monday + share * 10 * day, monday + 20 * day];
    const [x, y] = [countWindow(a, from, to), countWindow(b, from, to)];
    expect(Math.abs(x.total - y.total)).toBeLessThanOrEqual(1e-5 * (1 + y.total));
    expect(Math.abs(x.bad - y.bad)).toBeLessThanOrEqual(1e-5 * (1 + y.total));
    expect(x.coveredMs).toBeCloseTo(y.coveredMs, 3);
  }
}

const someWindows = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });

test('filling in any order, twice over, is as filling in order', () => {
  fc.assert(
    fc.property(
      someSteps.chain((steps) =>
        fc.tuple(fc.constant(steps), fc.shuffledSubarray([...steps, ...steps], { minLength: 2 * steps.length })),
      ),
      someWindows,
      ([steps, shuffled], windows) => {
        const [inOrder, inAny] = [createLedger(budget), createLedger(budget)];
        fill(inOrder, steps);
        for (const step of shuffled) fill(inAny, [step]);
        // Slots that a gap or another rate cuts lose their shape when they grow coarse; at whole slots nothing differs.
        const whole = windows.map((share) => Math.floor(share * 240) / 240);
        expectAlike(inAny, inOrder, whole);
      },
    ),
    { numRuns: 60 },
  );
});

test('growing coarse loses nothing', () => {
  fc.assert(
    fc.property(someSteps, (steps) => {
      const ledger = createLedger(budget);
      for (const step of steps) addStep(ledger, step);
      // Time passes without data, one and then ten days at a time: everything moves through every tier.
      for (const days of [1, 2, 6, 16])
        fill(ledger, [{ from: monday + days * day, to: monday + days * day + 1, good: 0, total: 0 }]);
      const total = steps.reduce((sum, step) => sum + step.total, 0);
      const bad = steps.reduce((sum, step) => sum + step.total - step.good, 0);
      const counted = countWindow(ledger, monday, monday + 20 * day);
      expect(Math.abs(counted.total - total)).toBeLessThanOrEqual(1e-6 * total);
      expect(Math.abs(counted.bad - bad)).toBeLessThanOrEqual(1e-6 * total);
    }),
    { numRuns: 60 },
  );
});

test('a store that takes the changes now and then holds the ledger', () => {
  fc.assert(
    fc.property(someSteps, fc.integer({ min: 1, max: 20 }), someWindows, (steps, every, windows) => {
      const ledger = createLedger(budget);
      const store = new Map<string, LedgerRow>();
      const write = (): void => {
        const { rows, floors } = takeChanges(ledger);
        for (const row of rows) store.set(`${row.slotMs}/${row.start}`, JSON.parse(JSON.stringify(row)) as LedgerRow);
        for (const { slotMs, from } of floors)
          for (const [key, row] of store) if (row.slotMs === slotMs && row.start < from) store.delete(key);
      };
      for (const [index, step] of steps.entries()) {
        fill(ledger, [step]);
        if (index % every === 0) write();
      }
      write();
      const { ledger: restored, refused } = restoreLedger(budget, [...store.values()], monday + 30 * day);

      expect(refused).toBe(0);
      expect(restored.covered).toEqual(ledger.covered);
      expect(restored.tiers.map((tier) => [...tier.counts])).toEqual(ledger.tiers.map((tier) => [...tier.counts]));
      expect(takeChanges(restored).rows).toEqual([]);
      expectAlike(restored, ledger, windows);
    }),
    { numRuns: 25 },
  );
});
