/**
 * A deeply frozen copy by way of JSON, so that a value comes back from memory exactly as it would from a file,
 * and no caller shares state with the store. Throws TypeError for what JSON cannot hold (cycles, bigint).
 */
export function frozenCopy<T>(value: T): T {
  return freeze(JSON.parse(JSON.stringify(value))) as T;
}

function freeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const child of Object.values(value)) freeze(child);
  return Object.freeze(value);
}
