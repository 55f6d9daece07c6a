import type { Incident } from './incident.ts';
import type { Service } from './service.ts';
import type { ScopeState } from './service-state.ts';

/**
 * Whether nothing may ever close an incident of a service that is watched: it cannot be seen, no rule of the service is part of
 * it any more, or its group is not evaluated in it.
 */
export function isAdrift(incident: Incident, service: Service, scopes: Iterable<ScopeState>): boolean {
  if (incident.blind) return true;
  const stoppedBy = service.rules.some((rule) =>
    [rule.name, ...rule.formerly].some((name) => incident.rules.includes(name)),
  );
  return !stoppedBy || ![...scopes].some((scope) => scope.incident?.id === incident.id);
}

/** Forgets a scope with the incident that it is in, and with it what its rules have seen: what is still wrong must show anew. */
export function withoutIncident(scopes: readonly ScopeState[], incidentId: string): readonly ScopeState[] {
  return scopes.filter((scope) => scope.incident?.id !== incidentId);
}
