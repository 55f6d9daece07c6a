import type { ImportedAlert, ImportedSlo } from './imported-slo.ts';
import type { Labels } from './input-labels.ts';

/** Objectives without what all of them say, which the service says instead. */
export interface Hoisted {
  readonly slos: readonly ImportedSlo[];
  readonly labels: Labels;
  readonly runbook?: string;
}

/**
 * Labels of a service are handed on with every page of it. So a label that every alert of every objective has alike, and a
 * runbook that they share, belong to the service; what is left belongs to the rules.
 */
export function hoistCommon(slos: readonly ImportedSlo[], own: Labels): Hoisted {
  const alerts = slos.flatMap((slo) =>
    slo.alerts.map((alert) => ({ ...alert, labels: { ...slo.labels, ...alert.labels } })),
  );
  const silent = slos.filter((slo) => slo.alerts.length === 0).map(({ labels }) => labels);
  const common = commonOf([...alerts.map(({ labels }) => labels), ...silent]);
  const runbooks = new Set(alerts.map(({ runbook }) => runbook));
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
