import type { Hour, Said } from './sample-hour.ts';

/** When the hour ends, ms: a whole minute, and no longer ago than databases keep. */
export const to = Math.floor(Date.now() / 60_000) * 60_000 - 60_000;

/** An instant so many seconds before the end, in seconds since the epoch. */
const ago = (seconds: number): number => to / 1000 - seconds;
const never = Infinity;

/** Of `name{labels}` so many observations up to each bound, which add up to `sum` seconds. */
function histogram(series: string, upTo: Readonly<Record<string, number>>, sum: number): Hour {
  const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(series) ?? [];
  const buckets = Object.entries(upTo).map(([le, count]): [string, Said] => [
    `${name}_bucket{${labels},le="${le}"}`,
    count,
  ]);
  return [...buckets, [`${name}_sum{${labels}}`, sum], [`${name}_count{${labels}}`, upTo['+Inf'] ?? 0]];
}

/** 1 for the state that it is in, 0 for the others. */
function states(metric: string, labels: string, all: readonly string[], is: string, was = is): Hour {
  return all.map((state): [string, Said] => [
    `${metric}{${labels},state="${state}"}`,
    [Number(state === was), Number(state === is)],
  ]);
}

const line = (service: string, is: string, was = is): Hour =>
  states('andon_line_state', `service="${service}"`, ['moving', 'stopped'], is, was);
const gate = (service: string, is: string): Hour =>
  states('andon_gate_state', `service="${service}"`, ['pass', 'warn', 'hold', 'stop', 'unknown'], is);
const rule = (name: string, is: string): Hour =>
  states('andon_rule_state', `service="shop",rule="${name}"`, ['inactive', 'pending', 'firing', 'unknown'], is);

function info(service: string): Hour {
  const places = `page="https://andon.example.com/${service}",runbook="https://runbooks.example.com/${service}"`;
  return [[`andon_service_info{service="${service}",owner="team-${service}",${places}}`, 1]];
}

function incident(id: string, service: string, severity: string, phase: string, acknowledged: string): Hour {
  const labels = `incident="${id}",service="${service}",group="of-${id}",severity="${severity}",rule="rule-${id}"`;
  const places = `page="https://andon.example.com/i/${id}",runbook="https://runbooks.example.com/r/${id}"`;
  const rest = `phase="${phase}",title="Title of ${id}",acknowledged="${acknowledged}",${places}`;
  return [[`andon_incident_info{${labels},${rest}}`, 1]];
}

/** Seconds before the end. */
function moments(id: string, service: string, severity: string, at: Readonly<Record<string, number>>): Hour {
  const labels = `incident="${id}",service="${service}",severity="${severity}",rule="rule-${id}"`;
  return Object.entries(at).map(([moment, before]): [string, Said] => [
    `andon_incident_timestamp_seconds{${labels},moment="${moment}"}`,
    before === never ? never : ago(before),
  ]);
}

function change(id: string, kind: string, at: Readonly<Record<string, number>>): Hour {
  return Object.entries(at).map(([moment, before]): [string, Said] => [
    `andon_change_timestamp_seconds{service="shop",change="${id}",kind="${kind}",version="v-${id}",moment="${moment}"}`,
    before === never ? never : ago(before),
  ]);
}

const ofShop = 'service="shop"';
const availability = `${ofShop},signal="success_rate",budget="availability"`;
const speed = `${ofShop},group="eu",signal="latency",budget="speed"`;
const ofKiosk = 'service="kiosk",signal="success_rate",budget="availability"';

const services: Hour = [
  ...['shop', 'kiosk', 'lost'].flatMap(info),
  ...line('shop', 'stopped'),
  ...line('kiosk', 'moving', 'stopped'),
  ...line('lost', 'moving'),
  ...gate('shop', 'stop'),
  ...gate('kiosk', 'pass'),
  ...gate('lost', 'unknown'),
  ['andon_signal_info{service="shop",signal="success_rate",kind="ratio",unit=""}', 1],
  ['andon_signal_info{service="shop",signal="latency",kind="latency",unit=""}', 1],
  ['andon_signal_info{service="shop",signal="queue",kind="gauge",unit="requests"}', 1],
  ['andon_last_poll_timestamp_seconds{service="shop"}', ago(5)],
  ['andon_last_poll_timestamp_seconds{service="kiosk"}', ago(9)],
  ['andon_last_poll_timestamp_seconds{service="lost"}', ago(700)],
  ...rule('failing', 'firing'),
  ...rule('slow', 'pending'),
  ['andon_reading_value{service="shop",signal="success_rate",fold="over",window="5m"}', 0.97],
  ['andon_reading_value{service="shop",signal="latency",fold="over",window="5m"}', 0.88],
  ['andon_reading_upper_bound_ratio{service="shop",signal="latency",fold="over",window="5m"}', 0.91],
  ['andon_target_bound{service="shop",signal="latency",bound="at-least",window="5m"}', 0.95],
  ['andon_target_bound{service="shop",signal="success_rate",bound="at-least",window="5m"}', 0.99],
  ['andon_reading_value{service="shop",signal="queue",fold="latest",window=""}', 42],
  ['andon_target_bound{service="shop",signal="queue",bound="at-most",window=""}', 100],
  ...['a', 'b'].map((group): [string, Said] => [
    `andon_target_held{service="shop",group="${group}",signal="success_rate",bound="at-least",window="5m"}`,
    0,
  ]),
  ...['a', 'b', 'c', 'd', 'e'].map((group): [string, Said] => [
    `andon_target_held{service="shop",group="${group}",signal="latency",bound="at-least",window="5m"}`,
    1,
  ]),
  ...['a', 'b', 'c'].map((group): [string, Said] => [
    `andon_target_unknown{service="shop",group="${group}",signal="queue",bound="at-most",window="",reason="no-data"}`,
    1,
  ]),
  ['andon_target_held{service="kiosk",signal="success_rate",bound="at-least",window="5m"}', 1],
  ...['5m', '1h'].map((window): [string, Said] => [
    `andon_target_unknown{service="lost",signal="success_rate",bound="at-least",window="${window}",reason="stale"}`,
    1,
  ]),
  ['andon_reading_unknown{service="shop",signal="returns",fold="over",window="5m",reason="no-data"}', 1],
  ['andon_reading_unknown{service="shop",signal="returns",fold="over",window="1h",reason="no-data"}', 1],
  ['andon_reading_age_seconds{service="shop",signal="latency",fold="over",window="5m"}', 12],
  ['andon_reading_age_seconds{service="shop",signal="latency",fold="over",window="1h"}', 11],
  ['andon_groups_dropped{service="shop"}', 3],
  ['andon_groups_dropped{service="kiosk"}', 4],
];

const budgets: Hour = [
  [`andon_error_budget_remaining_ratio{${availability}}`, 0.4],
  [`andon_error_budget_remaining_ratio{${speed}}`, -0.2],
  [`andon_error_budget_remaining_ratio{${ofKiosk}}`, 0.9],
  ['andon_error_budget_remaining_ratio{service="lost",group="a",signal="success_rate",budget="availability"}', 0],
  ['andon_error_budget_remaining_ratio{service="lost",group="b",signal="success_rate",budget="availability"}', -0.1],
  ['andon_error_budget_remaining_ratio{service="lost",group="c",signal="success_rate",budget="availability"}', -0.5],
  [`andon_burn_rate{${availability},window="1h"}`, 16],
  [`andon_burn_rate{${availability},window="6h"}`, 3],
  [`andon_burn_rate{${ofKiosk},window="1h"}`, 0.5],
  [`andon_burn_rate{${ofKiosk},window="6h"}`, 0.2],
  [`andon_error_budget_exhausted_seconds{${availability},window="1h"}`, 43_200],
  [`andon_error_budget_exhausted_seconds{${availability},window="6h"}`, 200_000],
  [`andon_error_budget_exhausted_seconds{${speed},window="1h"}`, never],
  [`andon_period_success_ratio{${availability}}`, 0.991],
  [`andon_objective_ratio{${availability}}`, 0.985],
  [`andon_budget_coverage_ratio{${availability}}`, 0.8],
  [`andon_budget_known_ratio{${availability}}`, 0.85],
  [`andon_budget_excluded_seconds{${availability}}`, 600],
  [`andon_budget_unknown{${speed},reason="no-data"}`, 1],
];

const incidents: Hour = [
  ['andon_incidents_open{service="shop",severity="page"}', 2],
  ['andon_incidents_open{service="shop",severity="ticket"}', 8],
  ['andon_incidents_open{service="kiosk",severity="page"}', 1],
  ['andon_incidents_open{service="kiosk",severity="ticket"}', 0],
  ['andon_incidents_open{service="lost",severity="page"}', 0],
  ['andon_incidents_watched{service="shop",severity="page"}', 12],
  ['andon_incidents_blind{service="shop",severity="page"}', 1],
  ['andon_incidents_blind{service="kiosk",severity="ticket"}', 5],
  ['andon_incidents_unwatched{service="kiosk",severity="page"}', 10],
  ['andon_incidents_flapping{service="shop",severity="page"}', 9],
  ...incident('i1', 'shop', 'page', 'open', 'no'),
  ...incident('i2', 'shop', 'ticket', 'open', 'no'),
  ...incident('i3', 'kiosk', 'page', 'watching', 'no'),
  ...incident('i4', 'kiosk', 'page', 'open', 'yes'),
  ...incident('i5', 'shop', 'page', 'open', 'no'),
  ...moments('i0', 'shop', 'page', { onset: 3000, detected: 2900, recovered: 2000, closed: 1500 }),
  ...moments('i1', 'shop', 'page', { onset: 900, detected: 840, recovered: never, closed: never }),
  ...moments('i2', 'shop', 'ticket', { onset: 500, detected: 450, recovered: 100, closed: never }),
  ...moments('i3', 'kiosk', 'page', { onset: 1100, detected: 1000, recovered: 50, closed: never }),
  ...moments('i4', 'kiosk', 'page', { onset: 800, detected: 780, recovered: never, closed: never }),
  ...moments('i5', 'shop', 'page', { onset: 400, detected: 370, recovered: never, closed: never }),
  ...change('c1', 'deployment', { started: 1000, finished: 880 }),
  ...change('c2', 'flag', { started: 600, finished: never }),
];

const told: Hour = [
  ...histogram(
    'andon_time_to_detect_seconds{service="shop",severity="page"}',
    { '30': 5, '120': 9, '300': 10, '+Inf': 10 },
    700,
  ),
  ...histogram(
    'andon_time_to_notify_seconds{service="shop",severity="page"}',
    { '5': 10, '15': 18, '30': 20, '+Inf': 20 },
    140,
  ),
  ...histogram(
    'andon_time_to_acknowledge_seconds{service="shop",severity="page"}',
    { '60': 15, '600': 27, '+Inf': 30 },
    3300,
  ),
  ...histogram(
    'andon_time_to_recover_seconds{service="shop",severity="page"}',
    { '1200': 20, '3600': 36, '+Inf': 40 },
    52_000,
  ),
  ...histogram(
    'andon_failed_deployment_recovery_seconds{service="shop"}',
    { '1800': 25, '7200': 45, '+Inf': 50 },
    125_000,
  ),
  // Tickets, which nobody picked.
  ...['detect', 'notify', 'acknowledge', 'recover'].flatMap((what) =>
    histogram(`andon_time_to_${what}_seconds{service="shop",severity="ticket"}`, { '300': 0, '+Inf': 900 }, 9_000_000),
  ),
  ['andon_incidents_total{service="shop",severity="page",rule="failing"}', 8],
  ['andon_incidents_total{service="kiosk",severity="page",rule="slow"}', 4],
  ['andon_incidents_total{service="lost",severity="page",rule="never"}', 0],
  ['andon_incidents_total{service="shop",severity="ticket",rule="trifle"}', 60],
  ['andon_incidents_unacknowledged_total{service="shop",severity="page",rule="failing"}', 2],
  ['andon_incidents_unacknowledged_total{service="kiosk",severity="page",rule="slow"}', 3],
  ['andon_incidents_unacknowledged_total{service="lost",severity="page",rule="never"}', 0],
  ['andon_incidents_unacknowledged_total{service="shop",severity="ticket",rule="trifle"}', 50],
  ['andon_relapses_total{service="shop"}', 5],
  ['andon_relapses_total{service="lost"}', 0],
  ['andon_incidents_detected_by_total{service="shop",by="andon"}', 6],
  ['andon_incidents_detected_by_total{service="kiosk",by="alert"}', 7],
  ['andon_incidents_closed_by_hand_total{service="shop",severity="page"}', 1],
  ['andon_incidents_closed_by_hand_total{service="shop",severity="ticket"}', 70],
  ['andon_incident_bad_events_total{service="shop"}', 1234],
  ['andon_undeliverable_pages_total{service="shop",channel="gone"}', 11],
  ['andon_shadow_stops_total{service="shop",severity="page",rule="trial"}', 14],
  ['andon_shadow_stops_total{service="shop",severity="ticket",rule="trial"}', 80],
  ['andon_deployments_total{service="shop",result="failed"}', 3],
  ['andon_deployments_total{service="shop",result="unharmed"}', 9],
  ['andon_deployments_total{service="kiosk",result="unknown"}', 13],
];

/** Of counters a fifteenth grows in four minutes. */
const work: Hour = [
  ['andon_services', 3],
  ['andon_services{instance="b"}', 2],
  ['process_start_time_seconds', ago(5000)],
  ['process_start_time_seconds{instance="b"}', ago(2000)],
  ['process_resident_memory_bytes', 110_000_000],
  ['process_resident_memory_bytes{instance="b"}', 90_000_000],
  ['nodejs_heap_size_used_bytes', 50_000_000],
  ['process_cpu_seconds_total', 1260],
  ['andon_rules_reload_success', 1],
  ['andon_rules_reload_success{instance="b"}', 0],
  ['andon_rules_last_reload_success_timestamp_seconds', ago(100)],
  ['andon_rules_last_reload_success_timestamp_seconds{instance="b"}', ago(200)],
  ['andon_store_degraded', 0],
  ['andon_store_degraded{instance="b"}', 1],
  ['andon_heartbeat_beating', 1],
  ['andon_heartbeat_beating{instance="b"}', 0],
  ['andon_silences', 1],
  ['andon_silences{instance="b"}', 3],
  ['andon_build_info{version="1.0.0",node="24.1.0"}', 1],
  ['andon_build_info{instance="b",version="1.1.0",node="24.2.0"}', 1],
  ['andon_polls_total{service="shop",outcome="complete"}', 7200],
  ['andon_polls_total{service="kiosk",outcome="complete"}', 3600],
  ['andon_polls_total{service="lost",outcome="failed"}', 1800],
  ...histogram('andon_poll_lateness_seconds', { '0.01': 50, '0.1': 99, '+Inf': 100 }, 3),
  ...histogram('andon_poll_duration_seconds', { '0.05': 50, '0.5': 99, '+Inf': 100 }, 20),
  ['andon_polls_missed_total{service="shop"}', 30],
  ['andon_caught_up_seconds_total{service="shop"}', 900],
  ...histogram(
    'andon_source_request_duration_seconds{source="default",operation="query"}',
    { '0.01': 50, '0.25': 99, '+Inf': 100 },
    9,
  ),
  ['andon_source_errors_total{source="default",reason="timeout"}', 45],
  ['andon_source_last_answer_timestamp_seconds{source="default"}', ago(8)],
  ['andon_source_last_answer_timestamp_seconds{source="default",instance="b"}', ago(20)],
  ['andon_source_clock_skew_seconds{source="default"}', 0.2],
  ['andon_source_clock_skew_seconds{source="default",instance="b"}', 0.4],
  ['andon_notifications_total{channel="on-call",outcome="delivered"}', 60],
  ['andon_notifications_total{channel="on-call",outcome="retry"}', 75],
  ['andon_outbox_depth{channel="on-call"}', 5],
  ['andon_outbox_depth{channel="on-call",instance="b"}', 18],
  ...histogram('andon_notification_duration_seconds{channel="on-call"}', { '0.1': 50, '1': 99, '+Inf': 100 }, 40),
  ['andon_channel_undeliverable_pages_total{channel="gone"}', 90],
  ['andon_silenced_notifications_total{service="shop",by="silence"}', 105],
  ['andon_grouped_notifications_total{service="shop"}', 120],
  ['andon_reminders_total{service="shop",kind="escalation"}', 135],
  ['andon_heartbeat_failures_total{reason="blind"}', 150],
  ['andon_notification_resends_total{channel="am",outcome="accepted"}', 165],
  ['andon_gate_decisions_total{service="shop",decision="stop",reason="line-stopped",override=""}', 180],
  ['andon_gate_changes_held_total{service="shop",reason="line-stopped"}', 195],
  ['andon_gate_protections_total{result="rejected"}', 210],
  ['andon_change_reports_total{origin="api",result="recorded"}', 225],
  ['andon_alerts_received_total{outcome="evidence"}', 240],
  ...histogram(
    'andon_http_request_duration_seconds{route="/api",method="GET",status="200"}',
    { '0.5': 50, '2.5': 99, '+Inf': 100 },
    60,
  ),
];

/** Trouble in which every number is another one. Services, budgets and incidents are watched by one Andon. */
export const hour: Hour = [...services, ...budgets, ...incidents, ...told, ...work];
