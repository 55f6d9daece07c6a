import type { Group } from '../../domain/service/group.ts';
import type { Reading } from '../../domain/reading/reading.ts';
import type { KeptOpen } from '../../domain/incident/kept-open.ts';
import type { RuleState } from '../../domain/incident/service-state.ts';
import type { BudgetsFrom, Severity, StopRule } from '../../domain/service/service.ts';
import type { TargetVerdict } from '../../domain/reading/verdict.ts';
import type { BudgetView } from '../budgets/budget-view.ts';

/** Whether a scope's line moves; a stop-the-line rule stops it, the end state held moves it again. */
export const lineStates = ['moving', 'stopped'] as const;
export type LineState = (typeof lineStates)[number];

/** How far a stop-the-line rule has come. `unknown`: its condition cannot be decided. */
export const ruleConditions = ['inactive', 'pending', 'firing', 'unknown'] as const;
export type RuleCondition = (typeof ruleConditions)[number];

export interface RuleView {
  readonly rule: string;
  readonly severity: Severity;
  readonly condition: string;
  readonly state: RuleCondition;
  /** Since when it has been so, ms on the source's clock; absent while inactive. */
  readonly since?: number;
  /** Set for a rule that only records what it would have stopped. */
  readonly shadow?: true;
}

/** One signal read one way, as of the last poll. */
export interface ReadingRow {
  readonly signal: string;
  readonly group: Group;
  readonly fold: 'latest' | 'over' | 'max' | 'min';
  /** Window, ms; absent for `latest`. */
  readonly windowMs?: number;
  readonly reading: Reading;
}

/** One service, or one group of it, as of the last poll. */
export interface ScopeView {
  readonly group: Group;
  readonly line: LineState;
  readonly targets: readonly TargetVerdict[];
  readonly rules: readonly RuleView[];
  /** The incident the scope is in, open or watched for a relapse. */
  readonly incidentId?: string;
  /** What keeps that incident open; absent when it is resolved, and until the service has been evaluated. */
  readonly keptOpen?: KeptOpen;
}

/** Something that keeps a service from being watched as declared; the reason is a kebab-case word. */
export interface ServiceProblem {
  readonly reason: string;
  /** For people; never holds a secret. */
  readonly detail: string;
}

/** A snapshot of a watched service, for the API, the status page and `andon evaluate`. */
export interface ServiceView {
  readonly service: string;
  readonly owner?: string;
  readonly runbook?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly source: string;
  readonly revision: string;
  readonly endState: string;
  /** The instant last evaluated, ms on the source's clock; absent before the first poll has finished. */
  readonly lastPollAt?: number;
  readonly scopes: readonly ScopeView[];
  readonly readings: readonly ReadingRow[];
  readonly budgets: readonly BudgetView[];
  /** Where the counts of its budgets come from; absent for a service without any. */
  readonly errorBudgetsFrom?: BudgetsFrom;
  readonly problems: readonly ServiceProblem[];
  /** Groups beyond a signal's limit, which are not evaluated. */
  readonly droppedGroups: number;
}

/** A rule with its state in one scope, in people's words. */
export function viewRule(rule: StopRule, state: RuleState | undefined): RuleView {
  const shown = {
    rule: rule.name,
    severity: rule.severity,
    condition: rule.when.text,
    ...(rule.shadow === true ? { shadow: rule.shadow } : {}),
  };
  if (state?.unknownSince !== undefined) return { ...shown, state: 'unknown', since: state.unknownSince };
  if (state?.firing === true) return { ...shown, state: 'firing', ...since(state) };
  if (state?.trueSince !== undefined) return { ...shown, state: 'pending', ...since(state) };
  return { ...shown, state: 'inactive' };
}

function since(state: RuleState): { since?: number } {
  return state.trueSince === undefined ? {} : { since: state.trueSince };
}
