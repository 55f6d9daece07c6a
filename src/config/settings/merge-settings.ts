/** Settings as flags and the environment give them, shaped like the file; whatever is missing is left to the file. */
export type PartialSettings = { readonly [key: string]: unknown };

/** Lays overrides over what a file says: mappings key by key, sources and channels entry by entry by name, all else whole. */
export function mergeSettings(file: unknown, overrides: PartialSettings): unknown {
  if (!isMapping(file)) return file === undefined || file === null ? overrides : file;
  const merged: Record<string, unknown> = { ...file };
  for (const [key, value] of Object.entries(overrides)) {
    if (value === undefined) continue;
    const before = merged[key];
    if (isMapping(value) && isMapping(before)) merged[key] = mergeSettings(before, value);
    else if (isNamedList(value) && isNamedList(before)) merged[key] = mergeByName(before, value);
    else merged[key] = value;
  }
  return merged;
}

function mergeByName(before: readonly PartialSettings[], over: readonly PartialSettings[]): readonly unknown[] {
  const merged: unknown[] = [...before];
  for (const entry of over) {
    const index = before.findIndex((candidate) => nameOf(candidate) === nameOf(entry));
    if (index === -1) merged.push(entry);
    else merged[index] = mergeSettings(before[index], entry);
  }
  return merged;
}

function nameOf(entry: PartialSettings): unknown {
  return entry['name'] ?? 'default';
}

function isNamedList(value: unknown): value is readonly PartialSettings[] {
  return Array.isArray(value) && value.every(isMapping);
}

function isMapping(value: unknown): value is PartialSettings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
