/** A deployment as kube-state-metrics shows it. */
export interface ShownDeployment {
  readonly generation: number;
  /** Absent: annotations are not exported. */
  readonly revision?: number;
  /** When the deployment was made, s since the epoch; absent: not exported. */
  readonly created?: number;
  /** Pods that each replica set is to have. */
  readonly sets: Readonly<Record<string, number>>;
  readonly replicas: number;
  readonly updated: number;
  readonly unavailable: number;
  /** False: replica sets are not exported. */
  readonly showsSets?: boolean;
}

/** The exposition of `checkout` in `shop`, beside another deployment of its namespace. */
export function kubeStateMetrics(shown: ShownDeployment): string {
  const own = 'namespace="shop",deployment="checkout"';
  const { generation, revision, created, sets, replicas, updated, unavailable, showsSets = true } = shown;
  return [
    `kube_deployment_status_observed_generation{${own}} ${generation}`,
    `kube_deployment_metadata_generation{${own}} ${generation}`,
    `kube_deployment_spec_replicas{${own}} ${replicas}`,
    `kube_deployment_status_replicas_updated{${own}} ${updated}`,
    `kube_deployment_status_replicas_unavailable{${own}} ${unavailable}`,
    ...(created === undefined ? [] : [`kube_deployment_created{${own}} ${created}`]),
    ...(revision === undefined
      ? []
      : [`kube_deployment_annotations{${own},annotation_deployment_kubernetes_io_revision="${revision}"} 1`]),
    'kube_deployment_status_observed_generation{namespace="shop",deployment="search"} 99',
    ...(showsSets
      ? [
          'kube_replicaset_spec_replicas{namespace="shop",replicaset="search-ccc"} 4',
          'kube_replicaset_owner{namespace="shop",replicaset="search-ccc",owner_kind="Deployment",owner_name="search"} 1',
          ...Object.entries(sets).flatMap(([name, count]) => [
            `kube_replicaset_spec_replicas{namespace="shop",replicaset="${name}"} ${count}`,
            `kube_replicaset_owner{namespace="shop",replicaset="${name}",owner_kind="Deployment",owner_name="checkout"} 1`,
          ]),
        ]
      : []),
    '',
  ].join('\n');
}
