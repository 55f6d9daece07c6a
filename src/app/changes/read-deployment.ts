import type { DeploymentLook, DeploymentPlace } from '../../domain/change/deployment-seen.ts';
import type { GaugeSignal } from '../../domain/service/service.ts';
import type { Group } from '../../domain/service/group.ts';
import type { SignalOutcome, HistoryOutcome } from '../ports/source.ts';

const revisionLabel = 'annotation_deployment_kubernetes_io_revision';

/** What is asked about a deployment, in this order; plain gauges, so that a source reads them like any other. */
export function deploymentSignals(place: DeploymentPlace): readonly GaugeSignal[] {
  const of = selectorFor(place);
  const own = of({ deployment: place.deployment });
  const inNamespace = of({});
  const owned = of({ owner_kind: 'Deployment', owner_name: place.deployment });
  const bySet = 'max by (namespace, replicaset)';
  const generation = `max(kube_deployment_status_observed_generation${own})`;
  return [
    gauge('generation', generation, []),
    gauge('revision', `max by (${revisionLabel}) (kube_deployment_annotations${own})`, [revisionLabel]),
    gauge(
      'running',
      `max by (replicaset) (${bySet} (kube_replicaset_spec_replicas${inNamespace}) * on (namespace, replicaset) ` +
        `${bySet} (kube_replicaset_owner${owned})) > 0`,
      ['replicaset'],
    ),
    gauge(
      'complete',
      `(max(kube_deployment_status_replicas_updated${own}) == bool max(kube_deployment_spec_replicas${own})) * ` +
        `(max(kube_deployment_status_replicas_unavailable${own}) == bool 0) * ` +
        `(${generation} >= bool max(kube_deployment_metadata_generation${own}))`,
      [],
    ),
    gauge('created', `max(kube_deployment_created${own})`, []),
  ];
}

/** Selectors with the matchers of a place, and more. */
export function selectorFor({ namespace, labels }: DeploymentPlace) {
  return (more: Readonly<Record<string, string>>): string => {
    const matchers = Object.entries({ ...labels, namespace, ...more });
    return `{${matchers.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}}`;
  };
}

function gauge(name: string, query: string, by: readonly string[]): GaugeSignal {
  // They need no times of samples: what is gone from a scrape is gone from the answer.
  return { kind: 'gauge', name, query, by, selectors: [], maxGroups: 1000 };
}

interface Row {
  readonly group: Group;
  readonly value: number;
}

/** What the source said at one instant; a text where it said why not. */
export function lookOf(outcomes: readonly SignalOutcome[], at: number): DeploymentLook | string {
  const rows: (readonly Row[])[] = [];
  for (const outcome of outcomes) {
    if (outcome.kind === 'failed') return outcome.failure.detail;
    rows.push(outcome.kind === 'gauged' ? outcome.groups : []);
  }
  return lookFrom(rows, at);
}

/** What the source said of a stretch, oldest first; a text where it said why not. */
export function looksOf(outcomes: readonly HistoryOutcome[]): readonly DeploymentLook[] | string {
  const instants = new Map<number, Row[][]>();
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.kind === 'failed') return outcome.failure.detail;
    for (const { group, points } of outcome.groups)
      for (const { at, value } of points) {
        const rows = instants.get(at) ?? outcomes.map(() => []);
        if (value !== undefined) rows[index]?.push({ group, value });
        instants.set(at, rows);
      }
  }
  return [...instants].sort(([a], [b]) => a - b).map(([at, rows]) => lookFrom(rows, at));
}

function lookFrom(rows: readonly (readonly Row[])[], at: number): DeploymentLook {
  const [generations = [], revisions = [], running = [], complete = [], created = []] = rows;
  const numbers = revisions.flatMap(({ group }) => {
    const text = group[revisionLabel] ?? '';
    return /^\d{1,15}$/.test(text) ? [Number(text)] : [];
  });
  const generation = generations[0]?.value;
  const isComplete = complete[0] && complete[0].value === 1;
  // Seconds since the epoch.
  const createdAt = created[0] && Math.round(created[0].value) * 1000;
  return {
    at,
    ...(generation === undefined ? {} : { generation }),
    // A source may still show the label of before for a while.
    ...(numbers.length === 0 ? {} : { revision: Math.max(...numbers) }),
    running: running.flatMap(({ group }) => group['replicaset'] ?? []).sort(),
    ...(isComplete === undefined ? {} : { isComplete }),
    ...(createdAt === undefined ? {} : { createdAt }),
  };
}
