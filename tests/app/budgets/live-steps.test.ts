import { describe, expect, test } from '@jest/globals';
import { addSteps, dropUnread } from '../../../src/app/budgets/live-steps.ts';
import { countWindow } from '../../../src/domain/budget/count-window.ts';
import { createLedger, fill, missing, type BudgetLedger } from '../../../src/domain/budget/ledger.ts';
import type { Step } from '../../../src/domain/reading/observation.ts';
import { aBudget, hour, monday, second } from '../../domain/budget/budgets.ts';

/** A step of so many events, none of them bad, by seconds after Monday began. */
function step(from: number, to: number, total: number): Step {
  return { from: monday + from * second, to: monday + to * second, good: total, total };
}

const totalOf = (ledger: BudgetLedger): number => countWindow(ledger, monday, monday + hour).total;
const missingOf = (ledger: BudgetLedger, from: number, to: number) =>
  missing(ledger, monday + from * second, monday + to * second).map((gap) => [
    (gap.from - monday) / second,
    (gap.to - monday) / second,
  ]);

describe('the steps of a read', () => {
  test('take the place of what they counted when they were read before', () => {
    const ledger = createLedger(aBudget());
    addSteps(ledger, [step(0, 15, 10), step(15, 30, 20)]);
    addSteps(ledger, [step(15, 30, 25), step(30, 45, 30)]);
    expect(totalOf(ledger)).toBe(65);
  });

  test('hold all events of a longer step that they were the end of', () => {
    const ledger = createLedger(aBudget());
    addSteps(ledger, [step(0, 90, 120)]);
    addSteps(ledger, [step(60, 75, 20), step(75, 90, 110), step(90, 105, 5)]);
    expect(totalOf(ledger)).toBeCloseTo(135, 6);
    expect(missingOf(ledger, 0, 105)).toEqual([]);
  });

  test('leave the rest of what is settled in part to be filled, rather than guess its share', () => {
    const ledger = createLedger(aBudget());
    fill(ledger, [step(0, 37, 37)]);
    addSteps(ledger, [step(15, 30, 99), step(30, 45, 99), step(45, 60, 20)]);
    expect(totalOf(ledger)).toBeCloseTo(57, 6);
    expect(missingOf(ledger, 0, 60)).toEqual([[37, 45]]);
  });

  test('are missing again when they reach into what is not read any more', () => {
    const ledger = createLedger(aBudget());
    addSteps(ledger, [step(0, 15, 10), step(15, 30, 20), step(30, 45, 30)]);
    dropUnread(ledger, monday + 15 * second, monday + 30 * second);
    expect(totalOf(ledger)).toBe(40);
    expect(missingOf(ledger, 0, 45)).toEqual([[15, 30]]);
  });
});
