import { hash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { readRuleFiles } from '../adapters/files/rule-files.ts';
import { createConditionCompiler } from '../config/condition/compile-condition.ts';
import { loadFile, type LoadedFile, type RuleFile } from '../config/load-file.ts';
import { joinFiles, locatorOf, type LoadedRuleFiles } from '../config/load-rules.ts';
import type { Diagnostic } from '../domain/text/diagnostic.ts';
import type { Service } from '../domain/service/service.ts';

/** What the rule files say now. */
export type LoadedRules =
  | {
      readonly kind: 'loaded';
      readonly services: readonly Service[];
      readonly warnings: readonly Diagnostic[];
      readonly locate: LoadedRuleFiles['locate'];
      /** What they were read from. */
      readonly files: readonly RuleFile[];
    }
  | RefusedRules;

export interface RefusedRules {
  readonly kind: 'refused';
  /** One line a problem: file, line, column, what is wrong and what to write instead. */
  readonly problems: readonly string[];
  /** Services that are declared without a problem. */
  readonly sound: readonly Service[];
  /** Every service that is declared by name, sound or not. */
  readonly declared: readonly string[];
  /** What they were read from. */
  readonly files: readonly RuleFile[];
}

export interface RuleFolder {
  /** Reads and checks everything anew. Does not reject: what cannot be read is a problem too. */
  load(): Promise<LoadedRules>;
  /** Checks files that are not read from the folder. Does not reject. */
  judge(files: readonly RuleFile[]): Promise<LoadedRules>;
}

export interface RuleFolderOptions {
  readonly paths: readonly string[];
  /** Names that rule files may refer to. */
  readonly sources: readonly string[];
  readonly channels: readonly string[];
  /** Lets whatever else is due run; called after each document that was parsed. */
  readonly giveWay?: () => Promise<unknown>;
}

/** A file as it was read before, by what it held. */
interface KnownFile {
  readonly digest: string;
  readonly loaded: LoadedFile;
}

/** Rule files on disk as the source of declared services. A load never holds up a poll for longer than one document takes. */
export function createRuleFolder(options: RuleFolderOptions): RuleFolder {
  const { paths, sources, channels, giveWay = turn } = options;
  let known: ReadonlyMap<string, KnownFile> = new Map();

  const inTurns = async <T>(steps: Generator<undefined, T>): Promise<T> => {
    for (let next = steps.next(); ; next = steps.next()) {
      if (next.done === true) return next.value;
      await giveWay();
    }
  };

  /** Reads what changed; a file that holds what it held before is not parsed again. */
  const loadAll = async (files: readonly RuleFile[]): Promise<readonly LoadedFile[]> => {
    const compile = createConditionCompiler();
    const seen = new Map<string, KnownFile>();
    for (const file of files) {
      const digest = hash('sha256', file.content);
      const before = known.get(file.path);
      if (before?.digest === digest) {
        seen.set(file.path, before);
        continue;
      }
      seen.set(file.path, { digest, loaded: await inTurns(loadFile(file, compile, { sources, channels })) });
    }
    known = seen;
    return [...seen.values()].map((each) => each.loaded);
  };

  const judge = async (files: readonly RuleFile[]): Promise<LoadedRules> => {
    const loaded = await loadAll(files);
    const { services, diagnostics } = await inTurns(joinFiles(loaded));
    const errors = diagnostics.filter((each) => each.severity === 'error');
    if (errors.length === 0)
      return { kind: 'loaded', services, warnings: diagnostics, locate: locatorOf(files, loaded), files };
    const declared = loaded.flatMap((each) => each.declared.map(({ name }) => name));
    return {
      kind: 'refused',
      problems: errors.map(inOneLine),
      sound: services,
      declared: [...new Set(declared)],
      files,
    };
  };

  return {
    judge,
    async load() {
      const { files, unreadable } = await readRuleFiles(paths);
      const problems = unreadable.map(({ path, problem }) => `${path}: ${problem}`);
      if (files.length === 0 && problems.length === 0)
        problems.push(`${paths.join(', ')}: there is no rule file (.yaml, .yml) here`);
      const judged = await judge(files);
      if (problems.length === 0) return judged;
      return judged.kind === 'refused'
        ? { ...judged, problems: [...problems, ...judged.problems] }
        : {
            kind: 'refused',
            problems,
            sound: judged.services,
            declared: judged.services.map(({ name }) => name),
            files,
          };
    },
  };
}

/** `rules/checkout.yaml:12:7: unknown key …; write …`. */
export function inOneLine({ file, line, column, message, hint }: Diagnostic): string {
  return `${file}:${line}:${column}: ${message}${hint === undefined ? '' : `; ${hint}`}`;
}
