export type Schema = Readonly<Record<string, unknown>>;

/** What a schema says of one value, or of a part of one. */
export interface Part {
  readonly path: string;
  readonly level: Schema;
}

/** Every mapping in a schema, with its path. */
export function levelsOf(level: Schema, path: string): readonly Part[] {
  return partsOf(level, path).filter(
    (part) => [part.level['type']].flat().includes('object') || part.level['properties'] !== undefined,
  );
}

/** Whatever a schema says something about, with its path. */
export function partsOf(level: Schema, path: string): readonly Part[] {
  const below = (inner: unknown, key: string) =>
    typeof inner === 'object' && inner !== null ? partsOf(inner as Schema, path === '' ? key : `${path}.${key}`) : [];
  return [
    { path, level },
    ...Object.entries((level['properties'] ?? {}) as Schema).flatMap(([key, inner]) => below(inner, key)),
    ...below(level['items'], '*'),
    ...below(level['additionalProperties'], '*'),
    ...['anyOf', 'oneOf', 'allOf'].flatMap((key) =>
      ((level[key] ?? []) as readonly Schema[]).flatMap((inner, index) => below(inner, `${key}${index}`)),
    ),
  ];
}
