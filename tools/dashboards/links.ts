import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import { serviceDashboardUid } from '../../src/adapters/http/dashboard-link.ts';

export const uids = {
  fleet: 'andon-fleet',
  service: serviceDashboardUid,
  incidentMetrics: 'andon-incident-metrics',
  andon: 'andon-itself',
} as const;

/** The tag that they all bear. */
export const tag = 'andon';

interface Way {
  readonly uid: string;
  readonly title: string;
  readonly tooltip: string;
  /** The variables that both ends have and of which whatever was picked at one is valid at the other. */
  readonly keeps: readonly string[];
}

const toFleet = { uid: uids.fleet, title: 'Fleet', tooltip: 'Every service at a glance' };
const toIncidentMetrics = {
  uid: uids.incidentMetrics,
  title: 'Incident metrics',
  tooltip: 'How long incidents take, and what changes break',
};
// One service is shown there, while all or several may be picked elsewhere: the first of the owners is what it opens with.
const toOneService: Way = {
  uid: uids.service,
  title: 'Service',
  tooltip: 'One service',
  keeps: ['datasource', 'owner'],
};
const toAndon: Way = { uid: uids.andon, title: 'Andon itself', tooltip: 'Whether Andon works', keeps: ['datasource'] };
const services = ['datasource', 'owner', 'service'];

const ways: Readonly<Record<string, readonly Way[]>> = {
  [uids.fleet]: [toOneService, { ...toIncidentMetrics, keeps: services }, toAndon],
  [uids.service]: [
    // All services of the owners: whoever goes back to the fleet wants more than the one.
    { ...toFleet, keeps: ['datasource', 'owner'] },
    { ...toIncidentMetrics, keeps: services },
    toAndon,
  ],
  [uids.incidentMetrics]: [{ ...toFleet, keeps: services }, toOneService, toAndon],
  [uids.andon]: [
    { ...toFleet, keeps: ['datasource'] },
    { ...toOneService, keeps: ['datasource'] },
    { ...toIncidentMetrics, keeps: ['datasource'] },
  ],
};

/** From the top of a dashboard to each of the others, with the time and those variables that are valid there. */
export function dashboardLinks(from: string): readonly DashboardLinkBuilder[] {
  return (ways[from] ?? []).map(({ uid, title, tooltip, keeps }) =>
    new DashboardLinkBuilder(title)
      .type(DashboardLinkType.Link)
      .icon('dashboard')
      .tooltip(tooltip)
      .url(`/d/${uid}?${keeps.map((name) => `\${${name}:queryparam}`).join('&')}`)
      .includeVars(false)
      .keepTime(true)
      .targetBlank(false),
  );
}

export interface CellLink {
  readonly title: string;
  readonly url: string;
  readonly targetBlank: boolean;
}

/** From a cell to the dashboard of the service that its row is about; `column`: where the row names it. */
export function toService(column: string): CellLink {
  const url = `/d/${uids.service}?\${datasource:queryparam}&var-service=\${__data.fields.${column}}&\${__url_time_range}`;
  return { title: 'How the service stands', url, targetBlank: false };
}

/** From a line of a graph to the dashboard of its service. */
export const lineToService: CellLink = {
  title: 'How the service stands',
  url: `/d/${uids.service}?\${datasource:queryparam}&var-service=\${__field.labels.service}&\${__url_time_range}`,
  targetBlank: false,
};

/** To the address that stands in the cell itself: Andon's page, a runbook. Without `:raw` Grafana would encode it once more. */
export function toItself(title: string): CellLink {
  return { title, url: '${__value.raw:raw}', targetBlank: true };
}
