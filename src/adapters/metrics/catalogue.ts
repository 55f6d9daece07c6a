import { gatesMetrics } from './catalogue/gates.ts';
import { incidentsMetrics } from './catalogue/incidents.ts';
import type { MetricSpec } from './catalogue/metric-spec.ts';
import { servicesMetrics } from './catalogue/services.ts';
import { workMetrics } from './catalogue/work.ts';

export type { MetricSpec } from './catalogue/metric-spec.ts';

/** Every metric of Andon's own, in the order of the documentation. */
export const catalogue = {
  ...incidentsMetrics,
  ...gatesMetrics,
  ...servicesMetrics,
  ...workMetrics,
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type Catalogue = typeof catalogue;
