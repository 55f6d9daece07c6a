import { formatUtc } from '../../domain/text/utc.ts';
import { signalWords } from '../../domain/reading/verdict-text.ts';
import type { ExcludedStretch } from '../../domain/budget/exclusions.ts';
import type { BudgetView } from './budget-view.ts';

/** Stretches to come, and of the past, that are listed at most. */
const mostAhead = 3;
const mostPast = 5;

/** What error budgets leave out, in people's words: what runs now, what is next, and what was, newest first. */
export function exclusionLines(views: readonly BudgetView[]): readonly string[] {
  // Groups share the exclusions of their budget.
  const byBudget = new Map(views.map((view) => [view.budget, view]));
  return [...byBudget.values()].flatMap((view) => linesOf(view).map((line) => `${signalWords(view.budget)}: ${line}`));
}

function linesOf({ excluded, excludedAhead, excludedNow }: BudgetView): readonly string[] {
  const ahead = excludedAhead.filter(({ from }) => excludedNow === undefined || from >= excludedNow.to);
  const past = excluded.filter(({ to }) => excludedNow === undefined || to <= excludedNow.from).toReversed();
  return [
    ...(excludedNow === undefined ? [] : [excludedNowText(excludedNow)]),
    ...listed(ahead, mostAhead, 'will be left out', 'more to come'),
    ...listed(past, mostPast, 'left out', 'more before that'),
  ];
}

/** What is said beside a budget that nothing counts in. */
export function excludedNowText({ to, because }: ExcludedStretch): string {
  return `excluded until ${formatUtc(to)}, because ${because}`;
}

function listed(stretches: readonly ExcludedStretch[], most: number, words: string, rest: string): readonly string[] {
  const lines = stretches
    .slice(0, most)
    .map(({ from, to, because }) => `${words}: ${formatUtc(from)} to ${formatUtc(to)}, because ${because}`);
  const left = stretches.length - lines.length;
  return left > 0 ? [...lines, `${left} ${rest}`] : lines;
}
