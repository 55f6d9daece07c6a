import type { Exclusion } from '../budget/exclusions.ts';
import type { ErrorBudget } from '../budget/objective.ts';
import type { ChangePolicy } from './change-policy.ts';
import type { Condition } from './condition.ts';
import type { GatePolicy } from './gate-policy.ts';
import type { Severity } from './severity.ts';

export type { Severity } from './severity.ts';

/** What is watched: one rule file's worth of signals, an end state and stop-the-line rules. */
export interface Service {
  readonly name: string;
  readonly owner?: string;
  readonly runbook?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Name of the source its readings come from. */
  readonly source: string;
  /** Channels its pages go to; empty means every configured channel. */
  readonly notify: readonly string[];
  readonly signals: readonly Signal[];
  readonly endState: EndState;
  /** Promises over a period. What they page for is among the rules. */
  readonly budgets: readonly ErrorBudget[];
  /** Where the counts of its budgets come from; absent: `counters`. */
  readonly budgetsFrom?: BudgetsFrom;
  readonly rules: readonly StopRule[];
  readonly gate: GatePolicy;
  /** Stretches in which nobody is paged, though all is measured as ever; absent: none. */
  readonly maintenance?: readonly Exclusion[];
  /** Absent: `defaultChangePolicy`. */
  readonly changes?: ChangePolicy;
  /** Identifies what was declared (signals, end state, error budgets and rules), so that a changed goalpost is visible. */
  readonly revision: string;
}

/** `counters`: Andon counts itself and keeps ledgers; `recording-rules`: it reads what rules of the source have counted. */
export type BudgetsFrom = 'counters' | 'recording-rules';

export type Signal = RatioSignal | LatencySignal | GaugeSignal;

interface SignalBase {
  readonly name: string;
  readonly description?: string;
  /** Labels that split the signal; each combination is evaluated and pages on its own. */
  readonly by: readonly string[];
  /** At most this many groups are evaluated; further ones are counted and reported, never evaluated silently. */
  readonly maxGroups: number;
}

/** Good events over total events. Exactly one of `good` and `bad` is declared. */
export interface RatioSignal extends SignalBase {
  readonly kind: 'ratio';
  readonly numerator: 'good' | 'bad';
  readonly numeratorTerms: readonly CounterTerm[];
  readonly totalTerms: readonly CounterTerm[];
}

/** Share of requests at or under a threshold, from a classic or a native histogram. */
export interface LatencySignal extends SignalBase {
  readonly kind: 'latency';
  readonly histogram: string;
  readonly native: boolean;
  readonly thresholdSeconds: number;
  readonly numerator: 'good';
  readonly numeratorTerms: readonly CounterTerm[];
  readonly totalTerms: readonly CounterTerm[];
}

/** One number from PromQL, such as replication lag. */
export interface GaugeSignal extends SignalBase {
  readonly kind: 'gauge';
  readonly query: string;
  /** The vector selectors inside the query, whose sample times tell how old the number is. */
  readonly selectors: readonly string[];
  /** The longest range inside the query, such as 300000 for `rate(x[5m])`: by so much it may lag behind the truth, ms. */
  readonly smearMs?: number;
  readonly unit?: string;
}

/** A signal that counts events (good of total), as against one that reads a number. */
export type CountingSignal = RatioSignal | LatencySignal;

/** One addend of a counter expression. */
export interface CounterTerm {
  readonly sign: 1 | -1;
  /** The plain vector selector, for sample times and live checks. */
  readonly selector: string;
  /**
   * PromQL of the counter's value at an instant, cut where an offset modifier belongs:
   * `at.join(' offset 5s')` is the value five seconds earlier, `at.join('')` the value now.
   */
  readonly at: readonly string[];
}

export interface EndState {
  readonly summary: string;
  /** How long all targets must hold before the service counts as good, ms. */
  readonly holdMs: number;
  /** After resolving, how long a new stop counts as a relapse of the same incident, ms. */
  readonly watchMs: number;
  readonly targets: readonly Target[];
}

/** A signal, a bound and a window. */
export interface Target {
  readonly signal: string;
  readonly bound: 'atLeast' | 'atMost';
  /** Ratio signals: 0 to 1. Gauges: the gauge's own unit. */
  readonly value: number;
  /** Window the signal is read over, ms; absent: the newest value (gauges only). */
  readonly overMs?: number;
  /** What `value` counts in, for people: `ratio` for counting signals, otherwise the gauge's unit if it has one. */
  readonly unit?: string;
}

/** A condition on readings which, true for `forMs`, stops the service's line. */
export interface StopRule {
  readonly name: string;
  /** The name this rule had before, so that a rename while it fires closes nothing. */
  readonly formerly: readonly string[];
  readonly when: Condition;
  readonly forMs: number;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary?: string;
  readonly runbook?: string;
  /** What a condition that cannot be decided does: nothing, or open an incident after a time. */
  readonly onUnknown: { readonly policy: 'ignore' } | { readonly policy: 'open'; readonly afterMs: number };
  /** Set where it only records what it would have stopped: it opens no incident and pages nobody. */
  readonly shadow?: true;
}
