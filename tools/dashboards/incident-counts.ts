import { noneIsBetter, noneIsGood, plain } from './colours.ts';
import { toService } from './links.ts';
import { bars, type AnyPanel } from './panels.ts';
import { grown, latest } from './queries.ts';
import { table } from './tables.ts';

const of = 'service=~"$service"';
const ofSeverity = `${of},severity=~"$severity"`;

/** How many incidents there were, of which kinds. */
export function counts(): readonly AnyPanel[] {
  const count = (
    title: string,
    description: string,
    metric: string,
    by: string,
    { filter = of, thresholds = noneIsBetter(), width = 6 } = {},
  ): AnyPanel =>
    bars({
      title,
      description,
      unit: 'short',
      width,
      noValue: 'none in this time',
      thresholds,
      queries: [
        latest(
          `sort_desc(${grown(metric, filter, by)} > 0)`,
          by
            .split(', ')
            .map((label) => `{{${label}}}`)
            .join(' '),
        ),
      ],
    });
  return [
    count(
      'Incidents',
      'Incidents opened, by service and the severity that they opened with.',
      'andon_incidents_total',
      'service, severity',
      { filter: ofSeverity },
    ),
    count(
      'Relapses',
      'Times that a rule became true again within the watch window after the end state had held: it was called good too early.',
      'andon_relapses_total',
      'service',
    ),
    count(
      'Seen first by',
      'Closed incidents by who was first to see them: Andon, or an alert of somebody else that fired before.',
      'andon_incidents_detected_by_total',
      'by',
      { thresholds: plain() },
    ),
    count(
      'Closed by hand',
      'Incidents that a person closed because nothing else could. They have no time to recover.',
      'andon_incidents_closed_by_hand_total',
      'service, severity',
      { filter: ofSeverity },
    ),
    count(
      'Bad events',
      'Bad events beyond what targets allow, between onset and recovery, of incidents that closed: what they cost customers.',
      'andon_incident_bad_events_total',
      'service',
      { width: 12 },
    ),
    count(
      'Pages that nobody got',
      'Pages that a channel will never take, by service. Each is a person who was not told. The first of a service shows only with the second: its series begins with it.',
      'andon_undeliverable_pages_total',
      'service, channel',
      { width: 12, thresholds: noneIsGood() },
    ),
  ];
}

/** Which rules call people for nothing. */
export function noise(): readonly AnyPanel[] {
  const by = 'service, rule, severity';
  // Rules that opened none would be most of the table.
  const opened = `${grown('andon_incidents_total', ofSeverity, by)} > 0`;
  const unacknowledged = `${grown('andon_incidents_unacknowledged_total', ofSeverity, by)} and (${opened})`;
  return [
    table({
      title: 'Noise of each rule',
      description:
        'Incidents that each rule opened in this time, and how many of those that closed nobody had acknowledged. A rule that pages and that nobody answers is noise: raise its bound, make it a ticket, or drop it. Tickets are seldom acknowledged at all.',
      width: 14,
      height: 10,
      noValue: 'No rule opened an incident in this time',
      base: opened,
      labels: [
        { label: 'service', name: 'Service', link: toService('Service') },
        { label: 'rule', name: 'Rule' },
        { label: 'severity', name: 'Severity', width: 90 },
      ],
      values: [
        { name: 'Opened', unit: 'short', width: 90, decimals: 0, expr: opened },
        {
          name: 'Not acknowledged',
          unit: 'short',
          width: 155,
          decimals: 0,
          thresholds: noneIsBetter(),
          expr: unacknowledged,
        },
        { name: 'Share', unit: 'percentunit', width: 80, decimals: 0, expr: `(${unacknowledged}) / (${opened})` },
      ],
      sortBy: 'Opened',
    }),
    table({
      title: 'Rules that only record',
      description: 'How often each shadow rule would have stopped a line: what to know before it may page.',
      width: 10,
      height: 10,
      noValue: 'No rule only records',
      base: grown('andon_shadow_stops_total', ofSeverity, by),
      labels: [
        { label: 'service', name: 'Service', link: toService('Service') },
        { label: 'rule', name: 'Rule' },
        { label: 'severity', name: 'Severity', width: 90 },
      ],
      values: [
        {
          name: 'Would have stopped',
          unit: 'short',
          width: 175,
          decimals: 0,
          expr: grown('andon_shadow_stops_total', ofSeverity, by),
        },
      ],
      sortBy: 'Would have stopped',
    }),
  ];
}
