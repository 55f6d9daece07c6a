/** A rule that records what an expression gives under a new name. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A rule that fires while its expression gives anything. */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Rules that are evaluated one after the other, at the same instant. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}

/** Cuts a group into some of at most `most` rules, in their order; `-2`, `-3` … tell the further ones apart. */
export function splitGroup(group: RuleGroup, most: number): readonly RuleGroup[] {
  const groups: RuleGroup[] = [];
  for (let from = 0; from < group.rules.length; from += most) {
    const name = from === 0 ? group.name : `${group.name}-${groups.length + 1}`;
    groups.push({ name, rules: group.rules.slice(from, from + most) });
  }
  return groups;
}
