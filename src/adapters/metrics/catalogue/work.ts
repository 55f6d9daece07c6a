import type { MetricSpec } from './metric-spec.ts';

/** Seconds from 5 ms to 30 s: work of one machine or one request. */
const workBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** How Andon itself works. */
export const workMetrics = {
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
  heartbeatBeating: {
    name: 'andon_heartbeat_beating',
    type: 'gauge',
    help: '1 while the outside watcher hears from Andon, 0 while Andon keeps silent because it does not work as it must, or the watcher does not accept. 0 where no heartbeat is configured.',
    labels: [],
  },
  heartbeatFailures: {
    name: 'andon_heartbeat_failures_total',
    type: 'counter',
    help: 'Beats that were not sent (`blind`: nothing could be read; `undelivered`: a page waits for its channel for too long), or that the watcher did not accept, by reason.',
    labels: ['reason'],
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
