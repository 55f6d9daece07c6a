import type { BudgetUnknown } from './budget-unknown.ts';
import { burnRate } from './burn-rate.ts';
import type { ErrorBudget } from './objective.ts';
import { budgetAt } from './read-budget.ts';
import { countIn, type WindowCounts } from './window-counts.ts';

/** When a budget is gone: in so many ms (0 when it is), or never at this rate. */
export type Exhaustion = { readonly kind: 'in'; readonly ms: number } | { readonly kind: 'never' } | BudgetUnknown;

/** Enough to come within a second of the instant; each round takes in what has left the period meanwhile. */
const mostRounds = 100;
const closeEnoughMs = 1_000;

/**
 * How long the budget lasts if it goes on burning as it did over the window, with traffic as it is: the least t with
 * t = (remaining + recovered(t)) × period ÷ burn. In a rolling period, what was spent at its far end is recovered as the
 * period moves on: recovered(t) is the share spent in the first t of it, known to the ledger (recorded counts
 * know it by their windows, and in between as if it was spread evenly). That is never when no t
 * within the period solves it: at a burn below 1 unless a recent incident left too little. In a calendar period nothing
 * is recovered, and it is never when the period ends first.
 */
export function exhaustedIn(budget: ErrorBudget, counts: WindowCounts, now: number, windowMs: number): Exhaustion {
  const state = budgetAt(budget, counts, now);
  if (state.kind === 'unknown') return state;
  if (state.remaining <= 0) return { kind: 'in', ms: 0 };
  const burn = burnRate(budget, counts, windowMs, now);
  if (burn.kind === 'unknown') return burn;
  const { periodFrom, periodTo, remaining } = state;
  const periodMs = periodTo - periodFrom;
  const msFor = (share: number): number => (share * periodMs) / burn.value;
  let ms = msFor(remaining);
  if (budget.period.kind === 'calendar') return ms < periodTo - now ? { kind: 'in', ms } : { kind: 'never' };
  for (let round = 0; round < mostRounds && ms <= periodMs; round += 1) {
    const left = countIn(counts, periodFrom, periodFrom + ms, budget.exclusions);
    const next = msFor(remaining + Math.max(0, left.bad) / state.allowedBad);
    if (!(next - ms > closeEnoughMs)) break;
    ms = next;
  }
  // At a burn of exactly 1 all is gone after exactly one period.
  return ms <= periodMs * (1 + 1e-6) ? { kind: 'in', ms } : { kind: 'never' };
}
