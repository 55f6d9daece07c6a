import * as z from 'zod';
import type { $ZodType } from 'zod/v4/core';

/** The schema at a path, seen through optional, default and transform wrappers on the way; undefined when the path leads out of it. */
export function schemaAt(schema: $ZodType, path: readonly PropertyKey[]): $ZodType | undefined {
  let here: $ZodType | undefined = schema;
  for (const step of path) {
    if (here === undefined) return undefined;
    here = childOf(unwrap(here), step);
  }
  return here;
}

/** The keys a mapping schema knows; empty for anything else. */
export function knownKeys(schema: $ZodType | undefined): readonly string[] {
  const inner = schema === undefined ? undefined : unwrap(schema);
  if (inner instanceof z.ZodObject) return Object.keys(inner.shape);
  if (inner instanceof z.ZodUnion) return inner.options.flatMap(knownKeys);
  return [];
}

function childOf(schema: $ZodType, step: PropertyKey): $ZodType | undefined {
  if (schema instanceof z.ZodObject) return (schema.shape as Readonly<Record<PropertyKey, $ZodType>>)[step];
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (!(schema instanceof z.ZodUnion)) return undefined;
  return schema.options.map((option) => childOf(unwrap(option), step)).find((child) => child !== undefined);
}

function unwrap(schema: $ZodType): $ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return unwrap(schema.unwrap());
  }
  return schema instanceof z.ZodPipe ? unwrap(schema.in) : schema;
}
