import { hasErrors, type Diagnostic, type Position } from '../domain/text/diagnostic.ts';
import type { Service } from '../domain/service/service.ts';
import type { ConditionCompiler } from './condition/compile-condition.ts';
import type { Declaration } from './declaration.ts';
import { decodeFile } from './decode-file.ts';
import { show } from './fields.ts';
import type { Problem } from './problem.ts';
import { readDeclarations } from './read-declarations.ts';
import { buildService, type RuleContext } from './service/build-service.ts';
import { readParts } from './service/read-parts.ts';
import { createSourceText } from './source-text.ts';
import { maxProblems } from './yaml-documents.ts';

export interface RuleFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** What one file says, whatever the others say. */
export interface LoadedFile {
  /** Its documents that declare something by name, in order. */
  readonly declared: readonly DeclaredService[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface DeclaredService {
  readonly name: string;
  /** Where the name stands. */
  readonly named: () => Position;
  /** Which document of the file it is, from 0. */
  readonly index: number;
  /** Services that its gate looks at, with where each is named. */
  readonly dependsOn?: readonly { readonly service: string; readonly named: () => Position }[];
  /** Absent when the document holds an error. */
  readonly service?: Service;
}

/**
 * Reads one rule file and gives way after each document, so that whoever drives it may do something else in between.
 * Keeps no syntax tree: those would make up most of the memory of a large fleet. Never throws, whatever the file holds.
 */
export function* loadFile(
  file: RuleFile,
  compile: ConditionCompiler,
  context: RuleContext,
): Generator<undefined, LoadedFile> {
  const decoded = decodeFile(file.path, file.content);
  if ('problem' in decoded) return { declared: [], diagnostics: [decoded.problem] };
  const source = createSourceText(file.path, decoded.text);
  const diagnostics: Diagnostic[] = [];
  const declared: DeclaredService[] = [];
  const declarations = readDeclarations(source);
  let index = 0;
  let next = declarations.next();
  for (; next.done !== true; next = declarations.next()) {
    const declaration = next.value;
    const { name, service, diagnostics: found } = loadDocument(declaration, compile, context);
    diagnostics.push(...found);
    if (name !== undefined) {
      const named = declaration.locateLater(['metadata', 'name']);
      const dependsOn = service?.gate.dependsOn.map((dependency, at) => ({
        service: dependency.service,
        named: declaration.locateLater(['spec', 'gate', 'dependsOn', at, 'service']),
      }));
      declared.push({
        name,
        named,
        index,
        ...(dependsOn === undefined || dependsOn.length === 0 ? {} : { dependsOn }),
        ...(service === undefined ? {} : { service }),
      });
    }
    index += 1;
    yield;
  }
  diagnostics.push(...next.value);
  if (index === 0 && next.value.length === 0) {
    const message = 'this file declares nothing';
    diagnostics.push({ ...source.position(0), severity: 'warning', code: 'empty-file', message });
  }
  return { declared, diagnostics };
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
