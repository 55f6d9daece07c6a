import { VisibilityMode } from '@grafana/grafana-foundation-sdk/common';
import { noneIsBetter, noneIsGood } from './colours.ts';
import { graph, happenings, type AnyPanel } from './panels.ts';
import { growth, lines, perSecond, quantileLine } from './queries.ts';

const of = 'instance=~"$instance"';

/** How people are told. */
export function deliveries(): readonly AnyPanel[] {
  return [
    happenings({
      title: 'Deliveries',
      description:
        'Attempts to deliver a notification by outcome. retry: it will be tried again; refused, gone: it never will.',
      unit: 'short',
      width: 8,
      noValue: 'Nobody was told anything in this time',
      queries: [lines(growth('andon_notifications_total', of, 'channel, outcome'), '{{channel}}: {{outcome}}')],
    }),
    graph({
      title: 'Waiting to be delivered',
      description: 'Notifications that no channel has taken yet. They wait in the store and outlive a restart.',
      unit: 'short',
      width: 8,
      noValue: 'No channel is configured',
      thresholds: noneIsBetter(),
      queries: [lines(`max by (channel) (andon_outbox_depth{${of}})`, '{{channel}}')],
    }),
    graph({
      title: 'How long deliveries take',
      description: 'What 99 % of attempts stay below, by channel.',
      unit: 's',
      width: 8,
      noValue: 'Nobody was told anything in this time',
      queries: [lines(quantileLine(0.99, 'andon_notification_duration_seconds', of, 'channel'), '{{channel}}')],
    }).showPoints(VisibilityMode.Always),
    happenings({
      title: 'Pages that nobody will get',
      description: 'Pages that a channel will never take. Each is a person who was not told.',
      unit: 'short',
      width: 8,
      noValue: 'None',
      thresholds: noneIsGood(),
      queries: [lines(growth('andon_channel_undeliverable_pages_total', of, 'channel'), '{{channel}}')],
    }),
    happenings({
      title: 'Kept back',
      description:
        'Notifications that silences and maintenance kept back, pages that another page told of, and reminders.',
      unit: 'short',
      width: 8,
      noValue: 'Nothing was kept back, and nobody was reminded',
      queries: [
        lines(growth('andon_silenced_notifications_total', of, 'by'), 'by {{by}}'),
        lines(growth('andon_grouped_notifications_total', of, 'instance'), 'grouped {{instance}}'),
        lines(growth('andon_reminders_total', of, 'kind'), 'reminder: {{kind}}'),
      ],
    }),
    happenings({
      title: 'Heartbeats that failed',
      description:
        'Beats that were not sent (blind, undelivered) or that the outside watcher did not accept, by reason.',
      unit: 'short',
      width: 8,
      noValue: 'None',
      thresholds: noneIsGood(),
      queries: [lines(growth('andon_heartbeat_failures_total', of, 'reason'), '{{reason}}')],
    }),
    happenings({
      title: 'Told again',
      description:
        'Sends of what a channel had been told before, for receivers that forget, such as Alertmanager, by outcome.',
      unit: 'short',
      width: 24,
      height: 6,
      noValue: 'No channel had to be told again',
      queries: [lines(growth('andon_notification_resends_total', of, 'channel, outcome'), '{{channel}}: {{outcome}}')],
    }),
  ];
}

/** What deployment tools ask and say. */
export function gates(): readonly AnyPanel[] {
  return [
    happenings({
      title: 'Gate decisions',
      description: 'Answers to whoever asked a gate, by what it said and why.',
      unit: 'short',
      width: 8,
      noValue: 'Nobody asked a gate in this time',
      queries: [lines(growth('andon_gate_decisions_total', of, 'decision, reason'), '{{decision}}: {{reason}}')],
    }),
    happenings({
      title: 'Changes that were held',
      description: 'Changes that asked by their id and were not let through: what the gates prevented.',
      unit: 'short',
      width: 8,
      noValue: 'No change was held in this time',
      queries: [lines(growth('andon_gate_changes_held_total', of, 'service, reason'), '{{service}}: {{reason}}')],
    }),
    happenings({
      title: 'Reports of others',
      description: 'Reports of changes by what became of them, and alerts that Alertmanager posted.',
      unit: 'short',
      width: 8,
      noValue: 'Nothing came in in this time',
      queries: [
        lines(growth('andon_change_reports_total', of, 'origin, result'), 'change by {{origin}}: {{result}}'),
        lines(growth('andon_alerts_received_total', of, 'outcome'), 'alert: {{outcome}}'),
      ],
    }),
    happenings({
      title: 'Deployments that GitHub held',
      description:
        'Deployments that a protection rule of GitHub let wait for the gate, by how that ended: approved, rejected, waited-too-long, refused (GitHub took no answer).',
      unit: 'short',
      width: 24,
      height: 6,
      noValue: 'No deployment waited at GitHub in this time',
      queries: [lines(growth('andon_gate_protections_total', of, 'result'), '{{result}}')],
    }),
  ];
}

/** What Andon needs of its machine. */
export function resources(): readonly AnyPanel[] {
  return [
    graph({
      title: 'Memory',
      description: 'Resident memory of the process, and the part of it that is its JavaScript heap.',
      unit: 'bytes',
      width: 8,
      noValue: 'No Andon is scraped',
      queries: [
        lines(`max by (instance) (process_resident_memory_bytes{${of},job=~"$job"})`, '{{instance}} resident'),
        lines(`max by (instance) (nodejs_heap_size_used_bytes{${of},job=~"$job"})`, '{{instance}} heap'),
      ],
    }),
    graph({
      title: 'CPU',
      description: 'Share of one CPU that the process uses.',
      unit: 'percentunit',
      width: 8,
      noValue: 'No Andon is scraped',
      queries: [lines(perSecond('process_cpu_seconds_total', `${of},job=~"$job"`, 'instance'), '{{instance}}')],
    }),
    graph({
      title: 'API and pages',
      description: 'What 99 % of answers stay below, by route.',
      unit: 's',
      width: 8,
      noValue: 'Nobody asked',
      queries: [lines(quantileLine(0.99, 'andon_http_request_duration_seconds', of, 'route'), '{{route}}')],
    }),
  ];
}
