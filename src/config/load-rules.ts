import { byPosition, type DeclarationPath, type Diagnostic, type Position } from '../domain/text/diagnostic.ts';
import type { Service } from '../domain/service/service.ts';
import { nearest } from '../domain/text/nearest.ts';
import { createConditionCompiler } from './condition/compile-condition.ts';
import type { Declaration } from './declaration.ts';
import { decodeFile } from './decode-file.ts';
import { loadFile, type DeclaredService, type LoadedFile, type RuleFile } from './load-file.ts';
import { readDeclarations } from './read-declarations.ts';
import type { RuleContext } from './service/build-service.ts';
import { createSourceText } from './source-text.ts';

export type { RuleFile } from './load-file.ts';

export interface LoadedRules {
  /** Services of the documents that hold no error. */
  readonly services: readonly Service[];
  /** Every problem in every file, by position. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface LoadedRuleFiles extends LoadedRules {
  /** Where a part of a loaded service stands, or the nearest thing above it; undefined for an unknown service. */
  readonly locate: (service: string, path: DeclarationPath) => Position | undefined;
}

/** Reads rule files in one go. Never throws: whatever a file holds, each problem is a diagnostic. */
export function loadRules(files: readonly RuleFile[], context: RuleContext = {}): LoadedRuleFiles {
  const compile = createConditionCompiler();
  const loaded = files.map((file) => finish(loadFile(file, compile, context)));
  return { ...finish(joinFiles(loaded)), locate: locatorOf(files, loaded) };
}

/** Finds places in files that were read one by one; a file is parsed anew for each. */
export function locatorOf(files: readonly RuleFile[], loaded: readonly LoadedFile[]): LoadedRuleFiles['locate'] {
  let places: ReadonlyMap<string, Place> | undefined;
  return (service, path) => {
    places ??= placesOf(files, loaded);
    const place = places.get(service);
    return place === undefined ? undefined : reopen(place)?.locate(path);
  };
}

/** Where a service was declared. */
interface Place {
  readonly file: RuleFile;
  readonly index: number;
}

function placesOf(files: readonly RuleFile[], loaded: readonly LoadedFile[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const [at, file] of files.entries()) {
    for (const { name, index } of loaded[at]?.declared ?? []) if (!places.has(name)) places.set(name, { file, index });
  }
  return places;
}

function finish<T>(steps: Generator<undefined, T>): T {
  for (let next = steps.next(); ; next = steps.next()) if (next.done === true) return next.value;
}

/**
 * Puts files together that were read one by one: a service is declared once among all of them, and what it depends on is
 * declared too. Gives way before each that is not so, because to say where means to parse.
 */
export function* joinFiles(files: readonly LoadedFile[]): Generator<undefined, LoadedRules> {
  const diagnostics: Diagnostic[] = [];
  const services: Service[] = [];
  const first = new Map<string, DeclaredService>();
  for (const file of files) {
    diagnostics.push(...file.diagnostics);
    for (const declared of file.declared) {
      const before = first.get(declared.name);
      if (before !== undefined) {
        yield;
        diagnostics.push(duplicateService(declared, before));
        continue;
      }
      first.set(declared.name, declared);
      if (declared.service !== undefined) services.push(declared.service);
    }
  }
  for (const { dependsOn = [] } of first.values()) {
    for (const { service, named } of dependsOn) {
      if (first.has(service)) continue;
      yield;
      diagnostics.push(unknownDependency(service, named(), [...first.keys()]));
    }
  }
  return { services, diagnostics: withoutRepeats(diagnostics.sort(byPosition)) };
}

/** Parses anew to find a place: syntax trees are not kept. */
function reopen({ file, index }: Place): Declaration | undefined {
  const decoded = decodeFile(file.path, file.content);
  if ('problem' in decoded) return undefined;
  const source = createSourceText(file.path, decoded.text);
  let at = 0;
  for (const declaration of readDeclarations(source)) {
    if (at === index) return declaration;
    at += 1;
  }
  return undefined;
}

function duplicateService({ name, named }: DeclaredService, first: DeclaredService): Diagnostic {
  const { file, line } = first.named();
  return {
    ...named(),
    severity: 'error',
    code: 'duplicate-service',
    message: `the service \`${name}\` is declared already, in ${file}:${line}`,
    hint: 'a service is declared once; give this one another name',
  };
}

/** A warning: it may be declared in files that were not read here, and a gate makes nothing of a service that is not watched. */
function unknownDependency(service: string, at: Position, declared: readonly string[]): Diagnostic {
  const near = nearest(service, declared);
  return {
    ...at,
    severity: 'warning',
    code: 'unknown-dependency',
    message: `no rule file that was read declares a service \`${service}\`, so it never holds this gate back`,
    hint: near === undefined ? 'declare it, or leave it out' : `did you mean ${near}?`,
  };
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
