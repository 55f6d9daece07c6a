import type { Truth } from '../service/condition.ts';
import type { StopRule } from '../service/service.ts';
import type { RuleState } from './service-state.ts';

/** How the time since the last evaluation is judged. */
export interface Elapsed {
  /** ms since the last evaluation. */
  readonly ms: number;
  /** The part of it that nobody looked at: a missed poll, a suspended machine. */
  readonly unwatchedMs: number;
}

export function newRuleState(rule: string): RuleState {
  return { rule, undecidedMs: 0, firing: false };
}

/** Where a rule stood; one that was renamed goes on where its former name stood. */
export function stateOf(states: readonly RuleState[], { name, formerly }: StopRule): RuleState | undefined {
  const names = [name, ...formerly];
  return states.find((state) => names.includes(state.rule));
}

/**
 * Advances one rule by one evaluation. Time in which the condition could not be decided neither
 * advances `for` nor takes back what was known before.
 */
export function advanceRule(rule: StopRule, before: RuleState, truth: Truth, now: number, elapsed: Elapsed): RuleState {
  switch (truth.kind) {
    case 'false':
      return newRuleState(rule.name);
    case 'unknown':
      return {
        rule: rule.name,
        undecidedMs: before.trueSince === undefined ? 0 : before.undecidedMs + elapsed.ms,
        firing: before.firing,
        unknownSince: before.unknownSince ?? now,
        ...(before.trueSince === undefined ? {} : { trueSince: before.trueSince }),
      };
    case 'true': {
      const trueSince = before.trueSince ?? now;
      const undecidedMs = before.trueSince === undefined ? 0 : before.undecidedMs + elapsed.unwatchedMs;
      const knownFor = now - trueSince - undecidedMs;
      return { rule: rule.name, trueSince, undecidedMs, firing: before.firing || knownFor >= rule.forMs };
    }
  }
}

/** Whether a rule that cannot be decided has been so for longer than its policy lets pass. */
export function unknownTooLong(rule: StopRule, state: RuleState, now: number): boolean {
  const { onUnknown } = rule;
  return (
    onUnknown.policy === 'open' && state.unknownSince !== undefined && now - state.unknownSince >= onUnknown.afterMs
  );
}
