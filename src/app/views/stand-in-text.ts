import type { StandIn } from '../ports/configuration.ts';

/** Names after which the rest is only counted. */
const mostNames = 10;

/** What runs in place of rule files with problems, as half a sentence for people. */
export function standInText({ kind, leftOut }: Pick<StandIn, 'kind' | 'leftOut'>): string {
  if (kind === 'nothing')
    return leftOut.length === 0 ? 'nothing is watched' : `nothing is watched, and ${listed(leftOut)} should be`;
  const runs = kind === 'kept-rules' ? 'the rules that ran before the restart run' : 'what is sound in them runs';
  return leftOut.length === 0
    ? runs
    : `${runs}, and ${listed(leftOut)} ${leftOut.length === 1 ? 'is' : 'are'} not watched`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNames);
  const more = names.length - shown.length;
  const list = more > 0 ? [...shown, `${more} more`] : shown;
  const last = list.at(-1) ?? '';
  return list.length === 1 ? last : `${list.slice(0, -1).join(', ')} and ${last}`;
}
