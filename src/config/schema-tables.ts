import * as z from 'zod';
import type { $ZodType } from 'zod/v4/core';
import { maxTextLength } from './fields.ts';
import { valueKinds, type ValueKind } from './value-kinds.ts';

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
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Put in for these pages: what JSON Schema cannot say. */
  readonly kind?: ValueKind;
}

/** What stands at the top of a page that is made from a schema. */
export const generatedNotice =
  '<!-- Generated from the schema. Change the descriptions there, then run the tests with UPDATE=1. -->';

/** One Markdown section with a table for each mapping in a schema, in the order a reader meets them. */
export function schemaTables(schema: $ZodType): string {
  const root = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const kind = valueKinds.get(zodSchema);
      if (kind !== undefined) Object.assign(jsonSchema, { kind });
    },
  }) as Node;
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

/** What may stand there, with its limits in parentheses. */
function typeOf(field: Node): string {
  if (field.kind !== undefined) return withLimits(field.kind.word, field.kind.limits);
  if (field.const !== undefined) return `\`${JSON.stringify(field.const).replaceAll('"', '')}\``;
  if (field.enum !== undefined)
    return field.enum.map((value) => `\`${JSON.stringify(value).replaceAll('"', '')}\``).join(' or ');
  if (field.anyOf !== undefined) return field.anyOf.map(typeOf).join(' or ');
  switch (field.type) {
    case undefined:
      return 'value';
    case 'array':
      return listOf(field);
    case 'object':
      return typeof field.additionalProperties === 'object' && field.properties === undefined
        ? 'mapping by name'
        : 'mapping';
    case 'string': {
      const { maxLength = maxTextLength } = field;
      return withLimits('text', maxLength === maxTextLength ? undefined : `at most ${maxLength} characters`);
    }
    case 'integer':
      return withLimits('whole number', limitsOf(field.minimum, field.maximum));
    case 'boolean':
      return '`true` or `false`';
    default:
      return field.type;
  }
}

function listOf({ items, minItems, maxItems }: Node): string {
  const [word, ...limits] = items === undefined ? ['value'] : typeOf(items).split(/(?= \()/);
  return withLimits(`list of ${plural(word ?? '')}${limits.join('')}`, limitsOf(minItems, maxItems));
}

/** Bounds that a schema really has: those of all whole numbers that there are say nothing. */
function limitsOf(low: number | undefined, high: number | undefined): string | undefined {
  const [from, to] = [low, high].map((bound) =>
    bound === undefined || Math.abs(bound) === Number.MAX_SAFE_INTEGER ? undefined : bound,
  );
  if (from !== undefined) return to === undefined ? `at least ${from}` : `${from} to ${to}`;
  return to === undefined ? undefined : `at most ${to}`;
}

function withLimits(word: string, limits: string | undefined): string {
  return limits === undefined ? word : `${word} (${limits})`;
}

function plural(word: string): string {
  return /^[A-Za-z ]+$/.test(word) ? `${word}s` : word;
}

/** The mappings with fixed keys that a field holds, directly or as entries. */
function mappingsIn(field: Node, path: string): readonly { node: Node; path: string }[] {
  if (field.properties !== undefined) return [{ node: field, path }];
  if (field.items !== undefined) return mappingsIn(field.items, `${path}[]`);
  if (typeof field.additionalProperties === 'object') return mappingsIn(field.additionalProperties, `${path}.<name>`);
  return (field.anyOf ?? []).flatMap((option) => mappingsIn(option, path));
}
