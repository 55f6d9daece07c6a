import type { ImportedAlert, ImportedSlo } from './imported-slo.ts';
import type { Labels } from './input-labels.ts';

/** Objectives without what all of them say, which the service says instead. */
export interface Hoisted {
  readonly slos: readonly ImportedSlo[];
  readonly labels: Labels;
  readonly runbook?: string;
}

/**
 * Labels of a service are handed on with every page of it. So a label that all objectives have alike, and a runbook that all
 * alerts share, belong to the service. What was said of an alert stays with it: a second one may say something else.
 */
export function hoistCommon(slos: readonly ImportedSlo[], own: Labels): Hoisted {
  const common = commonOf(slos.map(({ labels }) => labels));
  const runbooks = new Set(slos.flatMap(({ alerts }) => alerts.map(({ runbook }) => runbook)));
  const [runbook] = runbooks.size === 1 ? runbooks : [];
  const labels = { ...own, ...common };
  return {
    labels,
    ...(runbook === undefined ? {} : { runbook }),
    slos: slos.map((slo) => ({
      ...slo,
      labels: without(slo.labels, labels),
      alerts: slo.alerts.map((alert) => bare(alert, slo, labels, runbook !== undefined)),
    })),
  };
}

/** An alert with its labels and those of its objective, but without what the service says. */
function bare(alert: ImportedAlert, slo: ImportedSlo, said: Labels, isRunbookSaid: boolean): ImportedAlert {
  const { runbook, ...rest } = alert;
  const labels = without({ ...slo.labels, ...alert.labels }, said);
  return { ...rest, labels, ...(isRunbookSaid || runbook === undefined ? {} : { runbook }) };
}

function commonOf([first, ...others]: readonly Labels[]): Labels {
  const entries = Object.entries(first ?? {});
  return Object.fromEntries(entries.filter(([name, value]) => others.every((labels) => labels[name] === value)));
}

/** Labels that the service does not say alike. */
function without(labels: Labels, said: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name, value]) => said[name] !== value));
}
