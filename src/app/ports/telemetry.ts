import type { ChangeOrigin } from '../../domain/change/change-event.ts';
import type { Change } from '../../domain/change/change.ts';
import type { SettledDeployment } from '../../domain/change/delivery-metrics.ts';
import type { GateAnswer } from '../../domain/gate/gate-answer.ts';
import type { ProtectionResult } from '../../domain/gate/protection-event.ts';
import type { ShadowStop } from '../../domain/shadow/shadow-stop.ts';
import type { Group } from '../../domain/service/group.ts';
import type { Service, StopRule } from '../../domain/service/service.ts';
import type { SourceFailureReason } from '../../domain/reading/observation.ts';
import type { TargetVerdict } from '../../domain/reading/verdict.ts';
import type { HeldChange } from '../gate/gate-book.ts';
import type { AppliedEvent } from '../recording/incident-book.ts';
import type { BudgetView } from '../budgets/budget-view.ts';
import type { LineState, ReadingRow, RuleView } from '../views/service-view.ts';

/** How a poll ended: every signal answered, some failed, or none could be read. */
export const pollOutcomes = ['complete', 'partial', 'failed'] as const;
export type PollOutcome = (typeof pollOutcomes)[number];

/** How an attempt to deliver a notification ended; `collapsed`: a newer one of the incident went out instead. */
export const deliveryOutcomes = ['delivered', 'retry', 'refused', 'gone', 'collapsed'] as const;
export type DeliveryOutcome = (typeof deliveryOutcomes)[number];

/** What became of a report of a change; `ignored`: the message tells of none. */
export const changeReported = [
  'recorded',
  'unchanged',
  'ignored',
  'unknown-service',
  'unknown-incident',
  'unseen-incident',
  'not-a-remedy',
  'invalid',
  'not-stored',
] as const;
export type ChangeReported = (typeof changeReported)[number];

/**
 * What became of an alert that was posted: new on a timeline, kept for incidents to come, known before, about nothing that
 * is watched, Andon's own coming back, or left out of the message by its sender.
 */
export const alertOutcomes = [
  'evidence',
  'kept',
  'repeated',
  'unknown-service',
  'own',
  'impossible',
  'left-out',
] as const;
export type AlertOutcome = (typeof alertOutcomes)[number];

/** An HTTP request that Andon answered; `route` is the pattern, never the path asked for. */
export interface AnsweredRequest {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
}

/**
 * What Andon tells about itself. Methods never throw and never wait.
 * State (readings, targets, line, rules) stands until it is told anew or forgotten.
 */
export interface Telemetry {
  /** Lateness: how long after its due time the poll began. */
  pollFinished(service: string, poll: PolledFacts): void;
  /** Polls that were due and never ran, because one before them took too long or the process was away. */
  pollsMissed(service: string, count: number): void;
  /** A stretch that Andon was away for has been evaluated from the source's history. */
  caughtUp(service: string, stretchMs: number): void;
  sourceAnswered(source: string, operation: SourceOperation, durationMs: number): void;
  /** `detail` is for people and never becomes a label. */
  sourceFailed(source: string, reason: SourceFailureReason, detail?: string): void;
  /** A source has just given an answer that can be used, whatever it was asked. */
  sourceHeard(source: string): void;
  /** The source's clock less Andon's, ms. */
  clockSkew(source: string, skewMs: number): void;
  /** All readings of a service; groups and windows that are missing here vanish. */
  readings(service: string, source: string, rows: readonly ReadingRow[]): void;
  /** The names that are configured, at the start and after each reload, before anything is told of them. */
  configured(names: ConfiguredNames): void;
  /** What a service is declared to be; stands until it is told anew or forgotten. */
  declared(service: DeclaredFacts): void;
  targets(service: string, group: Group, verdicts: readonly TargetVerdict[]): void;
  rules(service: string, group: Group, rules: readonly RuleView[]): void;
  line(service: string, group: Group, line: LineState): void;
  /** All error budgets of a service; those that are missing here vanish. */
  budgets(service: string, budgets: readonly BudgetView[]): void;
  /** Groups of a service beyond its limit, which are not evaluated. */
  groupsDropped(service: string, count: number): void;
  /** Every event once, in the order of the log; at the start the whole log again. */
  eventsCommitted(applied: readonly AppliedEvent[]): void;
  /** A rule that only records would have stopped a line; every stop once, at the start those of the whole log again. */
  shadowStopped(stop: ShadowStop): void;
  /** Somebody asked a gate. */
  gateAsked(answer: GateAnswer): void;
  /** A change that asked was not let through; every change once, at the start those of the whole log again. */
  changeHeld(held: HeldChange): void;
  /** What every gate says now; services that are missing here vanish. */
  gates(answers: readonly GateAnswer[]): void;
  /** How many silences stand. */
  silences(standing: number): void;
  /** Something was told of a change; at the start all changes of the log again, in its order. */
  changed(change: Change): void;
  /** The URL under which people reach Andon; undefined: nobody said. */
  reachedAt(externalUrl: string | undefined): void;
  /** A deployment that waited for a gate was answered, or cannot be. */
  protectionAnswered(result: ProtectionResult): void;
  /** A report of a change came in, or a message that tells of none, and what became of it. */
  changeReported(origin: ChangeOrigin, result: ChangeReported): void;
  /** What became of a deployment, once each; at the start those of the whole log again. */
  deploymentSettled(settled: SettledDeployment): void;
  /** Alerts of others came in, so many of which this became. */
  alertReceived(outcome: AlertOutcome, count?: number): void;
  deliveryFinished(channel: string, outcome: DeliveryOutcome, durationMs?: number): void;
  /** What a channel had been told was sent again, and whether its receiver accepted it. */
  resendFinished(channel: string, accepted: boolean): void;
  /** Whether the outside watcher hears that Andon works; undefined: there is none. */
  heartbeat(beating: boolean | undefined): void;
  /** A beat was not sent, or not accepted. */
  heartbeatFailed(reason: string): void;
  /** Notifications of a channel that are not delivered yet. */
  outboxDepth(channel: string, count: number): void;
  /** `at`: ms since the epoch on Andon's clock. */
  reloadFinished(ok: boolean, at: number): void;
  storeHealth(degraded: boolean): void;
  requestAnswered(request: AnsweredRequest): void;
  forgetGroup(service: string, group: Group): void;
  forgetService(service: string): void;
  forgetChannel(channel: string): void;
  forgetSource(source: string): void;
}

export const sourceOperations = ['clock', 'read', 'history', 'arrivals', 'buckets'] as const;
export type SourceOperation = (typeof sourceOperations)[number];

/** Whose counters stand at 0 from the start. */
export interface ConfiguredNames {
  readonly channels: readonly string[];
  readonly sources: readonly string[];
}

/** What people want to know of a service beside how it stands. */
export interface DeclaredFacts extends Pick<Service, 'name' | 'owner' | 'runbook' | 'signals'> {
  readonly rules: readonly Pick<StopRule, 'name' | 'severity' | 'shadow'>[];
}

export interface PolledFacts {
  readonly durationMs: number;
  readonly latenessMs: number;
  readonly outcome: PollOutcome;
  /** The instant evaluated, ms on the source's clock; absent when the source did not answer. */
  readonly at?: number;
}

const nothing = (): void => undefined;

/** Telemetry that nobody listens to. */
export const silentTelemetry: Telemetry = {
  pollFinished: nothing,
  pollsMissed: nothing,
  caughtUp: nothing,
  sourceAnswered: nothing,
  sourceFailed: nothing,
  sourceHeard: nothing,
  clockSkew: nothing,
  readings: nothing,
  configured: nothing,
  declared: nothing,
  targets: nothing,
  rules: nothing,
  line: nothing,
  budgets: nothing,
  groupsDropped: nothing,
  eventsCommitted: nothing,
  shadowStopped: nothing,
  gateAsked: nothing,
  changeHeld: nothing,
  gates: nothing,
  silences: nothing,
  deploymentSettled: nothing,
  protectionAnswered: nothing,
  changeReported: nothing,
  changed: nothing,
  reachedAt: nothing,
  alertReceived: nothing,
  deliveryFinished: nothing,
  resendFinished: nothing,
  heartbeat: nothing,
  heartbeatFailed: nothing,
  outboxDepth: nothing,
  reloadFinished: nothing,
  storeHealth: nothing,
  requestAnswered: nothing,
  forgetGroup: nothing,
  forgetService: nothing,
  forgetChannel: nothing,
  forgetSource: nothing,
};
