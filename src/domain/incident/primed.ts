import type { ServiceState } from './evaluate.ts';
import type { RuleState, ScopeState } from './service-state.ts';

/**
 * What an evaluation of a time in which nobody watched leaves of it: how long conditions have been true. No line was stopped
 * then, since nobody was there to see it; that is the first live evaluation's to do, at its own time.
 */
export function primed(state: ServiceState): ServiceState {
  const scopes = new Map(
    [...state.scopes].map(([key, { group, rules }]): [string, ScopeState] => [key, { group, rules: rules.map(begun) }]),
  );
  return { ...state, scopes };
}

/** Since when a condition could not be decided is left out: nobody is paged for a time that nobody was to look at. */
function begun({ rule, trueSince, undecidedMs }: RuleState): RuleState {
  return { rule, undecidedMs, firing: false, ...(trueSince === undefined ? {} : { trueSince }) };
}
