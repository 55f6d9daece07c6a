import type { BudgetUse } from '../service/condition.ts';
import type { Group } from '../service/group.ts';
import { unknown, type Reading } from '../reading/reading.ts';
import type { BudgetSpent, IncidentSpell } from './budget-spent.ts';
import type { BudgetUnknown } from './budget-unknown.ts';
import { burnRate } from './burn-rate.ts';
import { exhaustedIn } from './exhaustion.ts';
import type { ErrorBudget } from './objective.ts';
import { budgetAt } from './read-budget.ts';
import { endOfWindow } from './read-window.ts';
import type { RecordedRows } from './recorded-rows.ts';
import type { WindowCounts } from './window-counts.ts';

/** What a service's error budgets read like: whoever keeps their counts answers. */
export interface BudgetReadings {
  /** What one of the service's budgets reads for a group at `now`, ms on the source's clock. */
  read(use: BudgetUse, group: Group, now: number): Reading;
  /**
   * What a rule on these uses of one budget saw when it stopped the line, for people. `since`: the onset, ms; `bounds`:
   * the numbers in its condition, which nothing is rounded across.
   */
  evidence?(
    uses: readonly BudgetUse[],
    group: Group,
    since: number,
    now: number,
    bounds: readonly number[],
  ): string | undefined;
  /** What an incident cost a budget of a group; undefined where it cost none, or that is not known. `now`: ms on the source's clock. */
  spent?(budget: string, group: Group, spell: IncidentSpell, now: number): BudgetSpent | undefined;
  /** Why it is not known what an incident has cost a budget of a group; undefined where it is, were it nothing. */
  spentUnknown?(budget: string, group: Group, spell: IncidentSpell, now: number): BudgetUnknown | undefined;
  /** What rules recorded of a budget of a group as steps; undefined where Andon counts it itself, or nothing was recorded. */
  recorded?(budget: string, group: Group, now: number): RecordedRows | undefined;
  /** Groups of a signal that budgets know where Andon does not read the signal itself. */
  groups?(signal: string): readonly Group[];
}

/** For whoever keeps no counts: nothing is known of any budget. */
export const noBudgets: BudgetReadings = {
  read: ({ budget }) => unknown('short-history', `the budget ${budget} is not known yet`),
};

/** What `budget-exhausted-in` reads when the budget lasts for ever at this rate: longer than any bound in a condition, seconds. */
export const neverSeconds = 1e12;

/** Reads one budget in one way from its counts, for conditions. */
export function readBudgetUse(budget: ErrorBudget, counts: WindowCounts, use: BudgetUse, now: number): Reading {
  const { fold, windowMs = 0 } = use;
  switch (fold) {
    case 'burn-rate':
      return burnRate(budget, counts, windowMs, now);
    case 'budget-remaining': {
      const read = budgetAt(budget, counts, now);
      if (read.kind === 'unknown') return read;
      const { remaining, bad, total } = read;
      return { kind: 'value', value: remaining, sampleAt: endOfWindow(counts, now), good: total - bad, total };
    }
    case 'budget-exhausted-in': {
      const exhaustion = exhaustedIn(budget, counts, now, windowMs);
      if (exhaustion.kind === 'unknown') return exhaustion;
      const value = exhaustion.kind === 'never' ? neverSeconds : exhaustion.ms / 1000;
      return { kind: 'value', value, sampleAt: endOfWindow(counts, now) };
    }
  }
}
