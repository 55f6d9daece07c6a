/** `null` in a values file: with it a second file switches off what the first one says. */

type Schema = Readonly<Record<string, unknown>>;

/** The schema with `null` allowed wherever a key may be left out, which templates take for just that. */
export function withNulls(schema: Schema): Schema {
  const needed = (schema['required'] ?? []) as readonly string[];
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [keyword, inside(keyword, value, needed)]),
  );
}

function inside(keyword: string, value: unknown, needed: readonly string[]): unknown {
  switch (keyword) {
    case 'properties':
      return Object.fromEntries(
        Object.entries(value as Readonly<Record<string, Schema>>).map(([key, inner]) => [
          key,
          needed.includes(key) ? withNulls(inner) : orNull(withNulls(inner)),
        ]),
      );
    case 'additionalProperties':
      return isSchema(value) ? orNull(withNulls(value)) : value;
    case 'items':
      return withNulls(value as Schema);
    case 'not':
      return asIfLeftOut(value as Schema);
    case 'anyOf':
    case 'oneOf':
      return (value as readonly Schema[]).map(asIfLeftOut);
    default:
      return value;
  }
}

function orNull(schema: Schema): Schema {
  const types = [schema['type']].flat().filter((type) => type !== undefined);
  const words = schema['enum'] as readonly unknown[] | undefined;
  const ways = ['anyOf', 'oneOf'].flatMap((keyword) => {
    const among = schema[keyword] as readonly Schema[] | undefined;
    return among === undefined ? [] : [[keyword, [...among, { type: 'null' }]] as const];
  });
  return {
    ...schema,
    ...(types.length === 0 ? {} : { type: [...new Set([...types, 'null'])] }),
    ...(words === undefined ? {} : { enum: [...words, null] }),
    ...Object.fromEntries(ways),
  };
}

/** Which keys are there decides between two ways; a key with `null` is not. */
function asIfLeftOut(schema: Schema): Schema {
  const needed = (schema['required'] ?? []) as readonly string[];
  if (schema['type'] !== undefined || needed.length === 0) return withNulls(schema);
  return {
    type: 'object',
    ...schema,
    properties: Object.fromEntries(needed.map((key) => [key, { not: { type: 'null' } }])),
  };
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null;
}
