import type { DeclarationPath, Diagnostic, Position } from '../../domain/diagnostic.ts';
import type { Declaration } from '../declaration.ts';
import { show } from '../fields.ts';
import type { Problem } from '../problem.ts';

/** One document of the input, and what became of its parts. */
export interface InputDocument {
  readonly declaration: Declaration;
  /** Paths whose whole content is in the output, or was named; as JSON. */
  readonly settled: Set<string>;
  /** Keys that were asked for, by the path of their mapping; as JSON. */
  readonly asked: Map<string, Set<string>>;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** A part of the input that knows where it stands. What is read through it counts as carried over. */
export interface InputPart {
  readonly value: unknown;
  readonly path: DeclarationPath;
  readonly document: InputDocument;
}

/** What happened to a part, for people; `lost` is an error, since the output says less than the input. */
export type Fate = Pick<Problem, 'at' | 'within' | 'hint'> & {
  readonly kind: 'lost' | 'changed' | 'suspicious' | 'without-effect';
  readonly message: string;
};

const codes = {
  lost: 'not-carried-over',
  changed: 'carried-over-changed',
  suspicious: 'suspicious',
  'without-effect': 'without-effect',
} as const satisfies Record<Fate['kind'], string>;

export function rootOf(document: InputDocument): InputPart {
  return { value: document.declaration.value, path: [], document };
}

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

/** Counts a part with all that is in it as carried over. */
export function settle(part: InputPart): void {
  part.document.settled.add(pathKey(part.path));
}

/** Says what happened to a part. What is lost or without effect is settled by that, with all that is in it. */
export function tell(part: InputPart, fate: Fate): undefined {
  if (fate.kind === 'lost' || fate.kind === 'without-effect') settle(part);
  remark(part, fate);
}

/** Says something about a part without settling it: what is in it is still carried over, or named. */
export function remark(part: InputPart, fate: Fate): undefined {
  part.document.report(diagnose(part, fate));
}

/** Like `tell`, of a part that may hold a secret, so no line of the file is shown. */
export function tellBlindly(part: InputPart, fate: Fate): void {
  settle(part);
  const { excerpt: _, ...rest } = diagnose(part, fate);
  part.document.report(rest);
}

function diagnose(part: InputPart, { kind, ...fate }: Fate): Diagnostic {
  const severity = kind === 'lost' ? 'error' : 'warning';
  return part.document.declaration.diagnose({ ...fate, path: part.path, severity, code: codes[kind] });
}

/** Names the part under a key, if there is one. */
export function tellAt(part: InputPart, key: string, fate: Fate): void {
  const found = partAt(part, key);
  if (found !== undefined) tell(found, { at: 'key', ...fate });
}

export function placeOf(part: InputPart): Position {
  return part.document.declaration.locate(part.path);
}

export function refuse(part: InputPart, expected: string): undefined {
  const message = `expected ${expected}, got ${show(part.value)}, so this was not carried over`;
  return tell(part, { kind: 'lost', message });
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function pathKey(path: DeclarationPath): string {
  return JSON.stringify(path);
}
