import type { Incident } from './incident.ts';
import { isRuleOf } from './is-rule-of.ts';
import type { Service } from '../service/service.ts';
import type { ScopeState } from './service-state.ts';

/**
 * Whether nothing may ever close an incident of a service that is watched: it cannot be seen, no rule of the service is part of
 * it any more, or its group is not evaluated in it.
 */
export function isAdrift(incident: Incident, service: Service, scopes: Iterable<ScopeState>): boolean {
  if (incident.blind) return true;
  const stoppedBy = service.rules.some((rule) => rule.shadow !== true && isRuleOf(incident, rule));
  return !stoppedBy || ![...scopes].some((scope) => scope.incident?.id === incident.id);
}

/**
 * Takes an incident that was closed by hand at `now` from its scope, and with it what its rules have seen: what is still
 * wrong must show anew, and its onset lies after the closing. What rules that only record have recorded goes on.
 */
export function withoutIncident(scopes: readonly ScopeState[], incidentId: string, now: number): readonly ScopeState[] {
  return scopes.map((scope) =>
    scope.incident?.id === incidentId
      ? { group: scope.group, rules: scope.rules.filter(({ shadowId }) => shadowId !== undefined), notBefore: now }
      : scope,
  );
}

/** A closing cannot lie ahead: where it was told by another clock than that of the service, or the clock was set since, it is taken to be now, ms. */
export function closedByNow(scope: ScopeState, now: number): ScopeState {
  return scope.notBefore === undefined || scope.notBefore <= now ? scope : { ...scope, notBefore: now };
}
