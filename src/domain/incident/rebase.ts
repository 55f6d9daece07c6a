import type { ServiceState } from './evaluate.ts';
import type { OpenIncident, RuleState, ScopeState } from './service-state.ts';

/**
 * Moves running timers by `deltaMs` after the source's clock was set: what had lasted a minute has still lasted a
 * minute. Readings are forgotten, since their times mean nothing any more. Times that were recorded stay as they were;
 * those in the state follow the clock, and the incident remembers by how much.
 */
export function rebase(state: ServiceState, deltaMs: number): ServiceState {
  const scopes = new Map([...state.scopes].map(([key, scope]) => [key, shiftScope(scope, deltaMs)]));
  return {
    ...(state.evaluatedAt === undefined ? {} : { evaluatedAt: state.evaluatedAt + deltaMs }),
    ledgers: new Map(),
    scopes,
  };
}

function shiftScope(scope: ScopeState, deltaMs: number): ScopeState {
  return {
    ...scope,
    rules: scope.rules.map((rule): RuleState => ({ ...rule, ...shift(rule, ['trueSince', 'unknownSince'], deltaMs) })),
    ...shift(scope, ['notBefore', 'heldSince'], deltaMs),
    ...(scope.incident === undefined ? {} : { incident: shiftIncident(scope.incident, deltaMs) }),
  };
}

/** The onset stands as it was recorded: the steps that it was found in are gone. */
function shiftIncident(incident: OpenIncident, deltaMs: number): OpenIncident {
  return {
    ...incident,
    ...shift(incident, ['detectedAt', 'heldSince', 'blindSince', 'sightedAt', 'blindFrom', 'resolvedAt'], deltaMs),
    onset: { ...incident.onset, ...shift(incident.onset, ['at', 'earliest', 'latest'], deltaMs) },
    onsetSettled: true,
    clockSetMs: (incident.clockSetMs ?? 0) + deltaMs,
  };
}

function shift(value: object, keys: readonly string[], deltaMs: number): object {
  const present = Object.entries(value).filter(([key, each]) => keys.includes(key) && typeof each === 'number');
  return Object.fromEntries(present.map(([key, each]) => [key, Number(each) + deltaMs]));
}
