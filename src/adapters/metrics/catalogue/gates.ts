import { recoveryBuckets } from './incidents.ts';
import type { MetricSpec } from './metric-spec.ts';

/** What deployment tools were told, and what became of deployments. */
export const gatesMetrics = {
  gateState: {
    name: 'andon_gate_state',
    type: 'gauge',
    help: '1 for what the gate of the service says now (pass, warn, hold, stop or unknown), 0 for the other states.',
    labels: ['service', 'state'],
  },
  gateDecisions: {
    name: 'andon_gate_decisions_total',
    type: 'counter',
    help: 'Answers given to whoever asked the gate: what it said, why, and whether a remedy or an override let the change pass. `service` is empty for a name that is not watched.',
    labels: ['service', 'decision', 'reason', 'override'],
  },
  changesHeld: {
    name: 'andon_gate_changes_held_total',
    type: 'counter',
    help: 'Changes that asked by their id and were not let through when they asked, each counted once: what the gate prevented.',
    labels: ['service', 'reason'],
  },
  protections: {
    name: 'andon_gate_protections_total',
    type: 'counter',
    help: 'Deployments that a protection rule of GitHub let wait for the gate, by how that ended: approved, rejected, waited-too-long (rejected, since the gate said neither go nor abort in time) or refused (GitHub takes no answer, for instance because the deployment was cancelled).',
    labels: ['result'],
  },
  shadowStops: {
    name: 'andon_shadow_stops_total',
    type: 'counter',
    help: 'Times a rule that only records would have stopped a line. Rebuilt from the event log at start.',
    labels: ['service', 'rule', 'severity'],
  },
  changeReports: {
    name: 'andon_change_reports_total',
    type: 'counter',
    help: 'Reports of changes that came in, by where they came from and what became of them: recorded, unchanged (nothing new), ignored (the message tells of no change), unknown-service, unknown-incident, unseen-incident (of a service that its own does not depend on), not-a-remedy (it began before the incident), invalid or not-stored. Requests that were not let in are in andon_http_request_duration_seconds.',
    labels: ['origin', 'result'],
  },
  changeTimestamp: {
    name: 'andon_change_timestamp_seconds',
    type: 'gauge',
    help: 'When a change that was reported began and ended (started, finished), in seconds since the epoch; +Inf while it is under way. Of each service the newest 50 of those whose beginning or end is at most one hour ago.',
    labels: ['service', 'change', 'kind', 'version', 'moment'],
  },
  deployments: {
    name: 'andon_deployments_total',
    type: 'counter',
    help: 'Deployments, each counted once when its bake watch is over and every incident that suspects it is closed: unharmed, failed (an incident comes from it, or it failed or was rolled back), or unknown (no data, or several changes at once). Rebuilt from the event log at start.',
    labels: ['service', 'result'],
  },
  failedDeploymentRecovery: {
    name: 'andon_failed_deployment_recovery_seconds',
    type: 'histogram',
    help: 'From onset to recovery of each incident that a deployment caused, when the deployment is counted as failed. Rebuilt from the event log at start.',
    labels: ['service'],
    buckets: recoveryBuckets,
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;
