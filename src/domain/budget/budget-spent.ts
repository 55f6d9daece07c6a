import type { Interval } from '../interval.ts';
import { formatRatio } from '../text/ratio.ts';
import { signalWords } from '../reading/verdict-text.ts';
import { allowedShare } from './burn-rate.ts';
import type { WindowCount } from './count-window.ts';
import { isImpossibleWindow, roundingOf } from './impossible.ts';
import type { ErrorBudget } from './objective.ts';
import { budgetAt } from './read-budget.ts';
import { endOfWindow, enoughCoverage } from './read-window.ts';
import { countRecorded, type RecordedCounts } from './recorded-counts.ts';
import { countIn, isExact, isRecorded, type WindowCounts } from './window-counts.ts';

/** What an incident cost an error budget in the end. */
export interface BudgetSpent {
  readonly budget: string;
  /** The share of the budget that was spent between onset and recovery; 1 is all of it. */
  readonly spent: number;
  /** What was left when service was back: 1 is untouched, 0 gone, below 0 overspent. */
  readonly remaining: number;
  /** True where `spent` is put together from recorded windows, or not all of it was counted yet. */
  readonly about?: boolean;
}

/** When an incident's bad events happened, as wide as its ends are uncertain; and when service was back, ms. */
export interface IncidentSpell extends Interval {
  readonly recoveredAt: number;
}

/**
 * What an incident cost a budget, of the period that service came back in. Undefined where that is not known, and where
 * the signal kept to its objective meanwhile: what it spent then is none of the incident's.
 */
export function budgetSpent(
  budget: ErrorBudget,
  counts: WindowCounts,
  spell: IncidentSpell,
  now: number,
): BudgetSpent | undefined {
  // Recorded windows all end at one instant, after the recovery.
  const state = budgetAt(budget, counts, isRecorded(counts) ? now : Math.min(spell.recoveredAt, now));
  if (state.kind === 'unknown') return undefined;
  const countedTo = endOfWindow(counts, now);
  // Nearly all that is bad in a slot that an incident cuts is the incident's; and a slice that it made bad is spent as a whole.
  const [first, last] = [grainAt(counts, spell.from), grainAt(counts, spell.to)];
  const from = Math.max(Math.floor(spell.from / first) * first, state.periodFrom);
  const to = Math.min(Math.ceil(spell.to / last) * last, countedTo);
  const count = countIn(counts, from, to, budget.exclusions);
  const bad = isRecorded(counts) ? badBetween(counts, count, { from, to }, budget) : count.bad;
  const openMs = to - from - count.excludedMs;
  if (!(count.coveredMs >= enoughCoverage * openMs) || isImpossibleWindow(bad, count.total)) return undefined;
  if (!(bad - allowedShare(budget.objective) * count.total > roundingOf(count.total))) return undefined;
  const isAbout = !isExact(counts, from, to) || countedTo < spell.recoveredAt;
  const { remaining, allowedBad } = state;
  return { budget: budget.name, spent: bad / allowedBad, remaining, ...(isAbout ? { about: true } : {}) };
}

/** Length of the pieces that counts of a time are kept in, ms. */
function grainAt(counts: WindowCounts, at: number): number {
  if (isRecorded(counts)) return 1;
  if (counts.method.kind !== 'occurrences') return counts.method.sliceMs;
  return counts.tiers.find(({ floor }) => floor <= at)?.slotMs ?? 1;
}

/**
 * Spread evenly over the recorded windows around it, an incident shorter than those would have lost next to nothing. What
 * lies around it spent at most what is allowed, so that whatever is beyond that is the incident's.
 */
function badBetween(counts: RecordedCounts, inside: WindowCount, { from, to }: Interval, budget: ErrorBudget): number {
  const { at, windows } = counts;
  const start = windows.find(({ windowMs }) => at - windowMs <= from)?.windowMs ?? at - from;
  const end = windows.findLast(({ windowMs }) => at - windowMs >= to)?.windowMs ?? 0;
  const around = countRecorded(counts, at - start, at - end);
  const beyond = around.bad - allowedShare(budget.objective) * (around.total - inside.total);
  return Math.min(inside.total, Math.max(inside.bad, beyond));
}

/** The same for people, as a phrase without a full stop. `about` may be undefined, as formats of others have it. */
export function describeBudgetSpent({
  budget,
  spent,
  remaining,
  about,
}: Omit<BudgetSpent, 'about'> & { readonly about?: boolean | undefined }): string {
  const share = `${about === true ? 'about ' : ''}${percent(spent)}`;
  const left = remaining < 0 ? `it was overspent by ${percent(-remaining)}` : `${percent(remaining)} was left`;
  return `Error budget ${signalWords(budget)}: this incident spent ${share} of it; ${left} when service was back`;
}

function percent(share: number): string {
  return formatRatio(Number(share.toPrecision(3)));
}
