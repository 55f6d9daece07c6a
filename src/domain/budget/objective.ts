import type { Severity } from '../service/severity.ts';
import type { Exclusion } from './exclusions.ts';
import type { OffsetAt } from './zone.ts';

/** How good a signal has to be over a period, and what pages when its error budget burns too fast. */
export interface ErrorBudget {
  readonly name: string;
  /** The counting signal it is about. */
  readonly signal: string;
  /** The share of good events that is promised, between 0 and 1 and neither of them: 100 % leaves no budget to measure. */
  readonly objective: number;
  readonly period: Period;
  readonly method: BudgetMethod;
  /** A tier fires only when its long window holds so many bad events; 0 or 1 guards against nothing. */
  readonly minimumBad: number;
  readonly tiers: readonly BurnTier[];
  /** What the rules say that the tiers of a severity come to; absent where nobody said anything. */
  readonly ruleWords?: Readonly<Partial<Record<Severity, BurnRuleWords>>>;
  /** The same of the rules that only record. */
  readonly shadowWords?: Readonly<Partial<Record<Severity, BurnRuleWords>>>;
  /** Stretches that count neither as good nor as bad. */
  readonly exclusions: readonly Exclusion[];
}

/** The time that an objective is promised for: the last `ms`, or the calendar unit that now lies in. */
export type Period =
  | { readonly kind: 'rolling'; readonly ms: number }
  | { readonly kind: 'calendar'; readonly unit: CalendarUnit; readonly timeZone: string; readonly offsetAt: OffsetAt };

export type CalendarUnit = 'week' | 'month' | 'quarter' | 'year';

/**
 * What is counted: events; slices of time in which the share of good events reached `target`; or slices, each counting
 * as good by its share of good events. A slice without events counts neither as good nor as bad.
 */
export type BudgetMethod =
  | { readonly kind: 'occurrences' }
  | { readonly kind: 'timeslices'; readonly sliceMs: number; readonly target: number }
  | { readonly kind: 'ratio-timeslices'; readonly sliceMs: number };

/** What a rule that is made of tiers hands on with its pages, as a stop-the-line rule does. */
export interface BurnRuleWords {
  readonly labels: Readonly<Record<string, string>>;
  /** Absent: the rule says by itself how fast which budget burns. */
  readonly summary?: string;
  /** Absent: the runbook of the service. */
  readonly runbook?: string;
}

/** One pair of windows: fires while the burn rate over both is above the factor. */
export interface BurnTier {
  readonly severity: Severity;
  /** The share of the period's budget that is gone when it fires at a steady burn; 0.02 is 2 %. */
  readonly share: number;
  readonly longMs: number;
  readonly shortMs: number;
  /** Burn rate above which it fires: 1 spends the budget in exactly one period. */
  readonly factor: number;
  /** Set where it only records what it would have stopped. */
  readonly shadow?: true;
}
