import type { MetricSpec } from './metric-spec.ts';

/** Seconds from a moment to 8 hours: detection and acknowledgement. */
const reactionBuckets = [1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800];
/** Seconds from half a minute to 3 days. */
export const recoveryBuckets = [30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400, 259_200];

const incident = ['service', 'group', 'incident', 'severity', 'rule'] as const;

/** How incidents went, and who was told. */
export const incidentsMetrics = {
  timeToDetect: {
    name: 'andon_time_to_detect_seconds',
    type: 'histogram',
    help: 'From onset to detection (MTTD), once an incident, when its onset is settled or at the latest when it closes. Incidents whose onset was not seen are left out. Under the severity that the incident opened with. Rebuilt from the event log at start.',
    labels: ['service', 'severity'],
    buckets: reactionBuckets,
  },
  timeToNotify: {
    name: 'andon_time_to_notify_seconds',
    type: 'histogram',
    help: "From when an incident was recorded, or a silence over it ended, to its first accepted page, once an incident, on Andon's clock; what was detected while Andon was away is recorded when it is back; of one that another one's page was the first to tell of, nothing. Under the severity that the incident opened with. Rebuilt from the event log at start.",
    labels: ['service', 'severity'],
    buckets: [0.1, 0.25, 0.5, ...reactionBuckets],
  },
  timeToAcknowledge: {
    name: 'andon_time_to_acknowledge_seconds',
    type: 'histogram',
    help: "From when an incident was recorded to its acknowledgement by a person, once an incident, on Andon's clock; incidents never acknowledged are not in it. Under the severity that the incident opened with. Rebuilt from the event log at start.",
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
  detectedBy: {
    name: 'andon_incidents_detected_by_total',
    type: 'counter',
    help: "Incidents that are closed, by who was first to see them: andon, or an alert of somebody else that fired before Andon's detection. Rebuilt from the event log at start.",
    labels: ['service', 'by'],
  },
  alertsReceived: {
    name: 'andon_alerts_received_total',
    type: 'counter',
    help: "Alerts that Alertmanager posted, by what became of each: evidence (new on the timeline of an incident), kept (for incidents that open later), repeated (nothing new), unknown-service, own (of an incident of Andon's, coming back), impossible (ended before it began) or left-out (cut from the message by its sender).",
    labels: ['outcome'],
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
    help: 'Pages that a channel will never take, by service; a series appears with the first of them. Rebuilt from the event log at start.',
    labels: ['service', 'channel'],
  },
  channelUndeliverable: {
    name: 'andon_channel_undeliverable_pages_total',
    type: 'counter',
    help: 'Pages that a channel will never take, of all services. Stands at 0 for each configured channel from the start, so that `increase()` sees the first one. Rebuilt from the event log at start.',
    labels: ['channel'],
  },
  reminders: {
    name: 'andon_reminders_total',
    type: 'counter',
    help: 'Times that channels were told of an open incident again, or the next ones of it, because nobody had acknowledged: `repeat` or `escalation`. Rebuilt from the event log at start.',
    labels: ['service', 'kind'],
  },
  unacknowledged: {
    name: 'andon_incidents_unacknowledged_total',
    type: 'counter',
    help: 'Incidents that closed without anybody having acknowledged them, by the rule that opened them and the severity they opened with: noise, where nobody had to do anything. Rebuilt from the event log at start.',
    labels: ['service', 'severity', 'rule'],
  },
  incidentInfo: {
    name: 'andon_incident_info',
    type: 'gauge',
    help: 'Is 1 for each incident that is not closed: its phase (open, or watching for a relapse), the worst severity so far, the rule that opened it, its title, whether somebody has acknowledged it since it opened, got worse or came back (yes or no), its runbook, and its page, which is empty without `externalUrl`.',
    labels: [...incident, 'phase', 'title', 'acknowledged', 'runbook', 'page'],
  },
  incidentTimestamp: {
    name: 'andon_incident_timestamp_seconds',
    type: 'gauge',
    help: "The moments of an incident (onset, detected, recovered, closed) on the source's clock, in seconds since the epoch; +Inf for what has not happened, and a relapse takes a recovery back. With the severity it opened with. Absent from one hour after it closed.",
    labels: [...incident, 'moment'],
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
  incidentsFlapping: {
    name: 'andon_incidents_flapping',
    type: 'gauge',
    help: 'Incidents that go off and on so often that each time is not told.',
    labels: ['service', 'severity'],
  },
  silences: {
    name: 'andon_silences',
    type: 'gauge',
    help: 'Silences of people that stand now; maintenance that rule files declare is not among them.',
    labels: [],
  },
  silencedNotifications: {
    name: 'andon_silenced_notifications_total',
    type: 'counter',
    help: 'Notifications that no channel was sent because a silence or maintenance kept them back, by which of the two; the incidents themselves are counted as ever. Rebuilt from the event log at start.',
    labels: ['service', 'by'],
  },
  groupedNotifications: {
    name: 'andon_grouped_notifications_total',
    type: 'counter',
    help: 'Pages that were not sent on their own because the page of another incident of the same outage tells of them. Rebuilt from the event log at start.',
    labels: ['service'],
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;
