import { prometheusDuration } from '../text/prometheus-duration.ts';

/**
 * The labels of the series that recording rules write for an error budget: those of Sloth, and the one that says which
 * events are counted (`total`, `good` or `bad`, and `covered`: seconds of the window in which there was a total).
 */
export const recordedLabels = {
  service: 'sloth_service',
  budget: 'sloth_slo',
  window: 'sloth_window',
  events: 'slo_events',
} as const;

/** The name under which the events of a window are recorded. */
export function recordedMetric(windowMs: number): string {
  return eventsMetric(prometheusDuration(windowMs));
}

/** The same for a window as Prometheus writes it: `30m`. */
export function eventsMetric(window: string): string {
  return `andon:slo_events:increase${window}`;
}
