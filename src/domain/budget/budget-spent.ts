import type { Interval } from '../interval.ts';
import { formatRatio } from '../text/ratio.ts';
import { formatShare } from '../text/share.ts';
import { signalWords } from '../reading/verdict-text.ts';
import { allowedShare } from './burn-rate.ts';
import type { WindowCount } from './count-window.ts';
import { unknown } from '../reading/reading.ts';
import type { BudgetUnknown, BudgetUnknownReason } from './budget-unknown.ts';
import { isImpossibleWindow, roundingOf } from './impossible.ts';
import type { ErrorBudget } from './objective.ts';
import { periodBounds } from './period.ts';
import { budgetUntil, wholePieces } from './read-budget.ts';
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
  const read = readSpent(budget, counts, spell, now);
  return read === 'nothing' || 'kind' in read ? undefined : read;
}

/** Why it is not known what an incident has cost a budget; undefined where it is known, were it nothing. */
export function spentUnknown(
  budget: ErrorBudget,
  counts: WindowCounts,
  spell: IncidentSpell,
  now: number,
): BudgetUnknown | undefined {
  const read = readSpent(budget, counts, spell, now);
  return read !== 'nothing' && 'kind' in read ? read : undefined;
}

function readSpent(
  budget: ErrorBudget,
  counts: WindowCounts,
  spell: IncidentSpell,
  now: number,
): BudgetSpent | BudgetUnknown | 'nothing' {
  const countedTo = endOfWindow(counts, now);
  const pieces = wholePieces(counts, spell);
  const state = budgetUntil(budget, counts, ...whenBack(budget, counts, spell, pieces.to, now));
  if (state.kind === 'unknown') return state;
  const from = Math.max(pieces.from, state.periodFrom);
  const to = Math.min(pieces.to, countedTo);
  const count = countIn(counts, from, to, budget.exclusions);
  const bad = isRecorded(counts) ? badBetween(counts, count, { from, to }, budget) : count.bad;
  const openMs = to - from - count.excludedMs;
  const fail = (reason: BudgetUnknownReason, detail: string): BudgetUnknown => ({
    ...unknown(reason, `${budget.name}: ${detail}`),
    reason,
    coverage: openMs > 0 ? Math.min(1, count.coveredMs / openMs) : 0,
  });
  if (!(to > from)) return fail('no-data', 'nothing is counted yet since the incident began');
  if (!(count.coveredMs >= enoughCoverage * openMs))
    return fail('short-history', `counts cover ${formatShare(count.coveredMs / openMs)} of the incident`);
  if (isImpossibleWindow(bad, count.total))
    return fail('impossible', 'there are more good events than events during the incident');
  if (!(bad - allowedShare(budget.objective) * count.total > roundingOf(count.total))) return 'nothing';
  const isAbout = !isExact(counts, from, to) || countedTo < spell.recoveredAt;
  const { remaining, allowedBad } = state;
  const spent = Math.min(bad, state.bad) / allowedBad;
  return { budget: budget.name, spent, remaining, ...(isAbout ? { about: true } : {}) };
}

/**
 * An instant of the period that service came back in, and up to where what was left then is counted. A piece that the
 * recovery cuts is spent as a whole, so what is left is without it as a whole too.
 */
function whenBack(
  { period }: ErrorBudget,
  counts: WindowCounts,
  { recoveredAt }: IncidentSpell,
  spentTo: number,
  now: number,
): readonly [at: number, end: number] {
  const countedTo = endOfWindow(counts, now);
  // Recorded windows all end at one instant, after the recovery.
  if (isRecorded(counts)) return [now, countedTo];
  const at = Math.min(recoveredAt, now);
  const whole = wholePieces(counts, { from: at, to: at });
  const end = Math.min(Math.max(whole.to, spentTo), countedTo);
  return [at, period.kind === 'rolling' ? end : Math.min(end, periodBounds(period, at).to)];
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
  const left = shownLeft(spent, remaining);
  const rest = left < 0 ? `it was overspent by ${formatRatio(-left)}` : `${formatRatio(left)} was left`;
  return `Error budget ${signalWords(budget)}: this incident spent ${share} of it; ${rest} when service was back`;
}

/** Spent and left that are all of a budget this nearly are rounded so that they add up to it. */
const allButRounding = 0.0005;

/** What was left of a budget, rounded for people who see the rounded share that was spent beside it. */
export function shownLeft(spent: number, remaining: number): number {
  if (Math.abs(spent + remaining - 1) >= allButRounding) return rounded(remaining);
  return Number((1 - rounded(spent)).toPrecision(12));
}

function percent(share: number): string {
  return formatRatio(rounded(share));
}

function rounded(share: number): number {
  return Number(share.toPrecision(3));
}
