import { Document, stringify } from 'yaml';
import type { ServiceGroups } from './generate-rules.ts';

export type RulesFormat = 'rules' | 'prometheus-rule';

/** What a PrometheusRule manifest is called, and what its operator finds it by. */
export interface ManifestOptions {
  /** Absent: one manifest for each service, `andon-<service>`. */
  readonly name?: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
}

const yamlOptions = { lineWidth: 0, aliasDuplicateObjects: false } as const;

/** A file for `rule_files` of Prometheus, the rulers of Mimir and Thanos, or vmalert. */
export function renderRules(services: readonly ServiceGroups[]): string {
  return stringify({ groups: services.flatMap(({ groups }) => groups) }, yamlOptions);
}

/** Manifests for the Prometheus operator. */
export function renderManifests(services: readonly ServiceGroups[], options: ManifestOptions): string {
  const { name, namespace, labels } = options;
  const manifests =
    name === undefined
      ? services.map(({ service, groups }) => ({ name: `andon-${service}`, groups }))
      : [{ name, groups: services.flatMap(({ groups }) => groups) }];
  return manifests
    .map((manifest) => {
      const metadata = {
        name: manifest.name,
        ...(namespace === undefined ? {} : { namespace }),
        ...(Object.keys(labels).length === 0 ? {} : { labels }),
      };
      const document = new Document({
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PrometheusRule',
        metadata,
        spec: { groups: manifest.groups },
      });
      return document.toString(yamlOptions);
    })
    .join('---\n');
}
