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

/** Kinds whose schema no library here has; tests look at them key by key. */
const withoutSchema = ['flagger.app/v1beta1 MetricTemplate', 'gateway.networking.k8s.io/v1 HTTPRoute'];

/** What the schemas of Kubernetes and of the operators find wrong, a sentence each. */
export function schemaFaults(objects: readonly KubernetesObject[]): readonly string[] {
  return objects.flatMap((object) => {
    const { apiVersion, kind } = object;
    if (withoutSchema.includes(`${apiVersion} ${kind}`)) return [];
    const Known = models.find((model) => model.apiVersion === apiVersion && model.kind === kind);
    if (Known === undefined) return [`${nameOf(object)}: no schema of ${apiVersion} ${kind} is known`];
    try {
      new Known(object as never).validate();
      return [];
    } catch (error) {
      return [`${nameOf(object)}: ${error instanceof Error ? error.message : String(error)}`];
    }
  });
}
