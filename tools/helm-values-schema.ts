/** Writes helm/andon/values.schema.json, by which Helm checks values. Run it after a change of values or settings. */
import { writeFileSync } from 'node:fs';
import * as z from 'zod';
import { SettingsFile } from '../src/config/settings/settings-file.ts';
import { chartFolder, chartValues, type ChartValue } from './helm-values.ts';
import { withNulls } from './helm-values-nulls.ts';
import { valueShapes } from './helm-value-shapes.ts';

export const helmValuesSchemaPath = 'helm/andon/values.schema.json';

type Schema = Record<string, unknown>;

/** As it is shipped: draft-07, which every Helm knows. Descriptions are the comments of values.yaml. */
export function helmValuesSchemaText(): string {
  const root: Schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of the chart andon',
    ...mapping(),
  };
  for (const value of chartValues()) {
    const { path, comment, isGroup } = value;
    const key = path.join('.');
    const shape = isGroup ? groupSchema(key) : key === 'settings' ? settingsSchema() : valueShapes[key];
    if (shape === undefined) throw new Error(`tools/helm-value-shapes.ts does not say what ${key} may be`);
    const above = nodeAt(root, path.slice(0, -1));
    if (isNeeded(value)) require(above, path.at(-1) ?? '');
    (above['properties'] as Schema)[path.at(-1) ?? ''] = comment === '' ? shape : { ...shape, description: comment };
  }
  Object.assign(root['properties'] as Schema, {
    enabled: {
      type: 'boolean',
      description: 'For the `condition` of a chart that includes this one; nothing looks at it here.',
    },
  });
  return `${JSON.stringify(withNulls(root), null, 2)}\n`;
}

function mapping(): Schema {
  return { type: 'object', additionalProperties: false, properties: {} };
}

/** What is in `global` is also for other charts. */
function groupSchema(key: string): Schema {
  return key === 'global' ? { type: 'object', properties: {} } : mapping();
}

/**
 * Values that somebody may not take out with `null`: templates look into groups, and texts, numbers and truths stand where Kubernetes wants one. Lists,
 * labels and probes may go.
 */
function isNeeded({ path, isGroup, standard }: ChartValue): boolean {
  const key = path.join('.');
  if (key === 'global' || key.startsWith('global.')) return false;
  if (isGroup || needed.includes(key)) return true;
  return typeof standard !== 'object' && standard !== '';
}

const needed = ['securityContext', 'podSecurityContext', 'persistence.accessModes'];

function require(node: Schema, key: string): void {
  node['required'] = [...((node['required'] as readonly string[] | undefined) ?? []), key];
}

function nodeAt(root: Schema, path: readonly string[]): Schema {
  let node = root;
  for (const key of path) node = (node['properties'] as Record<string, Schema>)[key] ?? {};
  return node;
}

/** What `andon.yaml` may say, without what the chart says itself. */
function settingsSchema(): Schema {
  const { $schema: _, ...schema } = z.toJSONSchema(SettingsFile, { io: 'input', target: 'draft-7' });
  const { rules: _rules, listen: _listen, data: _data, ...properties } = schema.properties ?? {};
  return { ...schema, properties };
}

if (import.meta.main) writeFileSync(new URL('values.schema.json', chartFolder), helmValuesSchemaText());
