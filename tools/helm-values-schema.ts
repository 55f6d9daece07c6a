/** Writes helm/andon/values.schema.json, by which Helm checks values. Run it after a change of values or settings. */
import { writeFileSync } from 'node:fs';
import * as z from 'zod';
import { SettingsFile } from '../src/config/settings/settings-file.ts';
import { chartFolder, chartValues } from './helm-values.ts';
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
  for (const { path, comment, isGroup } of chartValues()) {
    const key = path.join('.');
    const shape = isGroup ? mapping() : key === 'settings' ? settingsSchema() : valueShapes[key];
    if (shape === undefined) throw new Error(`tools/helm-value-shapes.ts does not say what ${key} may be`);
    at(root, path.slice(0, -1))[path.at(-1) ?? ''] = comment === '' ? shape : { ...shape, description: comment };
  }
  Object.assign(at(root, []), {
    global: { type: 'object', description: 'What Helm hands to every chart; nothing of it is used.' },
    enabled: {
      type: 'boolean',
      description: 'For the `condition` of a chart that includes this one; nothing looks at it here.',
    },
  });
  return `${JSON.stringify(root, null, 2)}\n`;
}

function mapping(): Schema {
  return { type: 'object', additionalProperties: false, properties: {} };
}

function at(root: Schema, path: readonly string[]): Schema {
  let node = root;
  for (const key of path) node = (node['properties'] as Record<string, Schema>)[key] ?? {};
  return node['properties'] as Schema;
}

/** What `andon.yaml` may say, without what the chart says itself. */
function settingsSchema(): Schema {
  const { $schema: _, ...schema } = z.toJSONSchema(SettingsFile, { io: 'input', target: 'draft-7' });
  const { rules: _rules, listen: _listen, data: _data, ...properties } = schema.properties ?? {};
  return { ...schema, properties };
}

if (import.meta.main) writeFileSync(new URL('values.schema.json', chartFolder), helmValuesSchemaText());
