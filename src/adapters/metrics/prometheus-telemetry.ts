import { collectDefaultMetrics, Registry } from 'prom-client';
import {
  alertOutcomes,
  deliveryOutcomes,
  pollOutcomes,
  sourceOperations,
  type Telemetry,
} from '../../app/ports/telemetry.ts';
import { deploymentResults } from '../../domain/change/delivery-metrics.ts';
import { gateStates, isOfWatched } from '../../domain/gate/gate-answer.ts';
import { protectionResults } from '../../domain/gate/protection-event.ts';
import { ChangeMoments } from './change-moments.ts';
import { countEvent } from './incident-metrics.ts';
import { IncidentGauges } from './incident-gauges.ts';
import { IncidentMoments } from './incident-moments.ts';
import { createInstruments } from './instruments.ts';
import { ServiceGauges } from './service-gauges.ts';
import { ServiceInfo } from './service-info.ts';
import {
  resendOutcomes,
  sourceFailureReasons,
  startChannelAtZero,
  startReportsAtZero,
  startRulesAtZero,
  startServiceAtZero,
  startSourceAtZero,
} from './start-at-zero.ts';

export interface TelemetryOptions {
  readonly version: string;
  readonly nodeVersion: string;
  /** Wall clock, ms since the epoch. */
  readonly now: () => number;
}

/** Andon's own metrics, and the text a scrape gets. */
export interface PrometheusTelemetry extends Telemetry {
  scrape(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Gauges whose names end in `_total` break the naming rules that `promtool check metrics` holds; the by-type ones stay. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** They need a timer that fires a hundred times a second, for most of the CPU of an idle Andon; the lag at a scrape stays. */
const costly = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  (part) => `nodejs_eventloop_lag_${part}_seconds`,
);

/** How often prom-client's timer fires for what nobody gets to see, ms. */
const seldomMs = 3_600_000;

/** Telemetry as Prometheus metrics in a registry of its own, with Node.js's process metrics. */
export function createPrometheusTelemetry(options: TelemetryOptions): PrometheusTelemetry {
  const registry = new Registry();
  const metrics = createInstruments(registry);
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: seldomMs });
  for (const name of [...misnamed, ...costly]) registry.removeSingleMetric(name);
  metrics.buildInfo.set({ version: options.version, node: options.nodeVersion }, 1);

  for (const result of protectionResults) metrics.protections.inc({ result }, 0);
  for (const outcome of alertOutcomes) metrics.alertsReceived.inc({ outcome }, 0);
  startReportsAtZero(metrics);

  const services = new ServiceGauges(metrics);
  const incidents = new IncidentGauges(metrics);
  const moments = new IncidentMoments(metrics, options.now);
  const changes = new ChangeMoments(metrics, options.now);
  const info = new ServiceInfo(metrics);
  let externalUrl: string | undefined;
  const skews = new Map<string, number>();
  const sourceNow = (source: string | undefined): number => options.now() + (skews.get(source ?? '') ?? 0);
  const known = new Set<string>();
  const meet = (service: string): void => {
    if (known.has(service)) return;
    known.add(service);
    incidents.watch(service);
    startServiceAtZero(metrics, service);
  };

  return {
    pollFinished(service, poll) {
      meet(service);
      metrics.polls.inc({ service, outcome: poll.outcome });
      metrics.pollDuration.observe(seconds(poll.durationMs));
      metrics.pollLateness.observe(Math.max(0, seconds(poll.latenessMs)));
      if (poll.at !== undefined) metrics.lastPoll.set({ service }, seconds(poll.at));
    },
    pollsMissed: (service, count) => metrics.pollsMissed.inc({ service }, count),
    caughtUp: (service, stretchMs) => metrics.caughtUp.inc({ service }, seconds(stretchMs)),
    sourceAnswered: (source, operation, ms) => metrics.sourceRequests.observe({ source, operation }, seconds(ms)),
    sourceFailed: (source, reason) => metrics.sourceErrors.inc({ source, reason }),
    sourceHeard(source) {
      metrics.sourceLastAnswer.set({ source }, seconds(options.now()));
    },
    clockSkew(source, skewMs) {
      skews.set(source, skewMs);
      metrics.clockSkew.set({ source }, seconds(skewMs));
    },
    readings(service, source, rows) {
      meet(service);
      services.readings(service, source, rows);
    },
    targets: (service, group, verdicts) => services.targets(service, group, verdicts),
    configured({ channels, sources }) {
      for (const channel of channels) startChannelAtZero(metrics, channel);
      for (const source of sources) startSourceAtZero(metrics, source);
    },
    declared(service) {
      info.declare(service);
      startServiceAtZero(metrics, service.name);
      startRulesAtZero(metrics, service);
    },
    reachedAt(url) {
      externalUrl = url;
    },
    rules: (service, group, rules) => services.rules(service, group, rules),
    line: (service, group, line) => services.line(service, group, line),
    budgets: (service, budgets) => services.budgets(service, budgets),
    groupsDropped: (service, count) => services.groupsDropped(service, count),
    eventsCommitted(applied) {
      for (const each of applied) {
        moments.update(each.after);
        countEvent(metrics, each);
      }
    },
    changed: (change) => changes.update(change),
    shadowStopped({ service, rule, severity }) {
      metrics.shadowStops.inc({ service, rule, severity });
    },
    gateAsked({ service, state, reason, findings, passage }) {
      metrics.gateDecisions.inc({
        // Names that somebody merely asked for must not make series.
        service: isOfWatched({ findings }) ? service : '',
        decision: state,
        reason,
        override: passage?.kind ?? 'none',
      });
    },
    protectionAnswered(result) {
      metrics.protections.inc({ result });
    },
    changeReported(origin, result) {
      metrics.changeReports.inc({ origin, result });
    },
    alertReceived(outcome, count = 1) {
      metrics.alertsReceived.inc({ outcome }, count);
    },
    changeHeld({ service, because }) {
      metrics.changesHeld.inc({ service, reason: because });
    },
    deploymentSettled({ service, result, recoveriesMs }) {
      for (const each of deploymentResults) metrics.deployments.inc({ service, result: each }, each === result ? 1 : 0);
      for (const ms of recoveriesMs) metrics.failedDeploymentRecovery.observe({ service }, seconds(ms));
    },
    silences: (standing) => metrics.silences.set(standing),
    gates(answers) {
      metrics.gateState.reset();
      for (const { service, state, reason } of answers) {
        for (const each of gateStates) metrics.gateState.set({ service, state: each }, each === state ? 1 : 0);
        // So that the first answer, and the first change that this gate holds back, are increases.
        metrics.gateDecisions.inc({ service, decision: state, reason, override: 'none' }, 0);
        if (state !== 'pass' && state !== 'warn') metrics.changesHeld.inc({ service, reason }, 0);
      }
    },
    deliveryFinished(channel, outcome, durationMs) {
      for (const each of deliveryOutcomes)
        metrics.notifications.inc({ channel, outcome: each }, each === outcome ? 1 : 0);
      if (durationMs !== undefined) metrics.notificationDuration.observe({ channel }, seconds(durationMs));
    },
    resendFinished(channel, accepted) {
      metrics.resends.inc({ channel, outcome: 'accepted' }, accepted ? 1 : 0);
      metrics.resends.inc({ channel, outcome: 'failed' }, accepted ? 0 : 1);
    },
    heartbeat(beating) {
      if (beating === undefined) metrics.heartbeatBeating.reset();
      else metrics.heartbeatBeating.set({}, beating ? 1 : 0);
      // A counter that first appears at 1 hides its first increase from `rate()`.
      for (const reason of ['blind', 'undelivered']) metrics.heartbeatFailures.inc({ reason }, 0);
    },
    heartbeatFailed: (reason) => metrics.heartbeatFailures.inc({ reason }),
    outboxDepth(channel, count) {
      // Also of a channel that is not configured any more, for which pages are given up in the end.
      metrics.channelUndeliverable.inc({ channel }, 0);
      metrics.outboxDepth.set({ channel }, count);
    },
    reloadFinished(ok, at) {
      metrics.reloadSuccess.set(ok ? 1 : 0);
      if (ok) metrics.reloadTime.set(seconds(at));
    },
    storeHealth: (degraded) => metrics.storeDegraded.set(degraded ? 1 : 0),
    requestAnswered({ route, method, status, durationMs }) {
      metrics.requests.observe({ route, method, status: String(status) }, seconds(durationMs));
    },
    forgetGroup: (service, group) => services.forgetGroup(service, group),
    forgetService(service) {
      known.delete(service);
      services.forgetService(service);
      info.forget(service);
      incidents.unwatch(service);
      for (const outcome of pollOutcomes) metrics.polls.remove({ service, outcome });
      for (const state of gateStates) metrics.gateState.remove({ service, state });
      for (const metric of [metrics.pollsMissed, metrics.caughtUp, metrics.lastPoll]) metric.remove({ service });
    },
    forgetChannel(channel) {
      for (const outcome of deliveryOutcomes) metrics.notifications.remove({ channel, outcome });
      for (const outcome of resendOutcomes) metrics.resends.remove({ channel, outcome });
      metrics.notificationDuration.remove({ channel });
      metrics.outboxDepth.remove({ channel });
    },
    forgetSource(source) {
      skews.delete(source);
      metrics.clockSkew.remove({ source });
      metrics.sourceLastAnswer.remove({ source });
      for (const operation of sourceOperations) metrics.sourceRequests.remove({ source, operation });
      for (const reason of sourceFailureReasons) metrics.sourceErrors.remove({ source, reason });
    },
    async scrape() {
      services.collect(sourceNow);
      incidents.collect(moments.current());
      moments.collect(externalUrl);
      changes.collect();
      info.collect(externalUrl);
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

function seconds(ms: number): number {
  return ms / 1000;
}
