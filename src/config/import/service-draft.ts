import type { Severity } from '../../domain/service/severity.ts';
import type { AlertWords, ImportedBudget, ImportedSignal, ImportedTarget, ImportedTier } from './imported-slo.ts';

/** A rule file before it is written: names fixed, everything in its place. Comments say where a part is from. */
export interface ServiceDraft {
  readonly name: string;
  readonly comments: readonly string[];
  readonly description?: string;
  readonly owner?: string;
  readonly runbook?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly source?: string;
  readonly notify: readonly string[];
  readonly signals: readonly SignalDraft[];
  readonly summary: string;
  readonly targets: readonly TargetDraft[];
  readonly budgets: readonly BudgetDraft[];
  readonly rules: readonly RuleDraft[];
}

export interface SignalDraft {
  readonly name: string;
  readonly comment: string;
  readonly description?: string;
  readonly signal: ImportedSignal;
  readonly by: readonly string[];
}

export interface TargetDraft extends ImportedTarget {
  readonly signal: string;
  /** Window; absent for a gauge that is read at its newest value. */
  readonly over?: string;
}

export interface BudgetDraft extends ImportedBudget {
  readonly signal: string;
  /** Absent where it is the one budget of its signal, and called by it. */
  readonly name?: string;
  readonly comment: string;
  readonly burnRates: readonly (Severity | BurnRateDraft)[];
}

/** A preset that says something, or one pair of windows. */
export interface BurnRateDraft extends Partial<ImportedTier>, Partial<AlertWords> {
  readonly severity: Severity;
}

export interface RuleDraft {
  readonly name: string;
  readonly comment: string;
  readonly when: string;
  readonly forMs: number;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary?: string;
  readonly runbook?: string;
  /** How long data may stay away before the line stops, ms. */
  readonly openAfterMs?: number;
}
