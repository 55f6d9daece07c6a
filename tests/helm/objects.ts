/** The parts of Kubernetes objects that tests look at. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
    readonly annotations?: Labels;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
}

export type Labels = Readonly<Record<string, string>>;

export interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string | number };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];
  readonly restartPolicy?: string;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly securityContext?: SecurityContext;
}

export interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly allowPrivilegeEscalation?: boolean;
  readonly privileged?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  readonly seccompProfile?: { readonly type: string };
}

export interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string; readonly items?: readonly { readonly key: string }[] };
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly emptyDir?: object;
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly securityContext?: SecurityContext & { readonly fsGroup?: number };
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
}

/** A pod that an object makes, with the labels that it gets. */
export interface Pod {
  readonly of: string;
  readonly labels: Labels;
  readonly spec: PodSpec;
}

/** The first object of a kind. */
export function ofKind(objects: readonly KubernetesObject[], wanted: string): KubernetesObject | undefined {
  return objects.find(({ kind }) => kind === wanted);
}

/** Every pod that the objects make. */
export function podsOf(objects: readonly KubernetesObject[]): readonly Pod[] {
  return objects.flatMap(({ kind, metadata, spec }): readonly Pod[] => {
    if (kind === 'Pod') return [{ of: nameOf({ kind, metadata }), labels: metadata.labels ?? {}, spec: spec as never }];
    if (kind !== 'Deployment' && kind !== 'Job') return [];
    const template = spec?.['template'] as { readonly metadata: { readonly labels: Labels }; readonly spec: PodSpec };
    return [{ of: nameOf({ kind, metadata }), labels: template.metadata.labels, spec: template.spec }];
  });
}

export function containersOf({ spec }: Pod): readonly Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

/** As people say it: `Deployment andon`. */
export function nameOf({ kind, metadata }: Pick<KubernetesObject, 'kind' | 'metadata'>): string {
  return `${kind} ${metadata.name}`;
}

/** The container that runs the daemon, and its pod. */
export function daemonIn(objects: readonly KubernetesObject[]): { readonly pod: Pod; readonly container: Container } {
  for (const pod of podsOf(objects)) {
    const container = containersOf(pod).find(({ args }) => args?.[0] === 'run');
    if (container !== undefined) return { pod, container };
  }
  throw new Error('no container runs the daemon');
}
