import { definitionChanges } from './definition-change.ts';
import { declarationWords, type DeclaredPart } from './declaration-words.ts';
import { longestWindowMs, type ServiceState } from './evaluate.ts';
import type { IncidentEvent } from './event.ts';
import { polledSignals } from '../service/polled-signals.ts';
import type { Service, Signal } from '../service/service.ts';
import type { OpenIncident, ScopeState } from './service-state.ts';
import type { SignalLedger } from '../reading/signal-ledger.ts';

export interface Redefinition {
  readonly state: ServiceState;
  readonly events: readonly IncidentEvent[];
  /** Signals whose past must be read from the source before the service is evaluated again. */
  readonly unread: readonly Signal[];
}

/**
 * Carries a service's state over to a new declaration. Incidents stay open whatever was renamed;
 * goalposts that moved while one was open stand on its timeline.
 */
export function redefine(before: Service, after: Service, state: ServiceState, now: number): Redefinition {
  const events: IncidentEvent[] = [];
  const ledgers = new Map<string, SignalLedger>();
  const unread: Signal[] = [];
  for (const signal of polledSignals(after)) {
    const same = before.signals.find((old) => sameSignal(old, signal));
    const ledger = same === undefined ? undefined : state.ledgers.get(same.name);
    if (ledger === undefined) unread.push(signal);
    else ledgers.set(signal.name, ledger);
  }
  const scopes = new Map<string, ScopeState>();
  let declared: readonly DeclaredPart[] | undefined;
  for (const [key, scope] of state.scopes) {
    const { incident } = scope;
    if (incident === undefined || incident.revision === after.revision) {
      scopes.set(key, scope);
      continue;
    }
    declared ??= declarationWords(before);
    const change = changed(after, scope, incident, now, declared);
    scopes.set(key, change.scope);
    events.push(change.event);
  }
  // A longer window needs more of the past than was kept for the windows before.
  const isLonger = longestWindowMs(after) > longestWindowMs(before);
  return { state: { ...state, ledgers, scopes }, events, unread: isLonger ? polledSignals(after) : unread };
}

/**
 * Of incidents that were open when their service was last watched: those whose declaration is another one now, or that were
 * left alone. `declared`: what was declared then, where that is known.
 */
export function resume(
  service: Service,
  scopes: readonly ScopeState[],
  isUnwatched: (incidentId: string) => boolean,
  now: number,
  declared?: readonly DeclaredPart[],
): { readonly scopes: readonly ScopeState[]; readonly events: readonly IncidentEvent[] } {
  const events: IncidentEvent[] = [];
  const resumed = scopes.map((scope): ScopeState => {
    const { incident } = scope;
    if (incident === undefined) return scope;
    if (incident.revision === service.revision && !isUnwatched(incident.id)) return scope;
    const change = changed(service, scope, incident, now, declared);
    events.push(change.event);
    return change.scope;
  });
  return { scopes: resumed, events };
}

function changed(
  after: Service,
  scope: ScopeState,
  incident: OpenIncident,
  now: number,
  declared: readonly DeclaredPart[] | undefined,
): { readonly scope: ScopeState; readonly event: IncidentEvent } {
  const endState = after.endState.summary;
  const isOther = incident.revision !== after.revision;
  const told = isOther && declared !== undefined ? definitionChanges(declared, declarationWords(after)) : undefined;
  return {
    scope: { ...scope, incident: { ...incident, revision: after.revision, endState } },
    event: {
      type: 'definition-changed',
      service: after.name,
      group: scope.group,
      incidentId: incident.id,
      at: now,
      before: incident.revision,
      after: after.revision,
      endState,
      ...(told === undefined ? {} : { changes: told.changes }),
      ...(told === undefined || told.further === 0 ? {} : { furtherChanges: told.further }),
    },
  };
}

/** A signal under another name is the same signal when it measures the same. */
function sameSignal(a: Signal, b: Signal): boolean {
  return JSON.stringify({ ...a, name: '', description: '' }) === JSON.stringify({ ...b, name: '', description: '' });
}

/** Says on the timeline of each open incident that nobody watches its service any more. */
export function unwatch(service: Service, state: ServiceState, now: number): readonly IncidentEvent[] {
  return [...state.scopes.values()].flatMap((scope) =>
    scope.incident === undefined || scope.incident.resolvedAt !== undefined
      ? []
      : [
          {
            type: 'unwatched' as const,
            service: service.name,
            group: scope.group,
            incidentId: scope.incident.id,
            at: now,
          },
        ],
  );
}
