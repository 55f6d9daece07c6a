import * as z from 'zod';
import type { $ZodType } from 'zod/v4/core';

/** The part of JSON Schema that our schemas come out as. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
}

/** What stands at the top of a page that is made from a schema. */
export const generatedNotice =
  '<!-- Generated from the schema. Change the descriptions there, then run the tests with UPDATE=1. -->';

/** One Markdown section with a table for each mapping in a schema, in the order a reader meets them. */
export function schemaTables(schema: $ZodType): string {
  const root = z.toJSONSchema(schema, { io: 'input' }) as Node;
  const sections: string[] = [];
  const visit = (node: Node, title: string, description = node.description): void => {
    const rows = Object.entries(node.properties ?? {}).map(([key, field]) => row(key, field, node.required ?? []));
    sections.push([`## ${title}`, description ?? '', table(rows)].filter((part) => part !== '').join('\n\n'));
    for (const [key, field] of Object.entries(node.properties ?? {})) {
      for (const { node: inner, path } of mappingsIn(
        field,
        title === rootTitle ? key : `${title}.${key}`.replaceAll('`', ''),
      )) {
        visit(inner, `\`${path}\``, inner.description ?? field.description);
      }
    }
  };
  visit(root, rootTitle);
  return `${sections.join('\n\n')}\n`;
}

const rootTitle = 'The document';

function table(rows: readonly string[]): string {
  return ['| key | value | what it says |', '| --- | --- | --- |', ...rows].join('\n');
}

function row(key: string, field: Node, required: readonly string[]): string {
  const must = required.includes(key) ? ' (required)' : '';
  const initial =
    field.default === undefined || typeof field.default === 'object' || /Default/.test(field.description ?? '')
      ? ''
      : ` Default \`${JSON.stringify(field.default)}\`.`;
  const text = `${field.description ?? ''}${initial}`.replaceAll('|', '\\|').replaceAll('\n', ' ');
  return `| \`${key}\`${must} | ${typeOf(field)} | ${text} |`;
}

function typeOf(field: Node): string {
  if (field.const !== undefined) return `\`${JSON.stringify(field.const).replaceAll('"', '')}\``;
  if (field.enum !== undefined)
    return field.enum.map((value) => `\`${JSON.stringify(value).replaceAll('"', '')}\``).join(' or ');
  if (field.anyOf !== undefined) return field.anyOf.map(typeOf).join(' or ');
  switch (field.type) {
    case undefined:
      return 'value';
    case 'array':
      return `list of ${field.items === undefined ? 'values' : plural(typeOf(field.items))}`;
    case 'object':
      return typeof field.additionalProperties === 'object' && field.properties === undefined
        ? 'mapping by name'
        : 'mapping';
    case 'string':
      return 'text';
    case 'integer':
      return 'whole number';
    case 'boolean':
      return '`true` or `false`';
    default:
      return field.type;
  }
}

function plural(word: string): string {
  return /^[a-z ]+$/.test(word) ? `${word}s` : word;
}

/** The mappings with fixed keys that a field holds, directly or as entries. */
function mappingsIn(field: Node, path: string): readonly { node: Node; path: string }[] {
  if (field.properties !== undefined) return [{ node: field, path }];
  if (field.items !== undefined) return mappingsIn(field.items, `${path}[]`);
  if (typeof field.additionalProperties === 'object') return mappingsIn(field.additionalProperties, `${path}.<name>`);
  return (field.anyOf ?? []).flatMap((option) => mappingsIn(option, path));
}
