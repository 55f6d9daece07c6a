import type { Incident } from '../../domain/incident/incident.ts';
import { webLink } from './page-shell.ts';

/** The uid of the dashboard that shows one service, in `dashboards/service.json`. */
export const serviceDashboardUid = 'andon-service';

/** The Grafana that shows Andon's dashboards. */
export interface Grafana {
  readonly url: string;
  /** Name or uid of the data source that holds Andon's metrics; absent: Grafana's default one. */
  readonly datasource?: string | undefined;
}

/** What to show before an incident and after it, ms: how it was, and whether it stays well. */
const besideMs = 1_800_000;

/** The dashboard of a service as it is now; undefined where no Grafana is configured. */
export function serviceDashboardLink(grafana: Grafana | undefined, service: string): string | undefined {
  return dashboardLink(grafana, service, {});
}

/** The dashboard of a service around one of its incidents; undefined where no Grafana is configured. */
export function incidentDashboardLink(grafana: Grafana | undefined, incident: Incident): string | undefined {
  const { service, onset, closedAt } = incident;
  const to = closedAt === undefined ? 'now' : String(Math.ceil(closedAt + besideMs));
  return dashboardLink(grafana, service, { from: String(Math.floor(onset.at - besideMs)), to });
}

function dashboardLink(
  grafana: Grafana | undefined,
  service: string,
  range: Readonly<Record<string, string>>,
): string | undefined {
  if (grafana === undefined) return undefined;
  const { url, datasource } = grafana;
  const query = new URLSearchParams({
    ...(datasource === undefined ? {} : { 'var-datasource': datasource }),
    'var-service': service,
    ...range,
  });
  return webLink(`${url.replace(/\/+$/, '')}/d/${serviceDashboardUid}?${query.toString()}`);
}
