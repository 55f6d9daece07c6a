import type { Severity } from '../../domain/service/severity.ts';
import type { InputPart } from './input-part.ts';

/** One objective of another tool, in Andon's terms but with the names it had. */
export interface ImportedSlo {
  /** Name of the service as written. */
  readonly service: string;
  /** Name of the objective as written. */
  readonly name: string;
  /** What it measures, where that has a name of its own. */
  readonly measure?: string;
  /** Where it is declared. */
  readonly part: InputPart;
  readonly description?: string;
  readonly source?: string;
  readonly by: readonly string[];
  readonly signal: ImportedSignal;
  readonly target: ImportedTarget;
  /** Absent where nothing is left of 100 %, or where the signal counts no events. */
  readonly budget?: ImportedBudget;
  /** On everything that it alerts about. */
  readonly labels: Readonly<Record<string, string>>;
  readonly alerts: readonly ImportedAlert[];
  /** Channels its alerts go to. */
  readonly notify: readonly string[];
}

export type ImportedSignal =
  | { readonly kind: 'ratio'; readonly side: 'good' | 'bad'; readonly numerator: string; readonly total: string }
  | { readonly kind: 'latency'; readonly histogram: string; readonly thresholdMs: number; readonly native: boolean }
  | { readonly kind: 'gauge'; readonly query: string };

export interface ImportedTarget {
  readonly bound: 'atLeast' | 'atMost';
  /** `99.9%` of a share, a number of a gauge. */
  readonly value: string | number;
}

export interface ImportedBudget {
  /** Share of good events, between 0 and 1 and neither. */
  readonly objective: number;
  readonly period: ImportedPeriod;
  readonly method?: { readonly timeslices: string; readonly target: string } | { readonly ratioTimeslices: string };
}

export type ImportedPeriod =
  | { readonly kind: 'rolling'; readonly ms: number }
  | { readonly kind: 'calendar'; readonly unit: 'week' | 'month' | 'quarter' | 'year'; readonly timeZone: string };

/** What an alert says beside when it fires. */
export interface AlertWords {
  /** Beside those of the objective. */
  readonly labels: Readonly<Record<string, string>>;
  readonly summary?: string;
  readonly runbook?: string;
}

export interface ImportedAlert extends AlertWords {
  /** As it was called, where it had a name. */
  readonly name?: string;
  readonly severity: Severity;
  readonly fires: ImportedCondition;
  /** Channels it goes to, where it says so itself. */
  readonly notify?: readonly string[];
}

export type ImportedCondition =
  /** A preset of Andon, or pairs of windows. */
  | {
      readonly kind: 'tiers';
      readonly tiers: 'preset' | readonly ImportedTier[];
      /** How long they have to fire, which burn rates of a budget cannot say, ms. */
      readonly forMs?: number;
    }
  /** One burn rate over one window. */
  | {
      readonly kind: 'burn-rate';
      readonly operator: '>' | '>=';
      readonly threshold: number;
      readonly windowMs: number;
      readonly forMs: number;
      readonly onNoData: boolean;
    }
  /** The mean of a gauge is below a bound over both windows of a pair. */
  | { readonly kind: 'mean-below'; readonly pairs: readonly MeanPair[] };

export interface ImportedTier {
  /** Share of the budget that is gone when it fires. */
  readonly share: number;
  readonly longMs: number;
  readonly shortMs: number;
}

export interface MeanPair {
  readonly bound: number;
  readonly longMs: number;
  readonly shortMs: number;
}
