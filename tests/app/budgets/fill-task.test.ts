import { expect, test } from '@jest/globals';
import { BudgetBook } from '../../../src/app/budgets/budget-book.ts';
import { openGaps } from '../../../src/app/budgets/budget-entry.ts';
import { takeFill } from '../../../src/app/budgets/fill-task.ts';
import { addSteps } from '../../../src/app/budgets/live-steps.ts';
import { countWindow } from '../../../src/domain/budget/count-window.ts';
import { fill } from '../../../src/domain/budget/ledger.ts';
import { newServiceState } from '../../../src/domain/incident/evaluate.ts';
import { timingFor } from '../../../src/domain/reading/timing.ts';
import { aBudget, hour, minute, monday } from '../../domain/budget/budgets.ts';
import { aRatio, aService } from '../../support/simulation.ts';

const timing = timingFor(15_000);
const budget = aBudget({ signal: aRatio.name, period: { kind: 'rolling', ms: hour } });
const now = monday + 10 * minute;

test('what one group lacks in part is not guessed from a step that another lacks whole, and is asked for after that', () => {
  const book = new BudgetBook(aService({ budgets: [budget] }));
  const groups = ['a', 'b'].map((shard) => ({
    group: { shard },
    newestSampleAt: now,
    steps: [{ from: now - 15_000, to: now, good: 0, total: 0 }],
    numeratorSeen: true,
  }));
  book.feed([{ kind: 'counted', signal: aRatio.name, groups }], newServiceState, now);
  const [whole, cut] = book.entries();
  if (whole === undefined || cut === undefined) throw new Error('a group has no ledger');
  for (const { ledger } of [whole, cut]) {
    fill(ledger, [{ from: monday - 2 * hour, to: monday, good: 0, total: 0 }]);
    addSteps(ledger, [{ from: monday + 2 * minute, to: now, good: 0, total: 0 }]);
  }
  // All 20 events of the second minute happened before the gap of this group begins.
  fill(cut.ledger, [{ from: monday, to: monday + 80_000, good: 20, total: 20 }]);

  const part = { from: monday, to: monday + 2 * minute, stepMs: minute };
  const points = [1, 2].map((count) => {
    const at = monday + count * minute;
    return { at, newestSampleAt: at - 40_000, good: 20, total: 20, numeratorSeen: true };
  });
  const read = groups.map(({ group }) => ({ group, points }));
  takeFill({ book, signal: aRatio, part, entries: [whole, cut] }, read, now, timing);

  expect(countWindow(whole.ledger, monday, now).total).toBeCloseTo(40, 4);
  expect(countWindow(cut.ledger, monday, now).total).toBeCloseTo(20, 4);
  expect(openGaps(whole, budget, now, timing.settleMs)).toEqual([]);
  expect(openGaps(cut, budget, now, timing.settleMs)).toEqual([{ from: monday + 80_000, to: monday + 2 * minute }]);
});
