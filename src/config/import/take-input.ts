import { show } from '../fields.ts';
import { isMapping, pathKey, settle, tell, type Fate, type InputPart } from './input-part.ts';

/** The part under a key, or undefined when there is none. A null says nothing, so it counts as none. */
export function partAt(part: InputPart, key: string): InputPart | undefined {
  const at = pathKey(part.path);
  const asked = part.document.asked.get(at) ?? new Set();
  part.document.asked.set(at, asked.add(key));
  const value = isMapping(part.value) && Object.hasOwn(part.value, key) ? part.value[key] : undefined;
  return value === undefined || value === null ? undefined : { ...part, value, path: [...part.path, key] };
}

/** A mapping under a key; anything else there is named. */
export function mappingAt(part: InputPart, key: string): InputPart | undefined {
  const found = partAt(part, key);
  return found === undefined || isMapping(found.value) ? found : refuse(found, 'a mapping');
}

/** The items of a list under a key; anything else there is named. */
export function itemsAt(part: InputPart, key: string): readonly InputPart[] {
  const found = partAt(part, key);
  if (found === undefined) return [];
  const { value, path, document } = found;
  if (!Array.isArray(value)) return refuse(found, 'a list') ?? [];
  return value.map((item: unknown, index) => ({ value: item, path: [...path, index], document }));
}

/** A text under a key, with numbers and truth values as they are written; anything else there is named. */
export function takeText(part: InputPart, key: string): string | undefined {
  const found = partAt(part, key);
  if (found === undefined) return undefined;
  settle(found);
  if (typeof found.value === 'string') return found.value.trim() === '' ? undefined : found.value;
  if (typeof found.value === 'number' || typeof found.value === 'boolean') return String(found.value);
  return refuse(found, 'a text');
}

/** A number under a key; one in quotes is taken with a word of warning. */
export function takeNumber(part: InputPart, key: string): number | undefined {
  const found = partAt(part, key);
  if (found === undefined) return undefined;
  settle(found);
  if (typeof found.value === 'number' && Number.isFinite(found.value)) return found.value;
  if (typeof found.value !== 'string' || !/^\s*\d+(?:\.\d+)?\s*$/.test(found.value)) return refuse(found, 'a number');
  tell(found, { kind: 'changed', message: `\`${key}\` is a text here; it was read as a number` });
  return Number(found.value);
}

export function takeFlag(part: InputPart, key: string): boolean | undefined {
  const found = partAt(part, key);
  if (found === undefined) return undefined;
  settle(found);
  return typeof found.value === 'boolean' ? found.value : refuse(found, 'true or false');
}

export function refuse(part: InputPart, expected: string): undefined {
  const message = `expected ${expected}, got ${show(part.value)}, so this was not carried over`;
  return tell(part, { kind: 'lost', message });
}

/** Names the part under a key, if there is one. */
export function tellAt(part: InputPart, key: string, fate: Fate): void {
  const found = partAt(part, key);
  if (found !== undefined) tell(found, { at: 'key', ...fate });
}
