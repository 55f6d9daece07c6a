import { isMapping, remark, settle, type InputPart } from './input-part.ts';
import { mappingAt, partAt, takeText, tellAt } from './take-input.ts';

/** Where an object lives, and what a cluster writes into it by itself: that is in what `kubectl get` gives. */
const clusterKeys = [
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'finalizers',
  'generateName',
  'generation',
  'managedFields',
  'namespace',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
];
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** What Kubernetes asks for in every object, and is not about objectives: named where it says anything that gets lost. */
export function takeKubernetesHeader(object: InputPart): void {
  for (const key of ['apiVersion', 'kind']) takeText(object, key);
  takeClusterFacts(object);
  const metadata = mappingAt(object, 'metadata');
  if (metadata === undefined) return;
  takeText(metadata, 'name');
  const message = 'this is about the Kubernetes object, and Sloth puts it on no rule; a rule file is no such object';
  for (const key of ['labels', 'annotations']) {
    const part = partAt(metadata, key);
    if (part !== undefined && isMapping(part.value) && Object.keys(part.value).join() === lastApplied) settle(part);
    else tellAt(metadata, key, { kind: 'without-effect', message });
  }
}

/** Settles what a cluster wrote, in the status and in the metadata of an object. */
export function takeClusterFacts(object: InputPart): void {
  const metadata = mappingAt(object, 'metadata');
  const own = [partAt(object, 'status'), ...clusterKeys.map((key) => metadata && partAt(metadata, key))];
  for (const part of own) if (part !== undefined) settle(part);
}

/** Names what stands in a mapping of metadata and is of no use here, all of it at once. */
export function tellOthers(part: InputPart, isUsed: (key: string) => boolean, why: string): void {
  const others = Object.keys(isMapping(part.value) ? part.value : {}).filter((key) => !isUsed(key));
  for (const key of others) {
    const found = partAt(part, key);
    if (found !== undefined) settle(found);
  }
  const said = others.filter((key) => key !== lastApplied);
  if (said.length === 0) return;
  const message = `${said.map((key) => `\`${key}\``).join(', ')}: ${why}`;
  remark(part, { kind: 'without-effect', at: 'key', message });
}
