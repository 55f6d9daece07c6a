import { changeReported, deliveryOutcomes, pollOutcomes, type DeclaredFacts } from '../../app/ports/telemetry.ts';
import { changeOrigins } from '../../domain/change/change-event.ts';
import { deploymentResults } from '../../domain/change/delivery-metrics.ts';
import type { SourceFailureReason } from '../../domain/reading/observation.ts';
import type { Instruments } from './instruments.ts';

/*
 * A counter that first appears at 1 hides its first increase from `rate()` and `increase()`. So whatever may be counted
 * stands at 0 as soon as its labels are known. Adding 0 takes nothing back, however often it is done.
 */

export const sourceFailureReasons: readonly SourceFailureReason[] = [
  'unavailable',
  'timeout',
  'rejected',
  'too-expensive',
  'bad-response',
];

export const resendOutcomes = ['accepted', 'failed'] as const;

export function startReportsAtZero(metrics: Instruments): void {
  for (const origin of changeOrigins)
    for (const result of changeReported) metrics.changeReports.inc({ origin, result }, 0);
}

export function startServiceAtZero(metrics: Instruments, service: string): void {
  for (const outcome of pollOutcomes) metrics.polls.inc({ service, outcome }, 0);
  for (const counter of [metrics.pollsMissed, metrics.caughtUp, metrics.relapses, metrics.badEvents])
    counter.inc({ service }, 0);
  for (const result of deploymentResults) metrics.deployments.inc({ service, result }, 0);
  for (const by of ['silence', 'maintenance']) metrics.silencedNotifications.inc({ service, by }, 0);
  metrics.groupedNotifications.inc({ service }, 0);
  for (const kind of ['repeat', 'escalation']) metrics.reminders.inc({ service, kind }, 0);
}

/** Also shows that a rule never stopped the line, or would never have. */
export function startRulesAtZero(metrics: Instruments, { name: service, rules }: DeclaredFacts): void {
  for (const { name: rule, severity, shadow } of rules) {
    if (shadow === true) {
      metrics.shadowStops.inc({ service, rule, severity }, 0);
      continue;
    }
    metrics.incidents.inc({ service, severity, rule }, 0);
    metrics.unacknowledged.inc({ service, severity, rule }, 0);
  }
}

export function startChannelAtZero(metrics: Instruments, channel: string): void {
  metrics.channelUndeliverable.inc({ channel }, 0);
  metrics.outboxDepth.inc({ channel }, 0);
  for (const outcome of deliveryOutcomes) metrics.notifications.inc({ channel, outcome }, 0);
  for (const outcome of resendOutcomes) metrics.resends.inc({ channel, outcome }, 0);
}

export function startSourceAtZero(metrics: Instruments, source: string): void {
  for (const reason of sourceFailureReasons) metrics.sourceErrors.inc({ source, reason }, 0);
}
