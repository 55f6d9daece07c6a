import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { polls, sources } from './andon-looking.ts';
import { deliveries, gates, resources } from './andon-telling.ts';
import { heartbeatWords, noneIsBetter, wellWords, yesIsGood, yesNoWords } from './colours.ts';
import { frame } from './frame.ts';
import { uids } from './links.ts';
import { numbers, type AnyPanel } from './panels.ts';
import { latest } from './queries.ts';
import { table } from './tables.ts';
import { datasourceVariable, instanceVariable, jobVariable } from './variables.ts';

const of = 'instance=~"$instance"';

function now(): readonly AnyPanel[] {
  return [
    numbers({
      title: 'Services',
      description: 'Services that are watched, by all of these instances.',
      unit: 'short',
      width: 4,
      noValue: 'No Andon is scraped',
      queries: [latest(`sum(andon_services{${of}})`)],
    }),
    numbers({
      title: 'Up for',
      description: 'Time since the youngest of the processes began.',
      unit: 's',
      width: 4,
      noValue: 'No Andon is scraped',
      queries: [latest(`time() - max(process_start_time_seconds{${of},job=~"$job"})`)],
    }),
    numbers({
      title: 'Rules and settings taken',
      description:
        'Whether the settings and rule files that were last read were taken. `no`: they have problems and everything runs as before; the page of Andon and `andon check` say which.',
      unit: 'short',
      width: 4,
      noValue: 'No Andon is scraped',
      thresholds: yesIsGood(),
      words: yesNoWords,
      queries: [latest(`min(andon_rules_reload_success{${of}})`)],
    }),
    numbers({
      title: 'Store',
      description: 'Whether the store keeps what happens. `degraded`: pages go out, but a restart may forget.',
      unit: 'short',
      width: 4,
      noValue: 'No Andon is scraped',
      words: wellWords,
      queries: [latest(`max(andon_store_degraded{${of}})`)],
    }),
    numbers({
      title: 'Heartbeat',
      description:
        'Whether the outside watcher hears from every Andon. `silent or none`: one does not, or none is configured.',
      unit: 'short',
      width: 4,
      noValue: 'none',
      words: heartbeatWords,
      queries: [latest(`min(andon_heartbeat_beating{${of}})`)],
    }),
    numbers({
      title: 'Silences',
      description: 'Silences of people that stand now; maintenance that rule files declare is not among them.',
      unit: 'short',
      width: 4,
      noValue: 'No Andon is scraped',
      thresholds: noneIsBetter(),
      queries: [latest(`sum(andon_silences{${of}})`)],
    }),
    table({
      title: 'Which Andon',
      description:
        'Each instance with its version, that of Node.js, when it began, its memory, and when it last took rules and settings.',
      width: 24,
      height: 5,
      noValue: 'No Andon is scraped',
      base: `max by (instance, job, version, node) (andon_build_info{${of},job=~"$job"})`,
      labels: [
        { label: 'instance', name: 'Instance' },
        { label: 'job', name: 'Job' },
        { label: 'version', name: 'Andon' },
        { label: 'node', name: 'Node.js' },
      ],
      values: [
        {
          name: 'Began',
          unit: 'dateTimeFromNow',
          expr: `max by (instance) (process_start_time_seconds{${of},job=~"$job"}) * 1000`,
        },
        {
          name: 'Memory',
          unit: 'bytes',
          expr: `max by (instance) (process_resident_memory_bytes{${of},job=~"$job"})`,
        },
        { name: 'Services', unit: 'short', expr: `max by (instance) (andon_services{${of}})` },
        {
          name: 'Rules and settings read',
          unit: 'dateTimeFromNow',
          width: 180,
          expr: `max by (instance) (andon_rules_last_reload_success_timestamp_seconds{${of}}) * 1000`,
        },
      ],
    }),
  ];
}

/** Whether Andon itself works as it must. */
export function andonDashboard(): Dashboard {
  return frame({
    uid: uids.andon,
    title: 'Andon / Itself',
    description: 'Whether Andon works as it must: polls, sources, deliveries, gates, memory.',
    from: 'now-6h',
    variables: [datasourceVariable(), jobVariable(), instanceVariable()],
    sections: [
      { title: 'Now', panels: now() },
      { title: 'Polls', panels: polls() },
      { title: 'Sources', panels: sources() },
      { title: 'Deliveries', panels: deliveries() },
      { title: 'Gates, changes and alerts', panels: gates() },
      { title: 'Process', panels: resources() },
    ],
  });
}
