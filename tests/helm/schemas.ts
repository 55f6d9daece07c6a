import { AnalysisTemplate } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisTemplate';
import { ClusterAnalysisTemplate } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/ClusterAnalysisTemplate';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Pod } from 'kubernetes-models/v1/Pod';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { nameOf, type KubernetesObject } from './objects.ts';

interface Model {
  readonly apiVersion: string;
  readonly kind: string;
  new (data: never): { validate(): void };
}

const models: readonly Model[] = [
  AnalysisTemplate,
  ClusterAnalysisTemplate,
  ConfigMap,
  Deployment,
  Ingress,
  Job,
  NetworkPolicy,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  PodMonitor,
  PrometheusRule,
  Service,
  ServiceAccount,
  ServiceMonitor,
];

/** Kinds whose schema no library here has: the fields that their documents list, a path each, `*` for each item of a list. */
const withoutSchema: Readonly<Record<string, readonly string[]>> = {
  'flagger.app/v1beta1 MetricTemplate': ['provider', 'provider.type', 'provider.address', 'query'],
  'gateway.networking.k8s.io/v1 HTTPRoute': [
    'parentRefs',
    'parentRefs.*.name',
    'parentRefs.*.namespace',
    'parentRefs.*.sectionName',
    'hostnames',
    'rules',
    'rules.*.matches',
    'rules.*.matches.*.path',
    'rules.*.matches.*.path.type',
    'rules.*.matches.*.path.value',
    'rules.*.backendRefs',
    'rules.*.backendRefs.*.name',
    'rules.*.backendRefs.*.port',
  ],
};
const metadataFields = ['name', 'namespace', 'labels', 'annotations'];

/** What the schemas of Kubernetes and of the operators find wrong, a sentence each. They let fields pass that they do not know; this does not. */
export function schemaFaults(objects: readonly KubernetesObject[]): readonly string[] {
  return objects.flatMap((object) => {
    const { apiVersion, kind, metadata } = object;
    const unknownIn = (fields: readonly string[]): readonly string[] =>
      fields.map((field) => `${nameOf(object)}: no field ${field} is known`);
    const others = Object.keys(metadata).filter((key) => !metadataFields.includes(key));
    const listed = withoutSchema[`${apiVersion} ${kind}`];
    if (listed !== undefined) {
      const top = Object.keys(object).filter((key) => !['apiVersion', 'kind', 'metadata', 'spec'].includes(key));
      return unknownIn([...top, ...others, ...pathsIn(object.spec).filter((path) => !listed.includes(path))]);
    }
    const Known = models.find((model) => model.apiVersion === apiVersion && model.kind === kind);
    if (Known === undefined) return [`${nameOf(object)}: no schema of ${apiVersion} ${kind} is known`];
    const questions = new Map<string, Questions>();
    try {
      const model = new Known(object as never);
      model.validate.call(watched(model, '', questions));
      return unknownIn([...others, ...unasked(model, '', questions)]);
    } catch (error) {
      return [`${nameOf(object)}: ${error instanceof Error ? error.message : String(error)}`];
    }
  });
}

/** What a validator has asked an object: a mapping with any keys is listed, and of one with fields each field is asked for. */
interface Questions {
  readonly asked: Set<string>;
  isListed: boolean;
}

/** The same value, which notes what it is asked. */
function watched<T extends object>(value: T, path: string, questions: Map<string, Questions>): T {
  const own: Questions = questions.get(path) ?? { asked: new Set(), isListed: false };
  questions.set(path, own);
  return new Proxy(value, {
    get: (target, key) => {
      const inner: unknown = Reflect.get(target, key);
      if (typeof key !== 'string' || typeof inner === 'function') return inner;
      own.asked.add(key);
      return typeof inner === 'object' && inner !== null ? watched(inner, `${path}.${key}`, questions) : inner;
    },
    ownKeys: (target) => {
      own.isListed = true;
      return Reflect.ownKeys(target);
    },
  });
}

/** The paths of fields that nobody asked for, below objects of which something was asked. */
function unasked(value: object, path: string, questions: ReadonlyMap<string, Questions>): readonly string[] {
  const own = questions.get(path);
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const isKnown = own === undefined || own.isListed || own.asked.size === 0 || own.asked.has(key);
    if (!isKnown && !Array.isArray(value)) return [`${path}.${key}`.slice(1)];
    return typeof inner === 'object' && inner !== null ? unasked(inner, `${path}.${key}`, questions) : [];
  });
}

function pathsIn(value: unknown, path: readonly string[] = []): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = [...path, Array.isArray(value) ? '*' : key];
    return [...(Array.isArray(value) ? [] : [at.join('.')]), ...pathsIn(inner, at)];
  });
}
