import type { DefinitionChange } from './definition-change.ts';

/** A change as it is told; fields may be undefined, as formats of others have them. */
export type ToldChange = {
  readonly [K in keyof DefinitionChange]: K extends 'what' | 'change' ? string : DefinitionChange[K] | undefined;
};

interface ToldDefinition {
  readonly before: string;
  readonly after: string;
  readonly endState: string;
  readonly changes?: readonly ToldChange[] | undefined;
  readonly furtherChanges?: number | undefined;
}

/** What a new declaration changed, a line for each change; older events and restarts may not know it. */
export function describeDefinition({ before, after, endState, changes, furtherChanges = 0 }: ToldDefinition): string {
  // A service that came back unchanged, or whose change nobody saw.
  if (changes === undefined)
    return before === after
      ? `the service is watched again, as it was declared before: ${endState}`
      : `what changed is not known; the end state is now: ${endState}`;
  const lines = changes.map(describeChange);
  if (changes.length === 0) lines.push(`only in what cannot be told in words; the end state is: ${endState}`);
  return [...lines, ...(furtherChanges > 0 ? [`and ${furtherChanges} more`] : [])].join('\n');
}

function describeChange({ what, name, change, field, from, to }: ToldChange): string {
  const thing = [what.replaceAll('-', ' '), name].filter((word) => word !== undefined).join(' ');
  if (change === 'added') return `${thing} added: ${to ?? ''}`;
  if (change === 'removed') return `${thing} removed; it was: ${from ?? ''}`;
  const part = `${thing}: ${field ?? 'it'}`;
  if (from === undefined) return `${part} is now ${to ?? 'another'}`;
  if (to === undefined) return `${part} is not declared any more; it was ${from}`;
  return `${part} changed from ${from} to ${to}`;
}
