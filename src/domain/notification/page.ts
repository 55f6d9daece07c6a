import type { BudgetSpent } from '../budget/budget-spent.ts';
import type { Group } from '../service/group.ts';
import type { Impact } from '../incident/impact.ts';
import type { ClosedByHand } from '../incident/incident.ts';
import type { Onset, TimeEstimate } from '../estimate/onset.ts';
import type { Suspect } from '../change/suspect.ts';
import type { Severity } from '../service/service.ts';
import type { Together } from './together.ts';
import type { TargetVerdict } from '../reading/verdict.ts';

/** What on-call must know at 2:07: every channel renders from this one fact sheet. Times are ms since the epoch. */
export interface Page {
  readonly incidentId: string;
  readonly service: string;
  readonly group: Group;
  readonly owner?: string;
  readonly runbook?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly severity: Severity;
  /** One line that says what is off. */
  readonly title: string;
  readonly summary?: string;
  /** Rules that stopped the line in this incident, in order. */
  readonly rules: readonly string[];
  readonly condition: string;
  /** Whether that condition was true, or could not be decided for longer than its rule lets pass. */
  readonly because: 'condition-true' | 'unknown-too-long';
  readonly onset: Onset;
  /** Changes that it may come from, the latest first; absent when none is known. */
  readonly suspects?: readonly Suspect[];
  readonly detectedAt: number;
  readonly recoveredAt?: number;
  /** `recoveredAt` with its early and late bounds. */
  readonly recovery?: TimeEstimate;
  readonly resolvedAt?: number;
  /** Set when a person closed the incident and its recovery was not seen. */
  readonly closedByHand?: ClosedByHand;
  /** Targets that are missed, or cannot be told. */
  readonly off: readonly TargetVerdict[];
  /** Targets that hold. */
  readonly fine: readonly TargetVerdict[];
  /** When they were judged, where how they stand as the page is made is not known. */
  readonly seenAt?: number;
  /** What the incident cost; absent where that is not known, and while service is not back. */
  readonly impact?: Impact;
  /** What the incident cost error budgets; absent where it cost none, and while service is not back. */
  readonly budgetsSpent?: readonly BudgetSpent[];
  readonly endState: string;
  readonly relapses: number;
  /** When a rule last stopped the line anew; absent without a relapse. */
  readonly relapsedAt?: number;
  /** How long it was off in all, less the stretches in which it was back, ms; absent without a relapse, and while it is off. */
  readonly offMs?: number;
  /** Other incidents that this page tells of, such as those of one outage; absent when there are none. */
  readonly together?: readonly Together[];
  /** How many there are beyond those; absent when there are none. */
  readonly furtherCount?: number;
  /** How many of all that the page tells of are off as it is made, its own incident included; absent where it tells of no other. */
  readonly offCount?: { readonly off: number; readonly of: number };
  /** Who acknowledged the incident; absent while nobody has, since it opened, rose or came back. */
  readonly acknowledgedBy?: string;
  /** Where to look; absent when no external URL is configured. */
  readonly link?: string;
}
