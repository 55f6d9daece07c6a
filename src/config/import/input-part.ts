import type { DeclarationPath, Diagnostic, Position } from '../../domain/text/diagnostic.ts';
import type { Declaration } from '../declaration.ts';
import type { Problem } from '../problem.ts';

/** One document of the input, and what became of its parts. */
export interface InputDocument {
  readonly declaration: Declaration;
  /** Paths whose whole content is in the output, or was named; as JSON. */
  readonly settled: Set<string>;
  /** Keys that were asked for, by the path of their mapping; as JSON. */
  readonly asked: Map<string, Set<string>>;
  readonly report: Report;
}

/** Takes what became of a part; of what is no part of a document, such as a fault of the file, without one. */
export type Report = (diagnostic: Diagnostic, part?: InputPart) => void;

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
  part.document.report(diagnose(part, fate), part);
}

/** Like `tell`, of a part that may hold a secret, so no line of the file is shown. */
export function tellBlindly(part: InputPart, fate: Fate): void {
  settle(part);
  const { excerpt: _, ...rest } = diagnose(part, fate);
  part.document.report(rest, part);
}

function diagnose(part: InputPart, { kind, ...fate }: Fate): Diagnostic {
  const severity = kind === 'lost' ? 'error' : 'warning';
  return part.document.declaration.diagnose({ ...fate, path: part.path, severity, code: codes[kind] });
}

/** Whether a part stands somewhere inside another. */
export function isInside({ document, path }: InputPart, outer: InputPart): boolean {
  return (
    document === outer.document &&
    path.length > outer.path.length &&
    outer.path.every((step, index) => step === path[index])
  );
}

export function placeOf(part: InputPart): Position {
  return part.document.declaration.locate(part.path);
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function pathKey(path: DeclarationPath): string {
  return JSON.stringify(path);
}
