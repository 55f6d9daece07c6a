import type { BudgetUse } from '../condition.ts';
import type { Group } from '../group.ts';
import { unknown, type Reading } from '../reading.ts';
import { burnRate } from './burn-rate.ts';
import { exhaustedIn } from './exhaustion.ts';
import type { BudgetLedger } from './ledger.ts';
import type { ErrorBudget } from './objective.ts';
import { budgetAt } from './read-budget.ts';
import { endOfWindow } from './read-window.ts';

/** What a service's error budgets read like: whoever keeps their ledgers answers. */
export interface BudgetReadings {
  /** What one of the service's budgets reads for a group at `now`, ms on the source's clock. */
  read(use: BudgetUse, group: Group, now: number): Reading;
  /** What a rule on these uses of one budget saw when it stopped the line, for people. `since`: the onset, ms. */
  evidence?(uses: readonly BudgetUse[], group: Group, since: number, now: number): string | undefined;
}

/** For whoever keeps no ledgers: nothing is known of any budget. */
export const noBudgets: BudgetReadings = {
  read: ({ budget }) => unknown('short-history', `the budget ${budget} is not known yet`),
};

/** What `budget-exhausted-in` reads when the budget lasts for ever at this rate: longer than any bound in a condition, seconds. */
export const neverSeconds = 1e12;

/** Reads one budget in one way from its ledger, for conditions. */
export function readBudgetUse(budget: ErrorBudget, ledger: BudgetLedger, use: BudgetUse, now: number): Reading {
  const { fold, windowMs = 0 } = use;
  switch (fold) {
    case 'burn-rate':
      return burnRate(budget, ledger, windowMs, now);
    case 'budget-remaining': {
      const read = budgetAt(budget, ledger, now);
      if (read.kind === 'unknown') return read;
      const { remaining, bad, total } = read;
      return { kind: 'value', value: remaining, sampleAt: endOfWindow(ledger, now), good: total - bad, total };
    }
    case 'budget-exhausted-in': {
      const exhaustion = exhaustedIn(budget, ledger, now, windowMs);
      if (exhaustion.kind === 'unknown') return exhaustion;
      const value = exhaustion.kind === 'never' ? neverSeconds : exhaustion.ms / 1000;
      return { kind: 'value', value, sampleAt: endOfWindow(ledger, now) };
    }
  }
}
