import type { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { toItself, toService } from './links.ts';
import { table } from './tables.ts';

/** The incidents that are not closed, with their pages and runbooks; `filter`: which services. */
export function incidentTable(filter: string, height: number): TablePanel {
  const labels = 'incident, service, group, severity, phase, title, acknowledged, runbook, page';
  const onset = `andon_incident_timestamp_seconds{${filter},moment="onset"}`;
  const isOpen = `max by (incident) (andon_incident_info{${filter}})`;
  return table({
    title: 'Incidents that are not closed',
    description:
      'Open ones, and resolved ones that are watched for a relapse. `Page` leads to the incident on the page of Andon where `externalUrl` is set, `Runbook` to what its rule file names.',
    width: 24,
    height,
    noValue: 'No incident is open',
    base: `max by (${labels}) (andon_incident_info{${filter}})`,
    labels: [
      { label: 'severity', name: 'Severity', width: 90 },
      { label: 'title', name: 'Title' },
      { label: 'service', name: 'Service', link: toService('Service') },
      { label: 'group', name: 'Group' },
      { label: 'phase', name: 'Phase', width: 100 },
      { label: 'acknowledged', name: 'Acknowledged', width: 140 },
      { label: 'incident', name: 'Incident', width: 240 },
      { label: 'page', name: 'Page', width: 80, shownAs: 'open', link: toItself("The incident on Andon's page") },
      { label: 'runbook', name: 'Runbook', width: 90, shownAs: 'open', link: toItself('What to do') },
    ],
    values: [
      {
        name: 'Began',
        width: 150,
        expr: `max by (incident) (${onset}) * 1000 and on (incident) ${isOpen}`,
        unit: 'dateTimeFromNow',
      },
    ],
    sortBy: 'Began',
  });
}
