import { byPosition, hasErrors, type DeclarationPath, type Diagnostic, type Position } from '../domain/diagnostic.ts';
import type { Service } from '../domain/service.ts';
import { createConditionCompiler, type ConditionCompiler } from './condition/compile-condition.ts';
import { openDeclaration, type Declaration } from './declaration.ts';
import { decodeFile } from './decode-file.ts';
import { show } from './fields.ts';
import { buildService, type RuleContext } from './service/build-service.ts';
import { readParts } from './service/read-parts.ts';
import { createSourceText, type SourceText } from './source-text.ts';
import type { Problem } from './problem.ts';
import { maxProblems, parseDocuments } from './yaml-documents.ts';

export interface RuleFile {
  readonly path: string;
  readonly content: Uint8Array;
}

export interface LoadedRuleFiles {
  /** Services of the documents that hold no error. */
  readonly services: readonly Service[];
  /** Every problem in every file, by position. */
  readonly diagnostics: readonly Diagnostic[];
  /** Where a part of a loaded service stands, or the nearest thing above it; undefined for an unknown service. */
  readonly locate: (service: string, path: DeclarationPath) => Position | undefined;
}

/** Reads rule files. Never throws: whatever a file holds, each problem is a diagnostic. */
export function loadRules(files: readonly RuleFile[], context: RuleContext = {}): LoadedRuleFiles {
  const compile = createConditionCompiler();
  const diagnostics: Diagnostic[] = [];
  const services: Service[] = [];
  const places = new Map<string, Place>();
  for (const file of files) {
    const source = openFile(file, diagnostics);
    if (source === undefined) continue;
    let index = 0;
    const faults = parseDocuments(source, (document) => {
      const declaration = openDeclaration(source, document);
      const loaded = loadDocument(declaration, compile, context);
      const place = { source, index };
      index += 1;
      diagnostics.push(...loaded.diagnostics);
      if (loaded.name === undefined) return;
      const first = places.get(loaded.name);
      if (first !== undefined) {
        diagnostics.push(duplicateService(loaded.name, declaration, first));
        return;
      }
      places.set(loaded.name, place);
      if (loaded.service !== undefined) services.push(loaded.service);
    });
    diagnostics.push(...faults);
    if (index === 0 && faults.length === 0) {
      const message = 'this file declares nothing';
      diagnostics.push({ ...source.position(0), severity: 'warning', code: 'empty-file', message });
    }
  }
  return {
    services,
    diagnostics: withoutRepeats(diagnostics.sort(byPosition)),
    locate: (service, path) => {
      const place = places.get(service);
      return place === undefined ? undefined : reopen(place)?.locate(path);
    },
  };
}

/** Where a service was declared: kept instead of its syntax tree, which would make up most of the memory of a large fleet. */
interface Place {
  readonly source: SourceText;
  readonly index: number;
}

function reopen({ source, index }: Place): Declaration | undefined {
  const declarations: Declaration[] = [];
  parseDocuments(source, (document) => {
    if (declarations.length <= index) declarations.push(openDeclaration(source, document));
  });
  return declarations[index];
}

function openFile(file: RuleFile, diagnostics: Diagnostic[]): SourceText | undefined {
  const decoded = decodeFile(file.path, file.content);
  if ('text' in decoded) return createSourceText(file.path, decoded.text);
  diagnostics.push(decoded.problem);
  return undefined;
}

interface LoadedDocument {
  readonly diagnostics: readonly Diagnostic[];
  readonly name?: string;
  readonly service?: Service;
}

function loadDocument(declaration: Declaration, compile: ConditionCompiler, context: RuleContext): LoadedDocument {
  const diagnostics = [...declaration.faults];
  const { value, complete } = declaration;
  if (!complete) return { diagnostics };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = `expected a mapping that declares a service, got ${show(value)}`;
    const hint = 'start with apiVersion: andon/v1';
    if (diagnostics.length === 0)
      diagnostics.push(declaration.diagnose({ path: [], code: 'wrong-type', message, hint }));
    return { diagnostics };
  }
  const parts = readParts(value);
  const problems: Problem[] = parts.problems.slice(0, maxProblems);
  const service = buildService(parts, compile, context, (problem) => {
    if (problems.length < maxProblems) problems.push(problem);
  });
  for (const problem of problems) diagnostics.push(declaration.diagnose(problem));
  if (problems.length === maxProblems) {
    const message = `this document has more than ${maxProblems - 1} problems; further ones are not shown`;
    diagnostics.push(declaration.diagnose({ path: ['metadata'], at: 'key', code: 'too-many-problems', message }));
  }
  return {
    diagnostics,
    ...(parts.name === undefined ? {} : { name: parts.name }),
    ...(service === undefined || hasErrors(diagnostics) ? {} : { service }),
  };
}

function duplicateService(name: string, declaration: Declaration, first: Place): Diagnostic {
  const { file, line } = reopen(first)?.locate(['metadata', 'name']) ?? first.source.position(0);
  return declaration.diagnose({
    path: ['metadata', 'name'],
    code: 'duplicate-service',
    message: `the service \`${name}\` is declared already, in ${file}:${line}`,
    hint: 'a service is declared once; give this one another name',
  });
}

/** What stands behind an anchor is read once for each alias, but reported once. */
function withoutRepeats(sorted: readonly Diagnostic[]): readonly Diagnostic[] {
  return sorted.filter((diagnostic, index) => {
    for (let before = index - 1; before >= 0; before -= 1) {
      const other = sorted[before];
      if (other === undefined || byPosition(other, diagnostic) !== 0) return true;
      if (other.code === diagnostic.code && other.message === diagnostic.message) return false;
    }
    return true;
  });
}
