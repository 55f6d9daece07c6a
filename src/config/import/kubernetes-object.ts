import { mappingAt, takeText, tellAt, type InputPart } from './input-part.ts';

/** What Kubernetes asks for in every object, and is not about objectives: named where it says anything that gets lost. */
export function takeKubernetesHeader(object: InputPart): void {
  for (const key of ['apiVersion', 'kind']) takeText(object, key);
  const metadata = mappingAt(object, 'metadata');
  if (metadata === undefined) return;
  for (const key of ['name', 'namespace']) takeText(metadata, key);
  const message = 'this is about the Kubernetes object, and Sloth puts it on no rule; a rule file is no such object';
  for (const key of ['labels', 'annotations']) tellAt(metadata, key, { kind: 'without-effect', message });
}
