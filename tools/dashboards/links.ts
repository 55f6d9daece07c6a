import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import { serviceDashboardUid } from '../../src/adapters/http/dashboard-link.ts';

export const uids = {
  fleet: 'andon-fleet',
  service: serviceDashboardUid,
  incidentMetrics: 'andon-incident-metrics',
  andon: 'andon-itself',
} as const;

/** The tag by which the dashboards find each other. */
export const tag = 'andon';

/** Andon's dashboards at the top of each of them, with the variables and the time that were picked. */
export function dashboardLinks(): DashboardLinkBuilder {
  return new DashboardLinkBuilder('Andon')
    .type(DashboardLinkType.Dashboards)
    .icon('external link')
    .tooltip("Andon's other dashboards")
    .tags([tag])
    .asDropdown(false)
    .includeVars(true)
    .keepTime(true);
}

export interface CellLink {
  readonly title: string;
  readonly url: string;
  readonly targetBlank: boolean;
}

/** From a cell to the dashboard of the service that its row is about; `column`: where the row names it. */
export function toService(column: string): CellLink {
  const url = `/d/${uids.service}?var-datasource=\${datasource}&var-service=\${__data.fields.${column}}&\${__url_time_range}`;
  return { title: 'How the service stands', url, targetBlank: false };
}

/** From a line of a graph to the dashboard of its service. */
export const lineToService: CellLink = {
  title: 'How the service stands',
  url: `/d/${uids.service}?var-datasource=\${datasource}&var-service=\${__field.labels.service}&\${__url_time_range}`,
  targetBlank: false,
};

/** To the address that stands in the cell itself: Andon's page, a runbook. */
export function toItself(title: string): CellLink {
  return { title, url: '${__value.raw}', targetBlank: true };
}
