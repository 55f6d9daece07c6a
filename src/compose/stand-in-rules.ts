import type { KeptFiles } from '../adapters/files/kept-files.ts';
import type { StandIn } from '../app/ports/configuration.ts';
import type { RefusedRules, RuleFolder } from './rule-folder.ts';
import type { DeclaredRules } from './settle-doubts.ts';

/** Rules that run in place of files with problems. */
export interface StandInRules {
  readonly standIn: StandIn;
  readonly rules: DeclaredRules;
}

/**
 * What runs when Andon starts with rule files that have problems: the rules that ran before, so that a restart changes
 * nothing, or else whatever in the files has no problem. Kept rules that have problems themselves, as with a source that was
 * renamed since, are worth no more than none.
 */
export async function standInRules(
  refused: RefusedRules,
  folder: Pick<RuleFolder, 'judge'>,
  kept: Pick<KeptFiles, 'read'> | undefined,
): Promise<StandInRules> {
  const files = await kept?.read();
  const before = files === undefined ? undefined : await folder.judge(files);
  const isKept = before?.kind === 'loaded';
  const rules: DeclaredRules = isKept ? before : { services: refused.sound, warnings: [], locate: () => undefined };
  const watched = new Set(rules.services.map(({ name }) => name));
  return {
    standIn: {
      kind: kindOf(isKept, watched.size),
      problems: refused.problems,
      leftOut: refused.declared.filter((name) => !watched.has(name)).sort(),
    },
    rules,
  };
}

function kindOf(isKept: boolean, watched: number): StandIn['kind'] {
  if (watched === 0) return 'nothing';
  return isKept ? 'kept-rules' : 'sound-rules';
}
