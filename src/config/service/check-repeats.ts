import type { StopRule } from '../../domain/service/service.ts';
import type { Report } from '../problem.ts';
import type { StopRuleFile } from '../rule-file.ts';
import type { Part } from './read-parts.ts';

/** Says when two rules have one name, now or formerly. */
export function checkRuleNames(rules: readonly Part<StopRuleFile>[], report: Report): void {
  const names = new Map<string, number>();
  for (const { value, path } of rules) {
    if (names.has(value.name)) {
      report({ path: [...path, 'name'], code: 'duplicate-rule', message: `there are two rules \`${value.name}\`` });
    }
    names.set(value.name, (names.get(value.name) ?? 0) + 1);
  }
  const former = new Set<string>();
  for (const { value, path } of rules) {
    value.formerly.forEach((name, index) => {
      const clash = names.has(name) ? 'is the name of a rule now' : former.has(name) ? 'is claimed twice' : undefined;
      former.add(name);
      if (clash === undefined) return;
      report({
        path: [...path, 'formerly', index],
        code: 'duplicate-rule',
        message: `the former name \`${name}\` ${clash}`,
      });
    });
  }
}

/** Says when a rule was copied and its condition left as it was: of two that stop the line alike, the later adds nothing. */
export function checkRepeatedRules(rules: readonly Part<StopRule>[], report: Report): void {
  const first = new Map<string, string>();
  for (const { value, path } of rules) {
    const { name, when, severity, shadow } = value;
    // One on trial beside one that stops the line may differ in how long it waits.
    const says = `${severity} ${shadow === true} ${when.text.replaceAll(/\s+/g, '')}`;
    const before = first.get(says);
    if (before === undefined) {
      first.set(says, name);
      continue;
    }
    report({
      path: [...path, 'when'],
      severity: 'warning',
      code: 'repeated-condition',
      message: `the rule \`${before}\` has the same condition and severity`,
      hint: 'was it copied to be changed? Otherwise leave one of them out',
    });
  }
}
