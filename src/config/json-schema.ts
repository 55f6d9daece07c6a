import * as z from 'zod';
import { ServiceFile } from './rule-file.ts';

/** The JSON Schema of a rule file, for editors: completion, descriptions and red squiggles. */
export function ruleFileJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(ServiceFile, { io: 'input' }), title: 'Andon rule file' };
}

/** As it is shipped in `rules/andon.schema.json`. */
export function ruleFileJsonSchemaText(): string {
  return `${JSON.stringify(ruleFileJsonSchema(), null, 2)}\n`;
}
