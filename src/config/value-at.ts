import type { DeclarationPath } from '../domain/text/diagnostic.ts';

/** The value at a path inside plain data; undefined when there is none. */
export function valueAt(root: unknown, path: DeclarationPath): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
