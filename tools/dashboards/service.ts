import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { marks } from './annotations.ts';
import { frame } from './frame.ts';
import { uids } from './links.ts';
import { serviceIncidents, serviceNow } from './service-overview.ts';
import { serviceBudgets, serviceRules, serviceSignals } from './service-signals.ts';
import { datasourceVariable, hiddenVariable, ownerVariable, serviceVariable } from './variables.ts';

/** One service: its signals against their targets, its budgets, its incidents and changes. */
export function serviceDashboard(): Dashboard {
  const signals = (kinds: string): string => `andon_signal_info{service="$service",kind=~"${kinds}"}`;
  return frame({
    uid: uids.service,
    title: 'Andon / Service',
    description: 'One service: its signals against their targets, error budgets, incidents and changes.',
    from: 'now-6h',
    variables: [
      datasourceVariable(),
      ownerVariable(),
      serviceVariable(),
      hiddenVariable('share', signals('ratio|latency'), 'signal'),
      hiddenVariable('gauge', signals('gauge'), 'signal'),
    ],
    annotations: marks(),
    sections: [
      { title: 'Now', panels: serviceNow() },
      { title: 'Incidents and changes', panels: serviceIncidents() },
      { title: 'Signals against their targets', panels: serviceSignals() },
      { title: 'Error budgets', panels: serviceBudgets() },
      { title: 'Rules and readings', panels: serviceRules() },
    ],
  });
}
