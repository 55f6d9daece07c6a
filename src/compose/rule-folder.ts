import { hash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { fingerprint, readRuleFiles } from '../adapters/files/rule-files.ts';
import type { Clock } from '../app/ports/clock.ts';
import type { LoadedRules, RuleSource } from '../app/ports/rule-source.ts';
import { createConditionCompiler } from '../config/condition/compile-condition.ts';
import { loadFile, type LoadedFile, type RuleFile } from '../config/load-file.ts';
import { joinFiles } from '../config/load-rules.ts';
import type { Diagnostic } from '../domain/diagnostic.ts';

/** How often the files are looked at: a ConfigMap's own delay is a minute, an editor's is none, ms. */
const lookEveryMs = 2_000;

export interface RuleFolderOptions {
  readonly paths: readonly string[];
  /** Names that rule files may refer to. */
  readonly sources: readonly string[];
  readonly channels: readonly string[];
  readonly clock: Clock;
  /** Lets whatever else is due run; called after each document that was parsed. */
  readonly giveWay?: () => Promise<unknown>;
}

/** A file as it was read before, by what it held. */
interface KnownFile {
  readonly digest: string;
  readonly loaded: LoadedFile;
}

/** Rule files on disk as the source of declared services. A load never holds up a poll for longer than one document takes. */
export function createRuleFolder(options: RuleFolderOptions): RuleSource {
  const { paths, sources, channels, clock, giveWay = turn } = options;
  let known: ReadonlyMap<string, KnownFile> = new Map();

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
      const steps = loadFile(file, compile, { sources, channels });
      let next = steps.next();
      for (; next.done !== true; next = steps.next()) await giveWay();
      seen.set(file.path, { digest, loaded: next.value });
    }
    known = seen;
    return [...seen.values()].map((each) => each.loaded);
  };

  return {
    async load(): Promise<LoadedRules> {
      const { files, unreadable } = await readRuleFiles(paths);
      if (unreadable.length > 0)
        return { kind: 'refused', problems: unreadable.map(({ path, problem }) => `${path}: ${problem}`) };
      if (files.length === 0)
        return { kind: 'refused', problems: [`${paths.join(', ')}: there is no rule file (.yaml, .yml) here`] };
      const { services, diagnostics } = joinFiles(await loadAll(files));
      const errors = diagnostics.filter((each) => each.severity === 'error');
      if (errors.length > 0) return { kind: 'refused', problems: errors.map(inOneLine) };
      return { kind: 'loaded', services, warnings: diagnostics.map(inOneLine) };
    },
    async watch(onChange, signal) {
      let before = await fingerprint(paths);
      while (!signal.aborted) {
        await clock.sleep(lookEveryMs, signal);
        if (signal.aborted) return;
        const seen = await fingerprint(paths);
        if (seen === before) continue;
        before = seen;
        onChange();
      }
    },
  };
}

/** `rules/checkout.yaml:12:7: unknown key …; write …`. */
export function inOneLine({ file, line, column, message, hint }: Diagnostic): string {
  return `${file}:${line}:${column}: ${message}${hint === undefined ? '' : `; ${hint}`}`;
}
