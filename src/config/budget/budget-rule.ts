import type { BudgetUse, Condition, ReadingLookup, Truth } from '../../domain/service/condition.ts';
import { judgeTier } from '../../domain/budget/judge-tier.ts';
import type { BurnTier, ErrorBudget } from '../../domain/budget/objective.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import { formatRatio } from '../../domain/text/ratio.ts';
import type { StopRule } from '../../domain/service/service.ts';
import type { Severity } from '../../domain/service/severity.ts';
import { signalWords } from '../../domain/reading/verdict-text.ts';

/**
 * The stop-the-line rules that the tiers of a service's budgets come to: one for each budget and severity, true while any
 * tier of it fires, and one beside it of the tiers that only record. In one order, whatever that of the budgets is.
 */
export function budgetRules(budgets: readonly ErrorBudget[]): readonly StopRule[] {
  const inOrder = [...budgets].sort((a, b) => (a.name < b.name ? -1 : 1));
  return inOrder.flatMap((budget) => {
    const isOnlyOne = budgets.every((each) => each === budget || each.signal !== budget.signal);
    return (['page', 'ticket'] as const).flatMap((severity) => {
      const tiers = budget.tiers.filter((tier) => tier.severity === severity);
      return [tiers.filter(({ shadow }) => shadow !== true), tiers.filter(({ shadow }) => shadow === true)].flatMap(
        (some) => (some.length === 0 ? [] : [budgetRule(budget, severity, some, isOnlyOne)]),
      );
    });
  });
}

/** `success_rate` → `success-rate-budget-page`, or `success-rate-budget-page-shadow` of tiers that only record. */
export function budgetRuleName(budget: string, severity: Severity, shadow?: boolean): string {
  return `${budget.toLowerCase().replaceAll('_', '-')}-budget-${severity}${shadow === true ? '-shadow' : ''}`;
}

function budgetRule(budget: ErrorBudget, severity: Severity, tiers: readonly BurnTier[], isOnlyOne: boolean): StopRule {
  const isShadow = tiers.some(({ shadow }) => shadow === true);
  const words = (isShadow ? budget.shadowWords : budget.ruleWords)?.[severity];
  return {
    name: budgetRuleName(budget.name, severity, isShadow),
    formerly: [],
    when: budgetCondition(budget, tiers, isOnlyOne),
    forMs: 0,
    severity,
    labels: words?.labels ?? {},
    summary: words?.summary ?? summaryOf(budget, tiers),
    ...(words?.runbook === undefined ? {} : { runbook: words.runbook }),
    onUnknown: { policy: 'ignore' },
    ...(isShadow ? { shadow: true } : {}),
  };
}

/** True while any of the tiers fires. Its text says the same in CEL, for people. */
function budgetCondition(budget: ErrorBudget, tiers: readonly BurnTier[], isOnlyOne: boolean): Condition {
  const use = (windowMs: number): BudgetUse => ({
    signal: budget.signal,
    fold: 'burn-rate',
    windowMs,
    budget: budget.name,
  });
  const windows = new Set(tiers.flatMap(({ longMs, shortMs }) => [longMs, shortMs]));
  return {
    text: conditionText(budget, tiers, isOnlyOne),
    uses: [...windows].map(use),
    tiers,
    evaluate(lookup): Truth {
      let undecided: Truth | undefined;
      for (const tier of tiers) {
        const long = burnIn(lookup, use(tier.longMs));
        const verdict = judgeTier(tier, long, burnIn(lookup, use(tier.shortMs)), budget.minimumBad);
        if (verdict.kind === 'fires') return { kind: 'true' };
        if (verdict.kind === 'unknown')
          undecided ??= { kind: 'unknown', reason: verdict.why.reason, detail: verdict.why.detail };
      }
      return undecided ?? { kind: 'false' };
    },
  };
}

function burnIn(lookup: ReadingLookup, use: BudgetUse) {
  const reading = lookup(use);
  if (reading.kind === 'unknown') return reading;
  const { value, good, total } = reading;
  // A reading that does not count events has none to spare for `minimumBad`.
  return { kind: 'value' as const, value, bad: good === undefined || total === undefined ? 0 : total - good };
}

function conditionText(budget: ErrorBudget, tiers: readonly BurnTier[], isOnlyOne: boolean): string {
  const name = isOnlyOne ? '' : `, "${budget.name}"`;
  const burns = (ms: number, factor: number): string =>
    `${budget.signal}.burnRate("${formatDuration(ms)}"${name}) > ${celDouble(factor)}`;
  const pairs = tiers.map(({ longMs, shortMs, factor }) => `${burns(longMs, factor)} && ${burns(shortMs, factor)}`);
  const text = pairs.length === 1 ? pairs.join('') : pairs.map((pair) => `(${pair})`).join(' || ');
  // CEL has no word for it, but comments.
  return budget.minimumBad > 1 ? `${text} // and at least ${budget.minimumBad} bad events in the long window` : text;
}

/** CEL keeps whole numbers apart from others. */
function celDouble(number: number): string {
  return Number.isInteger(number) ? `${number}.0` : String(number);
}

/** `The error budget of success rate (99.9% over 30d) burns too fast: more than 2% of it in 1h, or 5% in 6h`. */
function summaryOf(budget: ErrorBudget, tiers: readonly BurnTier[]): string {
  const { period, signal, name, objective } = budget;
  const promise = `${formatRatio(objective)} over ${period.kind === 'rolling' ? formatDuration(period.ms) : `a calendar ${period.unit}`}`;
  const called = name === signal ? '' : `, ${name}`;
  const speeds = tiers.map(({ share, longMs }, index) => {
    const spent = formatRatio(Number(share.toPrecision(3)));
    return `${spent}${index === 0 ? ' of it' : ''} in ${formatDuration(longMs)}`;
  });
  return `The error budget of ${signalWords(signal)} (${promise}${called}) burns too fast: more than ${speeds.join(', or ')}`;
}
