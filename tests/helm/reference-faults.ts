import { containersOf, nameOf, podsOf, type KubernetesObject, type Labels, type Pod, type Volume } from './objects.ts';

/** Names of objects that the values say are made elsewhere. */
export interface Elsewhere {
  readonly configMaps?: readonly string[];
  readonly secrets?: readonly string[];
  readonly claims?: readonly string[];
}

/** Names in objects that lead to nothing: ports, volumes, ConfigMaps, claims, selectors, accounts. A sentence each. */
export function referenceFaults(objects: readonly KubernetesObject[], elsewhere: Elsewhere): readonly string[] {
  const pods = podsOf(objects);
  return [
    ...duplicates(objects.map((each) => `${nameOf(each)} in ${each.metadata.namespace ?? 'no namespace'}`)),
    ...pods.flatMap((pod) => [...portFaults(pod), ...mountFaults(pod), ...volumeFaults(pod, objects, elsewhere)]),
    ...objects.flatMap((object) => selectorFaults(object, objects, pods)),
  ];
}

function portFaults(pod: Pod): readonly string[] {
  const ports = containersOf(pod).flatMap(({ ports = [] }) => ports);
  const faults = [
    ...duplicates(ports.map(({ name }) => `port ${name} of ${pod.of}`)),
    ...duplicates(ports.map(({ containerPort }) => `port ${containerPort} of ${pod.of}`)),
  ];
  for (const container of containersOf(pod)) {
    for (const kind of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      const port = container[kind]?.httpGet?.port;
      if (
        port === undefined ||
        container.ports?.some(({ name, containerPort }) => [name, containerPort].includes(port))
      )
        continue;
      faults.push(`${kind} of ${pod.of} asks port ${port}, which ${container.name} has not`);
    }
  }
  return faults;
}

function mountFaults(pod: Pod): readonly string[] {
  const volumes = (pod.spec.volumes ?? []).map(({ name }) => name);
  const mounts = containersOf(pod).flatMap(({ volumeMounts = [] }) => volumeMounts);
  return [
    ...duplicates(volumes.map((name) => `volume ${name} of ${pod.of}`)),
    ...volumes.flatMap((name) =>
      mounts.some((each) => each.name === name) ? [] : [`${pod.of}: nobody mounts ${name}`],
    ),
    ...mounts.flatMap(({ name }) => (volumes.includes(name) ? [] : [`${pod.of} mounts ${name}, which is no volume`])),
    ...mounts.flatMap(({ mountPath, subPath }) =>
      subPath === undefined ? [] : [`${pod.of} mounts ${mountPath} by subPath, which never changes`],
    ),
    // A mount point cannot be made in a volume that is read-only.
    ...mounts.flatMap(({ mountPath }) =>
      mounts.some((other) => mountPath.startsWith(`${other.mountPath}/`)) ? [`${mountPath} lies in another mount`] : [],
    ),
  ];
}

function volumeFaults(pod: Pod, objects: readonly KubernetesObject[], elsewhere: Elsewhere): readonly string[] {
  const has = (kind: string, name: string | undefined, others: readonly string[] = []): boolean =>
    name === undefined ||
    others.includes(name) ||
    objects.some((object) => object.kind === kind && object.metadata.name === name);
  const isThere = ({ configMap, secret, persistentVolumeClaim: claim }: Volume): boolean =>
    has('ConfigMap', configMap?.name, elsewhere.configMaps) &&
    has('Secret', secret?.secretName, elsewhere.secrets) &&
    has('PersistentVolumeClaim', claim?.claimName, elsewhere.claims);
  const account = pod.spec.serviceAccountName;
  return [
    ...(pod.spec.volumes ?? []).flatMap((volume) =>
      isThere(volume) ? [] : [`${pod.of}: no object for ${volume.name}`],
    ),
    ...(account === 'default' || has('ServiceAccount', account) ? [] : [`${pod.of}: no ServiceAccount ${account}`]),
  ];
}

function selectorFaults(
  object: KubernetesObject,
  objects: readonly KubernetesObject[],
  pods: readonly Pod[],
): readonly string[] {
  const name = nameOf(object);
  const spec = object.spec ?? {};
  const matchLabels = (key: string): Labels => (spec[key] as { readonly matchLabels: Labels }).matchLabels;
  const one = (labels: Labels): readonly string[] => {
    const found = pods.filter((pod) => isSelected(pod.labels, labels));
    return found.length === 1 ? [] : [`${name} selects ${found.length} pods: ${found.map(({ of }) => of).join(', ')}`];
  };
  const portOf = (labels: Labels, port: unknown): readonly string[] =>
    pods
      .filter((pod) => isSelected(pod.labels, labels))
      .flatMap((pod) =>
        containersOf(pod).flatMap(({ ports = [] }) => ports.flatMap((each) => [each.name, `${each.containerPort}`])),
      )
      .includes(String(port))
      ? []
      : [`${name} names the port ${String(port)}, which no container has`];
  switch (object.kind) {
    case 'Deployment':
    case 'PodDisruptionBudget':
      return one(matchLabels('selector'));
    case 'NetworkPolicy':
      return one(matchLabels('podSelector'));
    case 'Service': {
      const labels = spec['selector'] as Labels;
      const ports = spec['ports'] as readonly { readonly targetPort: unknown }[];
      return [...one(labels), ...ports.flatMap(({ targetPort }) => portOf(labels, targetPort))];
    }
    case 'PodMonitor': {
      const endpoints = spec['podMetricsEndpoints'] as readonly { readonly port: unknown }[];
      const labels = matchLabels('selector');
      return [...one(labels), ...endpoints.flatMap(({ port }) => portOf(labels, port))];
    }
    case 'ServiceMonitor': {
      const services = objects.filter(
        ({ kind, metadata }) => kind === 'Service' && isSelected(metadata.labels ?? {}, matchLabels('selector')),
      );
      if (services.length !== 1) return [`${name} selects ${services.length} Services`];
      const ports = services[0]?.spec?.['ports'] as readonly { readonly name: string }[];
      const endpoints = spec['endpoints'] as readonly { readonly port: string }[];
      return endpoints.flatMap(({ port }) =>
        ports.some((each) => each.name === port) ? [] : [`${name} names the port ${port}, which the Service has not`],
      );
    }
    case 'Ingress':
    case 'HTTPRoute':
      return backendsOf(object).flatMap((backend) => {
        const service = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === backend.name);
        const ports = (service?.spec?.['ports'] ?? []) as readonly { readonly port: number }[];
        return ports.some(({ port }) => port === backend.port)
          ? []
          : [`${name} leads to port ${backend.port} of the Service ${backend.name}, which is not there`];
      });
    default:
      return [];
  }
}

interface Backend {
  readonly name: string;
  readonly port: number;
}

/** The Services that an Ingress or an HTTPRoute leads to. */
function backendsOf({ spec = {} }: KubernetesObject): readonly Backend[] {
  interface Path {
    readonly backend: { readonly service: { readonly name: string; readonly port: { readonly number: number } } };
  }
  const rules = spec['rules'] as readonly {
    readonly backendRefs?: readonly Backend[];
    readonly http?: { readonly paths: readonly Path[] };
  }[];
  return rules.flatMap(({ backendRefs = [], http }) => [
    ...backendRefs,
    ...(http?.paths ?? []).map(({ backend: { service } }) => ({ name: service.name, port: service.port.number })),
  ]);
}

function isSelected(labels: Labels, selector: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

function duplicates(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
    (name) => `${name} is there twice`,
  );
}
