import { decodeFile } from '../decode-file.ts';
import type { RuleFile } from '../load-file.ts';
import { readDeclarations } from '../read-declarations.ts';
import { createSourceText } from '../source-text.ts';
import { isMapping, rootOf, settle, type InputPart, type Report } from './input-part.ts';
import { nameLeftOvers } from './left-over.ts';
import { itemsAt, partAt, refuse } from './take-input.ts';

/** Lines that no diagnostic shows: data sources of OpenSLO may hold passwords. */
const mayHoldSecret = /passw|token|secret|authorization|api_?key|credential/i;

export interface OpenedInputs {
  /** Every object in every file: a document is one, or a list of them. */
  readonly objects: readonly InputPart[];
  /** Names what nobody took; called when all objects were read. */
  nameLeftOvers(): void;
}

/** Opens files as YAML within the bounds that rule files have. What is no object is reported. */
export function openInputs(files: readonly RuleFile[], report: Report): OpenedInputs {
  const roots = files.flatMap((file) => rootsIn(file, report));
  return {
    objects: roots.flatMap(objectsIn),
    nameLeftOvers: () => {
      for (const root of roots) nameLeftOvers(root);
    },
  };
}

function rootsIn(file: RuleFile, report: Report): readonly InputPart[] {
  const decoded = decodeFile(file.path, file.content);
  if ('problem' in decoded) {
    report(decoded.problem);
    return [];
  }
  const source = createSourceText(file.path, decoded.text, (line) => mayHoldSecret.test(line));
  const roots: InputPart[] = [];
  let isSilent = true;
  const declarations = readDeclarations(source);
  let next = declarations.next();
  for (; next.done !== true; next = declarations.next()) {
    const declaration = next.value;
    for (const fault of declaration.faults) report(fault);
    isSilent = false;
    // Half a document would be imported as if it were whole.
    if (declaration.faults.length > 0) continue;
    roots.push(rootOf({ declaration, settled: new Set(), asked: new Map(), report }));
  }
  for (const fault of next.value) report(fault);
  if (isSilent && next.value.length === 0) {
    report({ ...source.position(0), severity: 'error', code: 'empty-file', message: 'this file declares nothing' });
  }
  return roots;
}

function objectsIn(root: InputPart): readonly InputPart[] {
  return Array.isArray(root.value) ? itemsOf(root).flatMap(objectIn) : objectIn(root);
}

function objectIn(part: InputPart): readonly InputPart[] {
  if (!isMapping(part.value)) {
    refuse(part, 'a mapping');
    return [];
  }
  const { kind, items } = part.value;
  // What `kubectl get -o yaml` writes of several objects.
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [part];
  for (const key of ['apiVersion', 'kind', 'metadata']) {
    const own = partAt(part, key);
    if (own !== undefined) settle(own);
  }
  return itemsAt(part, 'items').flatMap(objectIn);
}

function itemsOf({ value, path, document }: InputPart): readonly InputPart[] {
  return (value as readonly unknown[]).map((item, index) => ({ value: item, path: [...path, index], document }));
}
