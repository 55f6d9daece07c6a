import { podsOf, type KubernetesObject } from './objects.ts';
import { podSecurityFaults } from './pod-security.ts';
import { referenceFaults, type Elsewhere } from './reference-faults.ts';
import { schemaFaults } from './schemas.ts';

/** All that Kubernetes, its operators or a namespace of the standard `restricted` would find wrong, a sentence each. */
export function objectFaults(objects: readonly KubernetesObject[], elsewhere: Elsewhere): readonly string[] {
  return [
    ...schemaFaults(objects),
    ...podsOf(objects).flatMap(podSecurityFaults),
    ...referenceFaults(objects, elsewhere),
  ];
}
