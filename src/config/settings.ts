import { byPosition, hasErrors, type Diagnostic } from '../domain/text/diagnostic.ts';
import { openDeclaration, type Declaration } from './declaration.ts';
import { decodeFile } from './decode-file.ts';
import type { Problem } from './problem.ts';
import { schemaProblems } from './schema-problems.ts';
import { templateProblems, type TemplateFaultFinder } from './settings/inline-templates.ts';
import { deniedHostProblems, type HostJudge } from './settings/denied-hosts.ts';
import { mergeSettings, type PartialSettings } from './settings/merge-settings.ts';
import { namedFileProblems, type FileFaultFinder } from './settings/named-files.ts';
import { mayShowSecret } from './settings/settings-fields.ts';
import { routeGaps, routeProblems } from './settings/check-routes.ts';
import type { Service } from '../domain/service/service.ts';
import { SettingsFile, type Settings } from './settings/settings-file.ts';
import { createSourceText } from './source-text.ts';
import { valueAt } from './value-at.ts';
import { parseDocuments } from './yaml-documents.ts';

export { isToldAgain, postingOf, type ChannelSettings } from './settings/channels/channel-settings.ts';
export { routesOf } from './settings/build-routes.ts';
export type { HeartbeatSettings } from './settings/heartbeat-settings.ts';
export type { ProxySettings } from './settings/proxy-settings.ts';
export type { Settings, SourceSettings } from './settings/settings-file.ts';
export type { TemplateFaultFinder } from './settings/inline-templates.ts';
export type { FileFaultFinder } from './settings/named-files.ts';
export type { HostJudge } from './settings/denied-hosts.ts';
export type { PartialSettings } from './settings/merge-settings.ts';

export interface ResolvedSettings {
  /** Absent when any diagnostic is an error. */
  readonly settings?: Settings;
  readonly diagnostics: readonly Diagnostic[];
}

/** Settings whose files have not been read; with the place of each, so that what is found in them can be reported. */
export interface PlacedSettings extends ResolvedSettings {
  /** Says where in the file, or that a flag, names what has a problem. */
  readonly place: (problem: Problem) => Diagnostic;
}

export interface SettingsFileText {
  readonly path: string;
  readonly content: Uint8Array;
}

/**
 * Reads the settings file, if there is one, with overrides laid over it, and fills in defaults. Never throws.
 * `templateProblem` says what is wrong with a channel's template; it is given by whoever renders templates, and
 * `mayBeCalled` by whoever posts.
 */
export function resolveSettings(
  file?: SettingsFileText,
  overrides: PartialSettings = {},
  templateProblem: TemplateFaultFinder = () => undefined,
  mayBeCalled: HostJudge = () => true,
): PlacedSettings {
  const opened = file === undefined ? { diagnostics: [] } : openSettings(file);
  const declared = opened.declaration?.value;
  const merged = mergeSettings(declared, overrides);
  const placed = (problem: Problem): Diagnostic => place(problem, merged, opened.declaration);
  if (hasErrors(opened.diagnostics)) return { diagnostics: opened.diagnostics, place: placed };
  const result = SettingsFile.safeParse(merged);
  const problems: readonly Problem[] = result.success
    ? [
        ...templateProblems(result.data, templateProblem),
        ...deniedHostProblems(result.data, mayBeCalled),
        ...routeProblems(result.data),
      ]
    : schemaProblems(SettingsFile, merged, result.error.issues);
  const diagnostics = [...opened.diagnostics, ...problems.map(placed)];
  diagnostics.sort(byPosition);
  return {
    ...(result.success && !hasErrors(diagnostics) ? { settings: result.data } : {}),
    diagnostics,
    place: placed,
  };
}

/** Reads every file that resolved settings name; an error for each that cannot be used, where it is named. */
export async function fileDiagnostics(
  { settings, place: placed }: PlacedSettings,
  find: FileFaultFinder,
): Promise<readonly Diagnostic[]> {
  if (settings === undefined) return [];
  return (await namedFileProblems(settings, find)).map(placed).sort(byPosition);
}

/** Warnings about routes in view of the services that rule files declare, where the settings say it. */
export function routeDiagnostics(
  { settings, place: placed }: PlacedSettings,
  services: readonly Service[],
): readonly Diagnostic[] {
  return settings === undefined ? [] : routeGaps(settings, services).map(placed).sort(byPosition);
}

function openSettings(file: SettingsFileText): { declaration?: Declaration; diagnostics: readonly Diagnostic[] } {
  const decoded = decodeFile(file.path, file.content);
  if ('problem' in decoded) return { diagnostics: [decoded.problem] };
  const source = createSourceText(file.path, decoded.text, mayShowSecret);
  const declarations: Declaration[] = [];
  const diagnostics = [...parseDocuments(source, (document) => declarations.push(openDeclaration(source, document)))];
  const [declaration, second] = declarations;
  if (second !== undefined) {
    const message = 'a settings file holds one document';
    diagnostics.push(second.diagnose({ path: [], code: 'too-many-documents', message }));
  }
  return {
    ...(declaration === undefined ? {} : { declaration }),
    diagnostics: [...diagnostics, ...(declaration?.faults ?? [])],
  };
}

/** A problem with a value that differs from what the file says comes from a flag or the environment. */
function place(problem: Problem, merged: unknown, declaration: Declaration | undefined): Diagnostic {
  if (declaration !== undefined) {
    const declared = valueAt(declaration.value, problem.path);
    const asDeclared = declared === valueAt(merged, problem.path) || typeof declared === 'object';
    if (asDeclared || problem.code === 'missing-key') return declaration.diagnose(problem);
  }
  const where = problem.path.join('.');
  return {
    file: '(flags and environment)',
    line: 1,
    column: 1,
    severity: problem.severity ?? 'error',
    code: problem.code,
    message: where === '' ? problem.message : `${where}: ${problem.message}`,
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
  };
}
