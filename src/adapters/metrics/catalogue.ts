/** What Andon says about one of its metrics; the metric and its documentation are both made from this. */
export interface MetricSpec {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, in the metric's unit (histograms only). */
  readonly buckets?: readonly number[];
}

/** Seconds from a moment to 8 hours: detection and acknowledgement. */
const reactionBuckets = [1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800];
/** Seconds from half a minute to 3 days. */
const recoveryBuckets = [30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400, 259_200];
/** Seconds from 5 ms to 30 s: work of one machine or one request. */
const workBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const scope = ['service', 'group'] as const;
const reading = [...scope, 'signal', 'fold', 'window'] as const;
const target = [...scope, 'signal', 'bound', 'window'] as const;
const budget = [...scope, 'signal', 'budget'] as const;

/** Every metric of Andon's own, in the order of the documentation. */
export const catalogue = {
  timeToDetect: {
    name: 'andon_time_to_detect_seconds',
    type: 'histogram',
    help: 'From onset to detection (MTTD), once an incident, when its onset is settled or at the latest when it closes. Under the severity that the incident opened with. Rebuilt from the event log at start.',
    labels: ['service', 'severity'],
    buckets: reactionBuckets,
  },
  timeToNotify: {
    name: 'andon_time_to_notify_seconds',
    type: 'histogram',
    help: "From the opening of an incident to its first accepted page, once an incident, on Andon's clock. Under the severity that the incident opened with. Rebuilt from the event log at start.",
    labels: ['service', 'severity'],
    buckets: [0.1, 0.25, 0.5, ...reactionBuckets],
  },
  timeToAcknowledge: {
    name: 'andon_time_to_acknowledge_seconds',
    type: 'histogram',
    help: "From the opening of an incident to its acknowledgement by a person, once an incident, on Andon's clock; incidents never acknowledged are not in it. Under the severity that the incident opened with. Rebuilt from the event log at start.",
    labels: ['service', 'severity'],
    buckets: reactionBuckets,
  },
  timeToRecover: {
    name: 'andon_time_to_recover_seconds',
    type: 'histogram',
    help: 'From onset to recovery (MTTR), once an incident, when it closes: a relapse inside the watch window keeps it running instead of counting a false recovery. Under the severity that the incident opened with. Rebuilt from the event log at start.',
    labels: ['service', 'severity'],
    buckets: recoveryBuckets,
  },
  incidents: {
    name: 'andon_incidents_total',
    type: 'counter',
    help: 'Incidents opened, by the rule that opened them and the severity they opened with. Rebuilt from the event log at start.',
    labels: ['service', 'severity', 'rule'],
  },
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
  closedByHand: {
    name: 'andon_incidents_closed_by_hand_total',
    type: 'counter',
    help: 'Incidents that a person closed because nothing else could, by the severity they opened with. Without a time to recover, unless they had resolved. Rebuilt from the event log at start.',
    labels: ['service', 'severity'],
  },
  relapses: {
    name: 'andon_relapses_total',
    type: 'counter',
    help: 'Times a rule became true again inside the watch window after the end state had held. Rebuilt from the event log at start.',
    labels: ['service'],
  },
  badEvents: {
    name: 'andon_incident_bad_events_total',
    type: 'counter',
    help: 'Bad events beyond what the targets allow between onset and recovery, added when an incident closes. Rebuilt from the event log at start.',
    labels: ['service'],
  },
  undeliverable: {
    name: 'andon_undeliverable_pages_total',
    type: 'counter',
    help: 'Pages that a channel will never take. Rebuilt from the event log at start.',
    labels: ['service', 'channel'],
  },
  incidentsOpen: {
    name: 'andon_incidents_open',
    type: 'gauge',
    help: 'Incidents whose end state has not held yet.',
    labels: ['service', 'severity'],
  },
  incidentsWatched: {
    name: 'andon_incidents_watched',
    type: 'gauge',
    help: 'Resolved incidents that are watched for a relapse.',
    labels: ['service', 'severity'],
  },
  incidentsBlind: {
    name: 'andon_incidents_blind',
    type: 'gauge',
    help: 'Open incidents whose readings cannot be had, so that nobody can tell whether service is back.',
    labels: ['service', 'severity'],
  },
  incidentsUnwatched: {
    name: 'andon_incidents_unwatched',
    type: 'gauge',
    help: 'Incidents that are not closed and whose service has left the rule files: nobody watches them any more.',
    labels: ['service', 'severity'],
  },
  services: {
    name: 'andon_services',
    type: 'gauge',
    help: 'Services that are watched; one counts from its first poll on, whether its source answered or not.',
    labels: [],
  },
  lineState: {
    name: 'andon_line_state',
    type: 'gauge',
    help: 'Whether the line is in this state (1) or not (0).',
    labels: [...scope, 'state'],
  },
  ruleState: {
    name: 'andon_rule_state',
    type: 'gauge',
    help: 'Whether the stop-the-line rule is in this state (1) or not (0); unknown: its condition cannot be decided.',
    labels: [...scope, 'rule', 'state'],
  },
  readingValue: {
    name: 'andon_reading_value',
    type: 'gauge',
    help: 'Value of a signal as of the last poll: a ratio from 0 to 1, or the unit of the gauge. Absent while unknown.',
    labels: reading,
  },
  readingUpperBound: {
    name: 'andon_reading_upper_bound_ratio',
    type: 'gauge',
    help: 'Value of a latency signal if every request between the two buckets around its threshold was fast enough; andon_reading_value counts none of them. Absent where the threshold is a bucket.',
    labels: reading,
  },
  readingAge: {
    name: 'andon_reading_age_seconds',
    type: 'gauge',
    help: "Time since the newest sample behind a reading, on the source's clock, as of the scrape.",
    labels: reading,
  },
  readingUnknown: {
    name: 'andon_reading_unknown',
    type: 'gauge',
    help: 'Is 1 while a reading has no value, with the reason why. Absent while it has one.',
    labels: [...reading, 'reason'],
  },
  targetHeld: {
    name: 'andon_target_held',
    type: 'gauge',
    help: 'Whether a target of the end state holds (1) or is missed (0). Absent while unknown.',
    labels: target,
  },
  targetUnknown: {
    name: 'andon_target_unknown',
    type: 'gauge',
    help: 'Is 1 while it cannot be told whether a target holds, with the reason why. Absent while it can.',
    labels: [...target, 'reason'],
  },
  targetBound: {
    name: 'andon_target_bound',
    type: 'gauge',
    help: 'The bound of a target as declared: a ratio from 0 to 1, or the unit of the gauge.',
    labels: target,
  },
  objective: {
    name: 'andon_objective_ratio',
    type: 'gauge',
    help: 'The share of good events that an error budget promises over its period.',
    labels: budget,
  },
  budgetRemaining: {
    name: 'andon_error_budget_remaining_ratio',
    type: 'gauge',
    help: 'Share of the error budget that is left: 1 is untouched, 0 gone, below 0 overspent. Absent while unknown.',
    labels: budget,
  },
  budgetExhausted: {
    name: 'andon_error_budget_exhausted_seconds',
    type: 'gauge',
    help: 'How long the error budget lasts at the burn rate of the window: 0 when it is gone, +Inf when it lasts for ever. Absent while unknown.',
    labels: [...budget, 'window'],
  },
  burnRate: {
    name: 'andon_burn_rate',
    type: 'gauge',
    help: 'How fast the error budget burnt over the window: 1 spends it in exactly one period. Absent while unknown.',
    labels: [...budget, 'window'],
  },
  periodSuccess: {
    name: 'andon_period_success_ratio',
    type: 'gauge',
    help: 'Share of good events (or slices) in the period so far. Absent while unknown.',
    labels: budget,
  },
  budgetCoverage: {
    name: 'andon_budget_coverage_ratio',
    type: 'gauge',
    help: 'Share of the period so far that has counts, what is excluded left out.',
    labels: budget,
  },
  budgetKnown: {
    name: 'andon_budget_known_ratio',
    type: 'gauge',
    help: 'Share of the period so far that was counted, or that the source was asked for and does not have: 1 once the budget is filled from the past.',
    labels: budget,
  },
  budgetExcluded: {
    name: 'andon_budget_excluded_seconds',
    type: 'gauge',
    help: 'Time of the period so far that is excluded from the error budget.',
    labels: budget,
  },
  budgetUnknown: {
    name: 'andon_budget_unknown',
    type: 'gauge',
    help: 'Is 1 while it cannot be told what is left of an error budget, with the reason why. Absent while it can.',
    labels: [...budget, 'reason'],
  },
  groupsDropped: {
    name: 'andon_groups_dropped',
    type: 'gauge',
    help: 'Groups of a service beyond its limit, which are not evaluated.',
    labels: ['service'],
  },
  polls: {
    name: 'andon_polls_total',
    type: 'counter',
    help: 'Polls by outcome: complete, partial (some signals failed) or failed (no signal could be read).',
    labels: ['service', 'outcome'],
  },
  pollsMissed: {
    name: 'andon_polls_missed_total',
    type: 'counter',
    help: 'Polls that were due and never ran.',
    labels: ['service'],
  },
  lastPoll: {
    name: 'andon_last_poll_timestamp_seconds',
    type: 'gauge',
    help: "Instant that was last evaluated, on the source's clock, in seconds since the epoch.",
    labels: ['service'],
  },
  pollDuration: {
    name: 'andon_poll_duration_seconds',
    type: 'histogram',
    help: 'How long polls took, from asking the source to the commit.',
    labels: [],
    buckets: workBuckets,
  },
  pollLateness: {
    name: 'andon_poll_lateness_seconds',
    type: 'histogram',
    help: 'How long after their due time polls began.',
    labels: [],
    buckets: workBuckets,
  },
  caughtUp: {
    name: 'andon_caught_up_seconds_total',
    type: 'counter',
    help: "Time that Andon was away for and has evaluated afterwards from the source's history.",
    labels: ['service'],
  },
  sourceRequests: {
    name: 'andon_source_request_duration_seconds',
    type: 'histogram',
    help: 'How long a source took to answer, by what it was asked for.',
    labels: ['source', 'operation'],
    buckets: workBuckets,
  },
  sourceErrors: {
    name: 'andon_source_errors_total',
    type: 'counter',
    help: 'Requests that a source did not answer, by reason.',
    labels: ['source', 'reason'],
  },
  sourceLastAnswer: {
    name: 'andon_source_last_answer_timestamp_seconds',
    type: 'gauge',
    help: "When a source last gave an answer that could be used, whatever it was asked, on Andon's clock, in seconds since the epoch.",
    labels: ['source'],
  },
  clockSkew: {
    name: 'andon_source_clock_skew_seconds',
    type: 'gauge',
    help: "The clock of the source less Andon's: positive when the source is ahead.",
    labels: ['source'],
  },
  notifications: {
    name: 'andon_notifications_total',
    type: 'counter',
    help: 'Attempts to deliver a notification by outcome: delivered, retry, refused, gone or collapsed into a newer one.',
    labels: ['channel', 'outcome'],
  },
  notificationDuration: {
    name: 'andon_notification_duration_seconds',
    type: 'histogram',
    help: 'How long attempts to deliver a notification took.',
    labels: ['channel'],
    buckets: workBuckets,
  },
  resends: {
    name: 'andon_notification_resends_total',
    type: 'counter',
    help: 'Sends of what a channel had been told before, for receivers that forget, by outcome: accepted or failed.',
    labels: ['channel', 'outcome'],
  },
  outboxDepth: {
    name: 'andon_outbox_depth',
    type: 'gauge',
    help: 'Notifications that are not delivered yet, also those for a channel that is not configured any more.',
    labels: ['channel'],
  },
  reloadSuccess: {
    name: 'andon_rules_reload_success',
    type: 'gauge',
    help: 'Whether the settings and rule files last read were taken (1) or refused (0), in which case everything runs as before.',
    labels: [],
  },
  reloadTime: {
    name: 'andon_rules_last_reload_success_timestamp_seconds',
    type: 'gauge',
    help: 'When settings and rule files were last taken, in seconds since the epoch.',
    labels: [],
  },
  storeDegraded: {
    name: 'andon_store_degraded',
    type: 'gauge',
    help: 'Whether the store cannot keep what happens (1) or can (0).',
    labels: [],
  },
  requests: {
    name: 'andon_http_request_duration_seconds',
    type: 'histogram',
    help: 'How long Andon took to answer HTTP requests.',
    labels: ['route', 'method', 'status'],
    buckets: workBuckets,
  },
  buildInfo: {
    name: 'andon_build_info',
    type: 'gauge',
    help: 'Is 1, with the version of Andon and of Node.js.',
    labels: ['version', 'node'],
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type Catalogue = typeof catalogue;
