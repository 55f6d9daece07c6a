import type { KeptFiles } from '../adapters/files/kept-files.ts';
import type { StandIn } from '../app/ports/configuration.ts';
import type { Service } from '../domain/service/service.ts';
import type { RefusedRules, RuleFolder } from './rule-folder.ts';
import type { DeclaredRules } from './settle-doubts.ts';

/** Rules that run in place of files with problems. */
export interface StandInRules {
  readonly standIn: StandIn;
  readonly rules: DeclaredRules;
}

/**
 * What runs when Andon starts with rule files that have problems: the rules that ran before, so that a restart changes
 * nothing, or else whatever in the files has no problem. Of kept rules that have problems themselves, since they were sound
 * in part only or a source was renamed since, the sound ones run, beside those of the files that they do not declare.
 */
export async function standInRules(
  refused: RefusedRules,
  folder: Pick<RuleFolder, 'judge'>,
  kept: Pick<KeptFiles, 'read'> | undefined,
): Promise<StandInRules> {
  const files = await kept?.read();
  const before = files === undefined ? undefined : await folder.judge(files);
  const rules = before?.kind === 'loaded' ? before : soundRules(before?.sound ?? [], refused.sound);
  const watched = new Set(rules.services.map(({ name }) => name));
  const isKept = (before?.kind === 'loaded' ? before.services : (before?.sound ?? [])).length > 0;
  return {
    standIn: {
      kind: kindOf(isKept, watched.size),
      problems: refused.problems,
      leftOut: refused.declared.filter((name) => !watched.has(name)).sort(),
    },
    rules,
  };
}

function soundRules(before: readonly Service[], inFiles: readonly Service[]): DeclaredRules {
  const known = new Set(before.map(({ name }) => name));
  const services = [...before, ...inFiles.filter(({ name }) => !known.has(name))];
  return { services, warnings: [], locate: () => undefined };
}

function kindOf(isKept: boolean, watched: number): StandIn['kind'] {
  if (watched === 0) return 'nothing';
  return isKept ? 'kept-rules' : 'sound-rules';
}
