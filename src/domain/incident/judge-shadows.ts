import type { ShadowEvent } from '../shadow/shadow-event.ts';
import { becauseOf, stopsLine, type JudgedRule } from './advance-incident.ts';
import { incidentId } from './incident-id.ts';
import type { Scene } from './incident-life.ts';
import { stateOf } from './rule-state.ts';
import type { RuleState } from './service-state.ts';

export interface JudgedShadows {
  /** All rules; the states of those that only record remember what they recorded. */
  readonly rules: readonly JudgedRule[];
  readonly events: readonly ShadowEvent[];
}

/** Records what rules that only record would have stopped, once when it begins and once when it ends. */
export function judgeShadows(
  scene: Pick<Scene, 'group' | 'now' | 'verdicts'> & { readonly service: string },
  before: readonly RuleState[],
  judged: readonly JudgedRule[],
): JudgedShadows {
  const events: ShadowEvent[] = [];
  const { service, group, now: at, verdicts } = scene;
  const base = { service, group, at, verdicts };
  const clear = ({ rule, shadowId }: RuleState, because: Clearing): void => {
    if (shadowId !== undefined) events.push({ ...base, type: 'shadow-cleared', shadowId, rule, because });
  };
  const carried = new Set<RuleState>();
  const rules = judged.map((each): JudgedRule => {
    const { rule, state } = each;
    const was = stateOf(before, rule);
    if (was !== undefined) carried.add(was);
    if (rule.shadow !== true || !stopsLine(each, at)) {
      if (was !== undefined) clear(was, rule.shadow === true ? 'condition-false' : 'rule-changed');
      return each;
    }
    if (was?.shadowId !== undefined) return { ...each, state: { ...state, shadowId: was.shadowId } };
    const shadowId = `${incidentId(service, group, at)}-${rule.name}`;
    const { name, severity, when } = rule;
    events.push({
      ...base,
      type: 'shadow-fired',
      shadowId,
      rule: name,
      severity,
      condition: when.text,
      because: becauseOf(each),
    });
    return { ...each, state: { ...state, shadowId } };
  });
  for (const state of before) if (!carried.has(state)) clear(state, 'rule-changed');
  return { rules, events };
}

type Clearing = Extract<ShadowEvent, { type: 'shadow-cleared' }>['because'];

/** What was recorded of a scope that is judged no more is over. */
export function clearShadows(
  scene: Pick<Scene, 'group' | 'now'> & { readonly service: string },
  before: readonly RuleState[],
): readonly ShadowEvent[] {
  const { service, group, now: at } = scene;
  return before.flatMap(({ rule, shadowId }): readonly ShadowEvent[] =>
    shadowId === undefined
      ? []
      : [{ type: 'shadow-cleared', service, group, at, shadowId, rule, because: 'group-gone', verdicts: [] }],
  );
}
