/** Writes the dashboards for Grafana. Run it after a change in tools/dashboards. */
import { writeFileSync } from 'node:fs';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { andonDashboard } from './dashboards/andon.ts';
import { fleetDashboard } from './dashboards/fleet.ts';
import { incidentMetricsDashboard } from './dashboards/incident-metrics.ts';
import { serviceDashboard } from './dashboards/service.ts';

/** By the file in `dashboards/`. */
export const dashboards: Readonly<Record<string, () => Dashboard>> = {
  'fleet.json': fleetDashboard,
  'service.json': serviceDashboard,
  'incident-metrics.json': incidentMetricsDashboard,
  'andon.json': andonDashboard,
};

export function dashboardText(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

if (import.meta.main) {
  for (const [file, make] of Object.entries(dashboards))
    writeFileSync(new URL(`../dashboards/${file}`, import.meta.url), dashboardText(make()));
}
