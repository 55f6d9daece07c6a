import type { StopRule } from '../service/service.ts';

/** Whether a rule stopped the line in an incident, under its name or a former one. */
export function isRuleOf(
  { rules }: { readonly rules: readonly string[] },
  { name, formerly }: Pick<StopRule, 'name' | 'formerly'>,
): boolean {
  return [name, ...formerly].some((each) => rules.includes(each));
}
