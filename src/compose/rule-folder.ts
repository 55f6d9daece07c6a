import { setImmediate as turn } from 'node:timers/promises';
import { fingerprint, readRuleFiles } from '../adapters/files/rule-files.ts';
import type { Clock } from '../app/ports/clock.ts';
import type { LoadedRules, RuleSource } from '../app/ports/rule-source.ts';
import { loadRules } from '../config/load-rules.ts';
import type { Diagnostic } from '../domain/diagnostic.ts';

/** How often the files are looked at: a ConfigMap's own delay is a minute, an editor's is none, ms. */
const lookEveryMs = 2_000;

export interface RuleFolderOptions {
  readonly paths: readonly string[];
  /** Names that rule files may refer to. */
  readonly sources: readonly string[];
  readonly channels: readonly string[];
  readonly clock: Clock;
}

/** Rule files on disk as the source of declared services. */
export function createRuleFolder({ paths, sources, channels, clock }: RuleFolderOptions): RuleSource {
  return {
    async load(): Promise<LoadedRules> {
      const { files, unreadable } = await readRuleFiles(paths);
      if (unreadable.length > 0)
        return { kind: 'refused', problems: unreadable.map(({ path, problem }) => `${path}: ${problem}`) };
      if (files.length === 0)
        return { kind: 'refused', problems: [`${paths.join(', ')}: there is no rule file (.yaml, .yml) here`] };
      await turn();
      const { services, diagnostics } = loadRules(files, { sources, channels });
      const errors = diagnostics.filter((each) => each.severity === 'error');
      if (errors.length > 0) return { kind: 'refused', problems: errors.map(inOneLine) };
      return { kind: 'loaded', services, warnings: diagnostics.map(inOneLine) };
    },
    async watch(onChange, signal) {
      let known = await fingerprint(paths);
      while (!signal.aborted) {
        await clock.sleep(lookEveryMs, signal);
        if (signal.aborted) return;
        const seen = await fingerprint(paths);
        if (seen === known) continue;
        known = seen;
        onChange();
      }
    },
  };
}

/** `rules/checkout.yaml:12:7: unknown key …; write …`. */
export function inOneLine({ file, line, column, message, hint }: Diagnostic): string {
  return `${file}:${line}:${column}: ${message}${hint === undefined ? '' : `; ${hint}`}`;
}
